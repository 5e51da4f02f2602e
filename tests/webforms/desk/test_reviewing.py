"""Reviewing in a real browser: by keyboard, on a phone, in German and Arabic, light and dark."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from models import progress
from models.db import Database
from models.submissions import State
from tests.webforms.desk import people, reports
from tests.webforms.desk.people import PASSWORD
from tests.webforms.desk.test_entries import state_of

pytestmark = pytest.mark.browser
ROUND, UKRAINIAN, GERMAN = 1, 2, 3  # the entries, in the order in which they came


@pytest.fixture
def address(app: Flask, paderborn: Database) -> Iterator[str]:
    """The desk, served, with three entries of reports waiting."""
    people.employ(paderborn, "olga@example.org")
    reports.whole_round(paderborn)
    reports.oksana(paderborn, key="alone", milestone="other", state="", new_due="")
    reports.boris(paderborn)
    reports.attach(paderborn, UKRAINIAN, "photo", "voice", "document", caption="Батьки на зустрічі")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(address: str, chromium: Browser) -> Iterator[Page]:
    """A browser in which Olga is logged in."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/desk/")
    page.fill("#email", "olga@example.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rows")
    page.wait_for_load_state("load")
    yield page
    page.close()


def test_several_are_chosen_and_accepted_by_keys_alone(page: Page, paderborn: Database) -> None:
    for _row in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    assert page.locator("[name=pick]:checked").count() == 2
    page.keyboard.press("x")
    page.keyboard.press("x")
    assert page.locator("[name=pick]:checked").count() == 2  # taken back, and chosen again
    page.focus(".picked button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".bulk [name=entry]")
    page.keyboard.press("x")  # no key of this page
    assert page.locator("[name=entry]:checked").count() == 2
    page.focus(".confirm button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    states = [state_of(paderborn, number) for number in (ROUND, UKRAINIAN, GERMAN)]
    assert states == [State.RECEIVED, State.ACCEPTED, State.ACCEPTED]


def test_a_report_is_worded_and_published_by_keys_alone(
    page: Page, address: str, paderborn: Database
) -> None:
    page.goto(f"{address}/desk/entries/{UKRAINIAN}")
    page.keyboard.press("a")
    page.keyboard.type("Gespräche sind geführt. xjka")  # letters that are keys elsewhere are letters here
    for _tab in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName === 'BUTTON'"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-entry='{ROUND}'], [data-entry='{GERMAN}']")
    assert state_of(paderborn, UKRAINIAN) is State.ACCEPTED
    with paderborn.reading() as session:
        (one,) = progress.of_submission(session, UKRAINIAN)
    assert one.public.words["de"] == "Gespräche sind geführt. xjka"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_page_of_reviewing_is_accessible_and_fits_a_phone(
    page: Page, address: str, paderborn: Database, language: str
) -> None:
    with paderborn.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE staff SET language = '{language}'")
    picks = "&".join(f"pick={number}" for number in (ROUND, UKRAINIAN, GERMAN))
    paths = [f"/desk/entries/{ROUND}", f"/desk/entries/{UKRAINIAN}", f"/desk/accept?{picks}", "/desk/accept"]
    _look(page, address, paths)
    page.goto(f"{address}/desk/accept?{picks}")
    page.click(".confirm button")
    page.wait_for_selector("[role=status]")
    assert Axe().run(page).violations_count == 0
    _look(page, address, [f"/desk/entries/{ROUND}?show=all", f"/{language}/groups/7.49"])


def _look(page: Page, address: str, paths: list[str]) -> None:
    for width, scheme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in paths:
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found = Axe().run(page)
            assert found.violations_count == 0, (path, width, found.generate_report())
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (path, width)
