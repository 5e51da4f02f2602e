"""A browser without eyes for the check: follows links, fills forms in as they are on the page."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from typing import Any

_TIMEOUT = 20.0
_TEXTLESS = {"script", "style", "template", "svg"}
_VOID = {"input", "img", "br", "meta", "link", "hr", "source", "wbr", "col", "area"}
Attributes = dict[str, str]


@dataclass
class Control:
    """A field of a form as the page shows it."""

    name: str
    kind: str
    value: str
    is_checked: bool = False
    label: str = ""


@dataclass
class WebForm:
    """A form of a page: where it goes, its fields, its buttons."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    text: str = ""

    @property
    def names(self) -> set[str]:
        """The names of all fields and buttons."""
        return {control.name for control in self.controls if control.name}

    def filled(self, answers: dict[str, str]) -> dict[str, str]:
        """Return what is sent: the answers, else what the page says, or the first choice."""
        sent: dict[str, str] = {}
        for control in self.controls:
            if control.kind in ("submit", "button", "image", "reset") or not control.name:
                continue
            if control.kind == "checkbox" and not control.is_checked:
                continue
            if control.kind == "radio" and not control.is_checked and control.name in sent:
                continue
            sent[control.name] = control.value
        return sent | {name: value for name, value in answers.items() if name in self.names}

    def button(self, *hints: str) -> Control | None:
        """Return the first button whose name, value or label holds one of the hints."""
        for hint in hints:
            for control in self.controls:
                told = f"{control.name} {control.value} {control.label}".casefold()
                if control.kind in ("submit", "button") and hint.casefold() in told:
                    return control
        return None


class _Reader(HTMLParser):
    """Collects forms, links, language and text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[WebForm] = []
        self.links: list[tuple[str, str]] = []
        self.root: Attributes = {}
        self.words: list[str] = []
        self.heading: list[str] = []
        self._stack: list[str] = []
        self._form: WebForm | None = None
        self._select: str = ""
        self._caught: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._stack.append(tag)
        starts = getattr(self, f"_start_{tag}", None)
        if starts is not None:
            starts(found)

    def _start_html(self, found: Attributes) -> None:
        self.root = found

    def _start_form(self, found: Attributes) -> None:
        self._form = WebForm(found.get("action", ""), found.get("method", "get").lower())
        self.forms.append(self._form)

    def _start_a(self, found: Attributes) -> None:
        self._caught = []
        self.links.append((found.get("href", ""), ""))

    def _start_input(self, found: Attributes) -> None:
        kind = found.get("type", "text").lower()
        value = found.get("value", "on" if kind in ("checkbox", "radio") else "")
        self._add(found.get("name", ""), kind, value, "checked" in found)

    def _start_textarea(self, found: Attributes) -> None:
        self._add(found.get("name", ""), "textarea", "")
        self._caught = []

    def _start_select(self, found: Attributes) -> None:
        self._select = found.get("name", "")

    def _start_option(self, found: Attributes) -> None:
        self._add(self._select, "radio", found.get("value", ""), "selected" in found)

    def _start_button(self, found: Attributes) -> None:
        self._add(found.get("name", ""), found.get("type", "submit"), found.get("value", ""))
        self._caught = []

    def _add(self, name: str, kind: str, value: str, is_checked: bool = False) -> None:
        if self._form is not None:
            self._form.controls.append(Control(name, kind, value, is_checked))

    def handle_endtag(self, tag: str) -> None:
        while tag in self._stack and self._stack.pop() != tag:
            pass
        caught = "".join(self._caught or []).strip()
        if tag == "a" and self.links:
            self.links[-1] = (self.links[-1][0], " ".join(caught.split()))
        elif tag in ("textarea", "button") and self._form is not None and self._form.controls:
            last = self._form.controls[-1]
            last.label = caught
            last.value = caught if tag == "textarea" else last.value
        elif tag == "form":
            self._form = None
        if tag in ("a", "textarea", "button"):
            self._caught = None

    def handle_data(self, data: str) -> None:
        if self._caught is not None:
            self._caught.append(data)
        if "h1" in self._stack:
            self.heading.append(data)
        if not _TEXTLESS & set(self._stack):
            self.words.append(data)
            if self._form is not None:
                self._form.text += data


@dataclass
class Page:
    """A page as it came: status, address, and what stands on it."""

    url: str
    status: int
    body: str
    type: str

    def __post_init__(self) -> None:
        self._reader = _Reader()
        if "html" in self.type:
            self._reader.feed(self.body)
            self._reader.close()

    @property
    def text(self) -> str:
        """The words of the page in one line."""
        return " ".join("".join(self._reader.words).split())

    @property
    def heading(self) -> str:
        """The words of the first-level heading."""
        return " ".join("".join(self._reader.heading).split())

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return self._reader.root.get("lang", "")

    @property
    def direction(self) -> str:
        """The writing direction that the page says."""
        return self._reader.root.get("dir", "ltr")

    @property
    def forms(self) -> list[WebForm]:
        """All forms of the page."""
        return self._reader.forms

    def form_with(self, *names: str) -> WebForm | None:
        """Return the first form that has all these fields."""
        return next((form for form in self.forms if set(names) <= form.names), None)

    def links_to(self, part: str) -> list[str]:
        """Return the addresses of all links that contain `part`, whole."""
        return [urllib.parse.urljoin(self.url, href) for href, _words in self._reader.links if part in href]

    def links_saying(self, words: str) -> list[str]:
        """Return the addresses of all links whose words contain `words`, whole."""
        return [urllib.parse.urljoin(self.url, href) for href, said in self._reader.links if words in said]


class _Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects: the check wants to see them."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


class Browser:
    """One person's browser, with their cookies. Talks to this machine only, past any proxy."""

    def __init__(self, base: str) -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar, _Stay())

    def get(self, address: str, **headers: str) -> Page:
        """Open an address and follow redirects."""
        url = urllib.parse.urljoin(self.base, address)
        for _hop in range(6):
            page, target = self._ask(urllib.request.Request(url, headers=headers))  # noqa: S310, our own pages
            if not target:
                break
            url = target
        return page

    def send(self, page: Page, form: WebForm, answers: dict[str, str]) -> tuple[int, Page]:
        """Send a form filled in; return the answer's status, and the page at which it ends."""
        url = urllib.parse.urljoin(page.url, form.action) if form.action else page.url
        data = urllib.parse.urlencode(form.filled(answers))
        if form.method == "get":
            found = self.get(f"{url}?{data}")
            return found.status, found
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
        request = urllib.request.Request(  # noqa: S310, our own pages
            url, data=data.encode(), headers={"Origin": origin, "Referer": page.url}, method="POST"
        )
        answer, target = self._ask(request)
        return answer.status, self.get(target) if target else answer

    def _ask(self, request: urllib.request.Request) -> tuple[Page, str]:
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as response:
                return self._page(request, response.status, response.read(), response.headers), ""
        except urllib.error.HTTPError as error:
            target = error.headers.get("Location", "") if 300 <= error.code < 400 else ""
            whole = urllib.parse.urljoin(request.full_url, target) if target else ""
            return self._page(request, error.code, error.read(), error.headers), whole

    def _page(self, request: urllib.request.Request, status: int, raw: bytes, headers: Message) -> Page:
        return Page(request.full_url, status, raw.decode("utf-8", "replace"), headers.get("Content-Type", ""))
