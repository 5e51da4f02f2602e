"""One browser document in which pages are shown one after the other: a page costs milliseconds, not a load.

Only head and stylesheets stay; language, direction, title and body are those of each page.
"""

from collections.abc import Iterable
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, Route

from tests.webforms.looking.visiting import HOST, Seen, Visitor

SCRIPT = Path(__file__).with_suffix(".js")
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
NARROW = 320  # CSS pixels of a small phone, and of 1280 at 400 %
HEIGHT = 900


class Stage:
    """A window whose pages' styles and pictures come from the visited installation."""

    def __init__(self, chromium: Browser, visit: Visitor) -> None:
        self.visit = visit
        self.context = chromium.new_context(viewport={"width": NARROW, "height": HEIGHT}, bypass_csp=True)
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.goto(f"{HOST}/stage")
        for script in (SCRIPT, AXE):
            self.page.add_script_tag(content=script.read_text(encoding="utf-8"))

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path == "/stage":
            head = self.visit("de")["write"].html.partition("<body")[0]  # has all stylesheets
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=f"{head}<body></body>")
            return
        answer = self.visit.load(path)
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    def show(self, seen: Seen | str) -> None:
        """Show a page."""
        self.page.evaluate("show", seen if isinstance(seen, str) else seen.html)

    def cramped(self, pages: Iterable[Seen]) -> dict[str, list[str]]:
        """Return what has no room, by place."""
        return self._all(pages, None)

    def barriers(self, pages: Iterable[Seen], *rules: str, but: Iterable[str] = ()) -> dict[str, list[str]]:
        """Return what axe finds, by place: of some rules, or of all but some."""
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
        off = {rule: {"enabled": False} for rule in but}
        return self._all(pages, {"runOnly": only, "rules": off, "resultTypes": ["violations"]})

    def _all(self, pages: Iterable[Seen], how: object) -> dict[str, list[str]]:
        every = list(pages)
        found = self.page.evaluate(
            "([pages, how]) => lookAtAll(pages, how)", [[one.html for one in every], how]
        )
        return {one.place.name: wrong for one, wrong in zip(every, found, strict=True) if wrong}

    def picture(self, seen: Seen | str) -> bytes:
        """Return how the beginning of a page looks, as PNG."""
        self.show(seen)
        return self.page.screenshot(animations="disabled", caret="hide")

    def resize(self, width: int = NARROW) -> None:
        """Be as wide as that; as a phone again."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def close(self) -> None:
        """Close the window."""
        self.context.close()
