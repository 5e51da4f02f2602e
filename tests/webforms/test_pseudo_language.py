"""Every public page in a language made out of nothing: no plain word is left, nothing is clipped."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from babel.dates import get_month_names
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route

from models import groups, regions
from models.db import Database
from models.goals import Goal
from models.settings import Settings
from tests.webforms.conftest import Browser
from tests.webforms.test_pages import PAGES
from translations import LANGUAGES, language, pseudo
from webforms import create_app

PATHS = (*PAGES, "forms/meeting-notice", "forms/meeting-minutes", "forms/follow-group",
         "forms/translation-feedback", "nothing-of-this-name", "groups/7.49/timeline")  # fmt: skip
TAGS = ("fr", "ar")
VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "path", "circle", "col", "source", "wbr"})
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
# What is the same in every language.
SAME = re.compile(
    r"https?://\S+|\S+@\S+|[\w.]+\.(?:example|org|de|ics|json)\b|\b(?:Telegram|mitwirken|EUPL|CSV|JSON|PDF|Word|QR|Atom)\b|/mydata\b"
)
_PLAIN_WORD = re.compile(r"[A-Za-z]{2,}")


class Reader(HTMLParser):
    """Reads what people read of a page, but for words marked as being in another language, and names."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._own, self._open = tag, [(tag, True)]
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element; words in attributes are read, too."""
        have = {name: value or "" for name, value in attrs}
        tongue, is_read = self._open[-1]
        tongue = have.get("lang", tongue) if tag != "html" else tongue
        is_read = is_read and tongue == self._own and tag not in ("style", "script", "bdi", "svg")
        if is_read:
            self.said += [have[name] for name in SPOKEN if have.get(name)]
        if tag not in VOID:
            self._open.append((tongue, is_read))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is inside."""

    def handle_endtag(self, tag: str) -> None:
        """Come out of an element."""
        if tag not in VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Read words."""
        if self._open[-1][1]:
            self.said.append(data)


def plain_words(html: str, tag: str, content: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    """Return the words of a page that have not been through the catalogue, nor are `content`."""
    reader = Reader(tag)
    reader.feed(html)
    found = set()
    for line in map(str.strip, reader.said):
        rest = " ".join(line.split())
        for words in sorted(content, key=len, reverse=True):
            rest = rest.replace(words, " ")
        if _PLAIN_WORD.search(SAME.sub("", rest)):
            found.add(rest)
    return found


def content_of(db: Database, tag: str) -> set[str]:
    """Return what the region has written: its name, and titles where they are said in this language."""
    with db.reading() as session:
        cards = groups.directory(session).cards
        titles = {card.title.to(tag) for card in cards} | {str(card.to(tag)) for card in cards}
        titles |= {" ".join(card.summary.to(tag).split()) for card in cards}
        titles |= {card.field_name.to(tag) for card in cards}
        units = set(session.scalars(sa.select(Goal.unit).where(Goal.unit != "")))
        region = regions.the_region(session).name
    # CLDR says months and weekdays, not the catalogue.
    dates = set(get_month_names("wide", locale=language(tag).locale).values())
    return titles | units | dates | {region} | {entry.own_name for entry in LANGUAGES}


@pytest.fixture(params=TAGS)
def tag(request: pytest.FixtureRequest) -> Iterator[str]:
    """A language that the pseudo-language stands in for, one from each side."""
    with pseudo.spoken_for(request.param):
        yield request.param


def test_every_public_page_speaks_through_the_catalogue(
    settings: Settings, paderborn: Database, tag: str
) -> None:
    browser = Browser(create_app(settings, paderborn).test_client())
    found = {}
    for path in PATHS:
        html = browser.open(f"/{tag}/{path}").response.get_data(as_text=True)
        assert pseudo.accented("Skip to the content") in html, path
        found[path] = plain_words(html, tag, content_of(paderborn, tag))
    assert {path: words for path, words in found.items() if words} == {}


def test_a_word_that_was_forgotten_is_seen() -> None:
    html = f'<html lang="fr"><p>{pseudo.accented("Groups")} <b>Forgotten</b></p><bdi>Amina</bdi></html>'
    assert plain_words(html, "fr") == {"Forgotten"}
    assert plain_words('<html lang="fr"><a title="Open"></a><i lang="de">Ziel</i></html>', "fr") == {"Open"}


@pytest.mark.browser
def test_no_page_is_wider_than_a_small_phone(
    settings: Settings, paderborn: Database, chromium: Chromium, tag: str
) -> None:
    client = create_app(settings, paderborn).test_client()

    def answer(route: Route) -> None:
        address = route.request.url.removeprefix("http://mitwirken.example")
        got = client.get(address, follow_redirects=True)
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.data)

    context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=True)
    context.route("**/*", answer)
    page = context.new_page()
    wide = {}
    for path in PATHS:
        page.goto(f"http://mitwirken.example/{tag}/{path}")
        over = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(one => {
                const box = one.getBoundingClientRect();
                return box.width && !one.closest(".visually-hidden, .skip, svg")
                    && (box.right > innerWidth + 1 || box.left < -1);
            }).slice(0, 3).map(one => one.tagName + " " + one.textContent.slice(0, 40))"""
        )
        if over or page.evaluate("document.documentElement.scrollWidth") > 320:
            wide[path] = over
    context.close()
    assert wide == {}


def test_the_pseudo_language_keeps_what_programs_read_and_leaves_no_plain_letter() -> None:
    said = pseudo.accented("Hello {name}, write to <b>us</b> or /help.")
    assert {"{name}", "<b>", "</b>", "/help"} <= set(re.findall(r"\{name\}|</?b>|/help", said))
    assert not _PLAIN_WORD.search(re.sub(r"\{name\}|</?b>|/help", "", said))
    assert len(said) > 1.2 * len("Hello {name}, write to <b>us</b> or /help.")


def test_it_goes_when_the_test_is_over() -> None:
    before = {entry.tag: _back(entry.tag) for entry in LANGUAGES}
    with pseudo.spoken_for("ar"):
        assert _back("ar") == pseudo.accented("Back") != before["ar"]
        assert _back("fr") == before["fr"]
        assert language("ar").is_rtl
    assert {entry.tag: _back(entry.tag) for entry in LANGUAGES} == before


def _back(tag: str) -> str:
    return pseudo.catalogues.single(tag, "Back")
