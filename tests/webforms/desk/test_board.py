"""The board of a vote in two real browsers at once: dragged, by keyboard, and neither undoes the other."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from models import ballot_board, ballots
from models.ballots import Phase
from models.db import Database
from models.staff import StaffMember, StaffRole
from tests.models.test_ballots import begun
from tests.webforms.desk import people
from tests.webforms.desk.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask, paderborn: Database) -> Iterator[str]:
    """The board of a vote with three cards and two topics, served."""
    with paderborn.transaction() as session:
        ballot = begun(session)
        mona = session.scalars(sa.select(StaffMember).where(StaffMember.role == StaffRole.MODERATOR)).one()
        mona.password_hash, mona.language = people.HASHED, "en"
        ballot_board.go_to(session, mona, ballot.id, Phase.GROUP)
        ballot_board.type_cards(session, mona, ballot.id, ["Mehr Sport", "Sprachcafé", "Ein Garten"], "de")
        for title in ("Bewegung", "Sprache"):
            ballot_board.add_topic(session, mona, ballot.id, title)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/desk/dots/{ballot.id}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def moderating(address: str, chromium: Browser) -> Iterator[BrowserContext]:
    """A browser in which a moderator has logged in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.fill("#email", "moderator@example.org")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".desk-top")
    page.close()
    yield context
    context.close()


def column(page: Page, name: str) -> str:
    """What lies in a column."""
    return page.locator(".column", has=page.get_by_role("heading", name=name)).inner_text()


def test_two_moderators_sort_at_once(moderating: BrowserContext, address: str, paderborn: Database) -> None:
    one, two = moderating.new_page(), moderating.new_page()
    for page in (one, two):
        page.goto(address)
        page.wait_for_selector(".is-live")
    sport = one.locator(".card-on", has_text="Mehr Sport")
    grip, there = sport.locator(".grip").bounding_box(), one.locator(".column").nth(1).bounding_box()
    assert grip
    assert there
    one.mouse.move(grip["x"] + 20, grip["y"] + 20)
    one.mouse.down()
    one.mouse.move(there["x"] + 60, there["y"] + 60, steps=4)
    one.mouse.up()
    expect(one.locator(".column").nth(1)).to_contain_text("Mehr Sport")
    expect(two.locator(".column").nth(1)).to_contain_text("Mehr Sport", timeout=8000)
    # One moves by keyboard what the other has not seen move: it is told where the card is.
    two.locator("#to-2").select_option(label="Sprache")
    with paderborn.transaction() as session:
        mona = session.scalars(sa.select(StaffMember)).one()
        (ballot,) = ballots.listed(session)
        first = ballots.topics(session, ballot.id)[0].id
        ballot_board.move(session, mona, ballot.id, 2, first, seen=1)
    two.locator("#to-2").focus()
    two.keyboard.press("Tab")
    two.keyboard.press("Enter")
    expect(two.get_by_role("alert").first).to_contain_text("Bewegung")
    assert "Sprachcafé" in column(two, "Bewegung")
    found = Axe().run(one).response["violations"]
    assert [each["id"] for each in found] == []
