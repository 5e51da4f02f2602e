"""axe finds nothing, nothing is cut off, nothing foreign is loaded: on every page, in German and Arabic."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from models import groups, links, people, subscriptions
from tests.journeys.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
PUBLIC = [
    "", "groups", "groups?q=zzzz", "groups/7.49", "groups/3.27", "groups/7.49/edit",
    "forms/join-group?group=7.49", "forms/join-group", "forms/ask-office",
    "forms/report-progress?group=7.49", "forms/meeting-notice?group=7.49",
    "forms/meeting-minutes?group=7.49", "goals", "goals?show=stuck", "news",
    "goals?field=7&show=overdue", "goals/timeline", "groups/10.64", "groups/10.64/timeline",
    "forms/follow-group?group=7.49",
    "me", "privacy", "imprint", "accessibility", "nope",
]  # fmt: skip
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(page: Page, demo: Demo, path: str, language: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{demo.base}/{language}/{path}")
    look(page)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_page_of_a_code(page: Page, demo: Demo, language: str) -> None:
    page.goto(f"{demo.where['groups']['7.49']['url']}?lang={language}")
    look(page)
    page.goto(f"{demo.base}/data/?lang={language}")
    look(page)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_form_with_mistakes_and_its_thank_you(page: Page, demo: Demo, language: str) -> None:
    page.goto(f"{demo.base}/{language}/forms/join-group?group=7.49")
    page.click("main button[type=submit]:not([name])")
    assert page.locator("[role=alert]").count() == 1
    look(page)
    page.fill("[name=name]", "Amina Beispiel")
    page.fill("[name=email]", f"axe-{language}@example.org")
    page.click("main button[type=submit]:not([name])")
    assert "/thanks/" in page.url
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


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_page_that_ends_messages(page: Page, demo: Demo, language: str) -> None:
    database = demo.database()
    with database.transaction() as session:
        group = groups.directory(session).get("7.49")
        person, _confirmed = people.meet(
            session, name="", language=language, email=f"end-{language}@example.org"
        )
        subscriptions.follow(session, person, group.id)
        token = links.issue(session, links.Purpose.STOP, person_id=person, target_id=group.id)
    database.close()
    page.goto(f"{demo.base}/{language}/stop/{token}")
    look(page)
    page.click("main button[type=submit]")
    assert page.locator("main form").count() == 0
    look(page)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_pages_that_confirm_an_address(page: Page, demo: Demo, language: str) -> None:
    database = demo.database()
    with database.transaction() as session:
        person, _confirmed = people.meet(
            session, name="", language=language, email=f"confirm-{language}@example.org"
        )
        token = links.issue(session, links.Purpose.CONFIRM, person_id=person)
    database.close()
    page.goto(f"{demo.base}/{language}/confirm/{token}")
    look(page)
    page.click("main button[type=submit]")
    assert page.locator(".note.good").count() == 1
    look(page)


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_pages_where_messages_are_chosen(page: Page, demo: Demo, language: str) -> None:
    database = demo.database()
    with database.transaction() as session:
        group = groups.directory(session).get("7.49")
        person, _confirmed = people.meet(
            session, name="", language=language, email=f"choose-{language}@example.org"
        )
        subscriptions.follow(session, person, group.id)
        own = links.issue(session, links.Purpose.ME, person_id=person)
        token = links.issue(session, links.Purpose.NEWS, person_id=person, target_id=group.id)
    database.close()
    for topic in ("changes", "weekly"):
        page.goto(f"{demo.base}/{language}/messages/{topic}/{token}")
        look(page)
        page.click("main button[type=submit]")
        look(page)
    page.goto(f"{demo.base}/{language}/me/{own}")
    page.click("main button[type=submit]")
    look(page)
    page.goto(f"{demo.base}/{language}/me/messages")
    look(page)
