"""axe finds nothing, nothing is cut off, nothing foreign is loaded: at the desk, and on pages as served.

All public pages are looked at in tests/webforms/looking, without loading each.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from models import groups
from tests.journeys.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
PUBLIC = ["", "groups/7.49", "forms/join-group?group=7.49"]
WIDTHS = (320, 360, 1280)


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser window that notes what it asks for."""
    made = chromium.new_context()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, demo: Demo) -> Iterator[Page]:
    """A tab that fails on requests to anybody else and on errors in the console."""
    tab = context.new_page()
    foreign: list[str] = []
    tab.on(
        "request",
        lambda request: foreign.append(request.url) if not request.url.startswith(demo.base) else None,
    )
    yield tab
    tab.close()
    assert foreign == []


def look(page: Page) -> None:
    """Hold a page to what every page promises."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    problems = [f"{v['id']}: {[n['html'][:120] for n in v['nodes']]}" for v in found.response["violations"]]
    assert problems == [], page.url
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{page.url} is cut off at {width} px"


@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("ar", "dark")])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_as_they_are_served(
    page: Page, demo: Demo, path: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{demo.base}/{language}/{path}")
    look(page)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_desk(page: Page, demo: Demo, language: str) -> None:
    officer = demo.officer()
    page.goto(f"{demo.base}/desk/login")
    look(page)
    page.fill("[name=email]", officer["email"])
    page.fill("[name=password]", officer["password"])
    page.click("main button[type=submit]")
    database = demo.database()
    with database.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE staff SET language = '{language}'")
        assert groups.directory(session).find("7.49")
    database.close()
    seen = {f"{demo.base}/desk/"}
    for address in (
        "/desk/",
        "/desk/groups",
        "/desk/groups/7.49",
        "/desk/groups/7.49/sheet",
        "/desk/groups/10.64/measure",
        "/desk/deliveries",
        "/desk/translations",
        "/desk/translations/goal/1/uk",
        "/desk/translations/files",
    ):
        page.goto(f"{demo.base}{address}")
        look(page)
        hrefs = page.eval_on_selector_all("a[href*='/desk/entries/']", "all => all.map(a => a.href)")
        seen |= set(hrefs[:2])
    for address in seen:
        page.goto(address)
        look(page)
    look_at_an_update(page, demo)


def look_at_an_update(page: Page, demo: Demo) -> None:
    """Write an update, and hold each page of the composer to what every page promises."""
    page.goto(f"{demo.base}/desk/updates")
    page.click("form.begin button")
    page.fill("[name=title-de]", "Sommerfest")
    page.fill("[name=body-de]", "Kommen Sie *alle*!")
    page.click("button[name=beside][value=ar]")
    base = page.url.split("?")[0]
    for part in ("?beside=ar", "/recipients", "/look?lang=ar", "/send"):
        page.goto(f"{base}{part}")
        look(page)
    page.goto(f"{demo.base}/desk/updates")
    look(page)
