"""The desk by keyboard, and in colours and directions of all kinds, in a real browser."""

import threading
from collections.abc import Iterator

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from models import clock
from models.db import Database
from models.staff import StaffRole
from models.submissions import State
from tests.webforms.desk import people
from tests.webforms.desk.people import AMINA, BORIS, PASSWORD
from tests.webforms.desk.test_entries import state_of

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask, paderborn: Database) -> Iterator[str]:
    """The desk, served, with two entries waiting."""
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    people.name_contact(paderborn)
    people.send(paderborn, "join-group", AMINA, language="ar")
    people.send(paderborn, "ask-office", BORIS)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _arrive(page: Page, selector: str) -> None:
    """Wait for a page that shows this, and for its script: keys pressed before it runs go nowhere."""
    page.wait_for_selector(selector)
    page.wait_for_load_state("load")


@pytest.fixture
def page(address: str, chromium: Browser) -> Iterator[Page]:
    """A browser in which somebody has logged in by keyboard alone."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/desk/")
    page.focus("#email")
    page.keyboard.type("ada@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#code:focus")  # an admin has a second step
    page.keyboard.type(pyotp.TOTP(people.TOTP_SECRET).at(clock.now()))
    page.keyboard.press("Enter")
    _arrive(page, ".rows")
    yield page
    page.close()


def _focused(page: Page, what: str) -> str:
    return str(page.evaluate(f"document.activeElement.{what}"))


def test_entries_are_reached_and_answered_by_keys(page: Page, paderborn: Database) -> None:
    page.keyboard.press("j")
    assert "/desk/entries/2" in _focused(page, "href")
    page.keyboard.press("j")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("k")
    assert "/desk/entries/2" in _focused(page, "href")
    page.keyboard.press("Enter")
    _arrive(page, "[data-entry='2']")
    page.keyboard.press("a")
    assert _focused(page, "name") == "words"
    page.keyboard.type("Ja, jeden Dienstag. kraj")  # letters that are keys elsewhere are letters here
    assert page.input_value("[name=words]").endswith("kraj")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _arrive(page, "[data-entry='1']")
    assert state_of(paderborn, 2) is State.ACCEPTED
    page.keyboard.press("r")
    assert _focused(page, "name") == "question"
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    _arrive(page, "[role=status]")
    assert state_of(paderborn, 1) is State.ACCEPTED


def test_keys_can_be_switched_off(page: Page) -> None:
    page.click(".keys summary")
    page.uncheck("#keys-switch input")
    page.reload()
    page.keyboard.press("j")
    assert _focused(page, "tagName") == "BODY"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_page_is_accessible_and_fits_a_phone(page: Page, address: str, language: str) -> None:
    if page.query_selector(f".tongues button[value={language}]") is None:
        pytest.skip("no catalogue")
    page.click(".tongues:has(button) summary")
    page.click(f".tongues button[value={language}]")
    page.wait_for_selector(f"html[lang={language}]")
    paths = (
        "/desk/", "/desk/entries/1", "/desk/entries/2", "/desk/groups", "/desk/groups/7.49",
        "/desk/prints", "/desk/prints/page?product=poster&language=de&language=ar&group=7.49",
        "/desk/deliveries", "/desk/staff", "/desk/account", "/desk/entries/99",
    )  # fmt: skip
    for width, scheme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in paths:
            page.goto(address + path)
            found = Axe().run(page)
            assert found.violations_count == 0, (path, found.generate_report())
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (path, width)
