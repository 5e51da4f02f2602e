"""The door in a real browser: the network goes, people come, the network comes back."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from models import arrivals, clock
from models.db import Database
from models.events import Event
from models.registrations import Registration, RegistrationState
from tests.models.hall import a_guest, a_hall, counted, named
from tests.webforms.desk import people
from tests.webforms.desk.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def event(paderborn: Database) -> Event:
    """A conference with six on its list."""
    event = a_hall(paderborn, held_on=clock.now().date())
    with paderborn.transaction() as session:
        a_guest(session, session.get_one(Event, event.id), "Emil Beispiel", "EMMA66")
        a_guest(session, session.get_one(Event, event.id), "Fatma Muster", "FTMA77")
    return event


@pytest.fixture
def address(app: Flask, paderborn: Database) -> Iterator[str]:
    """The desk, served."""
    people.employ(paderborn, "olga@example.org")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(address: str, chromium: Browser, event: Event) -> Iterator[Page]:
    """The door on a telephone, with its list at hand; no script fails and nothing breaks the policy."""
    context = chromium.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda one: troubles.append(one.text) if "Security Policy" in one.text else None)
    page.goto(f"{address}/desk/login?next=/desk/events/{event.id}/door")
    page.fill("#email", "olga@example.org")
    page.fill("[name=password]", PASSWORD)
    with page.expect_response("**/door/list?*"):
        page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#guests [data-part]').textContent === 'Amina Beispiel'")
    yield page
    context.close()
    assert troubles == []


def typed(page: Page, code: str) -> None:
    """Type a code."""
    page.fill("#code", code)
    page.keyboard.press("Enter")


def row(page: Page, name: str) -> str:
    """Return what the list says of somebody."""
    return page.locator("#guests .guest", has_text=name).inner_text()


def kept(page: Page) -> dict[str, str]:
    """Return what rests on the device."""
    return dict(page.evaluate("Object.entries(localStorage)"))


def look(page: Page) -> None:
    """Hold the page to what every page promises; the camera is offered where the browser reads codes."""
    reads = page.evaluate("'BarcodeDetector' in window && Boolean(navigator.mediaDevices)")
    assert page.locator("#scan").is_visible() is reads  # Debian's chromium does not; Android's does
    typed(page, "BRRS33")
    assert page.locator("#said [name=seats]").input_value() == "5"
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert [one["id"] for one in found.response["violations"]] == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_who_is_let_in_waits_no_longer(page: Page, paderborn: Database, event: Event) -> None:
    expect(page.locator("#waiting")).to_have_text("1")
    typed(page, "CCRA44")
    with page.expect_response("**/door/queue"):
        page.click("#said button:has-text('Let in anyway')")
    expect(page.locator("#waits")).to_be_hidden()


def test_the_network_goes_and_comes_back(page: Page, paderborn: Database, event: Event) -> None:
    look(page)
    with page.expect_response("**/door/queue"):
        typed(page, "amna 22")
    assert "here since" in row(page, "Amina")
    assert counted(paderborn, event)[0] == 1

    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    before = clock.now()
    typed(page, "DX0N55")  # 0 is no sign of ours: only Q makes it a code on the list
    assert "has cancelled: let them in anyway?" in page.locator("#said").inner_text()
    page.click("#said button:has-text('Let in anyway')")
    page.fill("#q", "boris")
    page.fill("#guests [name=seats]", "2")
    page.click("#guests button:has-text('Is here')")
    page.fill("#q", "")
    typed(page, "EMMA66")
    typed(page, "FTMA77")
    typed(page, "AMNA22")
    assert "already here since" in page.locator("#said").inner_text()
    for name in ("Dilan", "Boris", "Emil", "Fatma"):
        assert "waiting to be sent" in row(page, name)
    assert "2 of 5 are here" in row(page, "Boris")
    assert (
        "6 of 9 are here" in page.locator("#counts").inner_text()
    )  # the four parts of what waits, and Amina
    after = clock.now()
    (noted,) = kept(page).values()
    assert len(json.loads(noted)) == 4
    assert not any(word in noted for word in ("Dilan", "Boris", "Emil", "Fatma"))
    assert counted(paderborn, event)[0] == 1

    earlier = before - timedelta(minutes=9)  # Emil came by the other door; Fatma has called and cancelled
    with paderborn.transaction() as session:
        arrivals.arrive(session, event, "EMMA66", at=earlier, by=None)
        session.execute(
            sa.update(Registration)
            .where(Registration.code == "FTMA77")
            .values(state=RegistrationState.CANCELLED)
        )
    page.context.set_offline(False)
    page.wait_for_selector("#conflicts .guest")
    assert "Fatma Muster" in page.locator("#conflicts").inner_text()
    expect(page.locator("#queue")).to_have_text("Everything has been sent.")
    expect(page.locator("#offline")).to_be_hidden()
    assert kept(page) == {}
    assert counted(paderborn, event)[0] == 1 + 1 + 2 + 1
    assert named(paderborn, "EMMA66")[1].arrived_at == earlier
    when = named(paderborn, "BRRS33")[1].arrived_at
    assert when is not None
    assert before - timedelta(seconds=2) < when < after + timedelta(seconds=2)

    with page.expect_response("**/door/queue"):
        page.click("#conflicts button:has-text('Let in anyway')")
    expect(page.locator("#conflicts")).to_be_hidden()
    page.fill("#q", "emil")
    with page.expect_response("**/door/queue"):
        page.click("#guests button:has-text('Take back')")
    assert counted(paderborn, event)[0] == 1 + 2 + 1 + 1


def test_logging_out_loses_nothing_and_leaves_nothing(page: Page, paderborn: Database, event: Event) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()  # the log-in has ended meanwhile
    typed(page, "EMMA66")
    expect(page.locator("#logged-out")).to_be_visible()
    assert len(kept(page)) == 1
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    with page.expect_response("**/door/queue"):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#logged-out")).to_be_hidden()
    assert kept(page) == {}
    assert counted(paderborn, event)[0] == 1

    page.goto(page.url.replace(f"/events/{event.id}/door", "/groups"))
    page.evaluate(
        "([key, code]) => localStorage.setItem(key, JSON.stringify([{ code, tick: Date.now() - 1000 }]))",
        [f"mitwirken-door-{event.id}", "FTMA77"],
    )
    page.click("text=Log out")
    page.wait_for_url("**/desk/login**")
    assert kept(page) == {}
    assert counted(paderborn, event)[0] == 2
