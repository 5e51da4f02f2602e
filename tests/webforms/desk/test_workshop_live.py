"""The desk of a workshop in two real browsers: saved while one writes, seen by the other, both texts kept."""

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from models import workshop_sheets
from models.db import Database
from tests.models.workshops import Hall, hall
from tests.webforms.desk.people import PASSWORD

pytestmark = pytest.mark.browser
# Seconds of waiting pass ten times as fast.
QUICKLY = """for (const name of ["setInterval", "setTimeout"]) {
  const real = window[name];
  window[name] = (act, wait, ...rest) => real(act, wait / 10, ...rest);
}"""


@pytest.fixture
def here(paderborn: Database) -> Hall:
    """A conference with two workshops."""
    return hall(paderborn)


@pytest.fixture
def address(app: Flask, here: Hall) -> Iterator[str]:
    """The desk, served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(chromium: Browser, address: str, here: Hall, email: str, width: int, height: int) -> Page:
    """Log in at the workshop's desk."""
    page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
    page.add_init_script(QUICKLY)
    page.goto(f"{address}/desk/login?next=/desk/workshops/{here.workshop_id}")
    page.fill("#email", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".live")
    return page


def words(db: Database, here: Hall) -> dict[str, str]:
    """What is written there."""
    with db.reading() as session:
        return {name: one.words for name, one in workshop_sheets.fields(session, here.workshop_id).items()}


def test_two_write_at_once_and_no_word_is_lost(
    chromium: Browser, address: str, paderborn: Database, here: Hall
) -> None:
    nora = opened(chromium, address, here, here.nora.email, 1024, 768)
    olga = opened(chromium, address, here, here.olga.email, 360, 780)
    nora.locator("#f-where").press_sequentially("Im Rathaus")
    expect(nora.locator("[data-state]")).to_have_text(nora.locator("#workshop").get_attribute("data-saved"))
    expect(olga.locator("#f-where")).to_have_value("Im Rathaus", timeout=15_000)
    expect(olga.locator("#f-where ~ .status")).to_contain_text("Nora Neu")

    for page in (nora, olga):  # both write before either is saved
        page.context.set_offline(True)
    nora.fill("#f-how", "Mit einem Fest")
    olga.fill("#f-how", "Mit einem Brief")
    olga.fill("#f-what-1", "Brief schreiben")
    nora.context.set_offline(False)
    expect(nora.locator("[data-state]")).to_have_text(
        nora.locator("#workshop").get_attribute("data-saved"), timeout=15_000
    )
    olga.context.set_offline(False)
    box = olga.locator(".field", has=olga.locator("#f-how")).locator(".clash")
    expect(box).to_contain_text("Mit einem Fest", timeout=15_000)
    expect(olga.locator("#f-how")).to_have_value("Mit einem Brief")
    found = Axe().run(olga)
    assert found.violations_count == 0, found.generate_report()
    box.locator("[data-settle=both]").click()
    expect(box).to_have_count(0)
    expect(nora.locator("#f-what-1")).to_have_value("Brief schreiben", timeout=15_000)
    nora.locator("#f-notes").focus()
    expect(nora.locator("#f-how")).to_have_value("Mit einem Fest\nMit einem Brief", timeout=15_000)
    stored = {"where": "Im Rathaus", "how": "Mit einem Fest\nMit einem Brief", "what-1": "Brief schreiben"}
    assert words(paderborn, here) == stored

    olga.locator("#more-steps button").click()  # without a page of its own; the other one sees it, too
    expect(nora.locator("#f-due-4")).to_have_count(1, timeout=15_000)
    olga.on("dialog", lambda dialog: dialog.accept())  # it asks whether one really wants to go
    olga.route("**/field", lambda route: route.abort())
    olga.fill("#f-what-4", "Vorlesen")
    expect(olga.locator("[data-state]")).to_have_text(olga.locator("#workshop").get_attribute("data-waiting"))
    olga.unroute("**/field")
    olga.reload()
    expect(olga.locator("#f-what-4")).to_have_value("Vorlesen")  # what was not sent has stayed on the device
    expect(nora.locator("#f-what-4")).to_have_value("Vorlesen", timeout=15_000)
    assert olga.evaluate("localStorage.length") == 0
