"""The wall of an event: right numbers, no names, made once for all, and still there when the server goes."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser as Chromium
from werkzeug.serving import BaseWSGIServer, make_server

from models import ballot_board, ballots, clock, feedback, groups, registrations, voting
from models.ballots import Ballot, Phase
from models.db import Database
from models.events import Event
from models.feedback import Noted, Side
from models.groups import WorkingGroup
from models.people import ChannelKind, Person
from models.registrations import Registration
from models.settings import Settings
from models.staff import StaffRole
from models.voting import Who
from models.walls import now
from tests.models.test_ballots import mona_of
from tests.models.test_feedback import employ
from tests.models.test_registrations import conference
from tests.webforms.conftest import Browser
from webforms import create_app

MOST_STATEMENTS = 11


@pytest.fixture
def code(paderborn: Database) -> str:
    """An open conference."""
    with paderborn.transaction() as session:
        return conference(session, capacity=None).code


def guest(db: Database, code: str, name: str, tag: str, *, seats: int = 1) -> None:
    """Somebody registers."""
    at = clock.now()
    with db.transaction() as session:
        event = session.scalars(sa.select(Event).where(Event.code == code)).one()
        person = Person(name=name, language=tag, prefers=ChannelKind.PHONE, met_at=at, seen_at=at)
        session.add(person)
        session.flush()
        registrations.register(session, person.id, event.id, seats=seats)


def test_it_counts_people_languages_and_sign_ups_and_names_nobody(
    browser: Browser, paderborn: Database, code: str
) -> None:
    guest(paderborn, code, "Amina Beispiel", "ar", seats=3)
    guest(paderborn, code, "Olena Beispiel", "uk")
    with paderborn.transaction() as session:
        session.execute(sa.update(WorkingGroup).where(WorkingGroup.id == 1).values(signups=8))
        session.execute(sa.update(WorkingGroup).where(WorkingGroup.id == 2).values(signups=2))
    with paderborn.reading() as session:
        wall = now(session, code)
    assert (wall.registered, wall.arrived, wall.signed_up) == (4, 0, 10)
    assert [(entry.tag, many) for entry, many in wall.languages] == [("ar", 3), ("uk", 1)]
    assert sorted(one.share for one in wall.groups)[-2:] == [25.0, 100.0]
    page = browser.open(f"/wall/{code}?lang=de")
    assert page.status == 200
    assert "Beispiel" not in page.text
    assert "4 Personen sind angemeldet" in page.text
    with paderborn.transaction() as session:
        session.execute(sa.update(Event).where(Event.code == code).values(arrived=2))
        session.execute(sa.text("UPDATE registrations SET arrived_seats = 2 WHERE seats = 3"))
    with paderborn.reading() as session:
        wall = now(session, code)
    assert wall.arrived == 2
    assert [(entry.tag, many) for entry, many in wall.languages] == [("ar", 2)]


def say(db: Database, code: str, number: str, *points: Noted, key: str) -> None:
    """Somebody says something on a goal at the event."""
    with db.transaction() as session:
        event = session.scalars(sa.select(Event.id).where(Event.code == code)).one()
        card = groups.directory(session).get(number)
        feedback.take(session, card, event, points, key=key, channel="page", language="de")


def test_feedback_is_shown_as_numbers_and_no_word_of_it(
    browser: Browser, paderborn: Database, code: str
) -> None:
    assert "Was Menschen" not in browser.open(f"/wall/{code}?lang=de").text
    say(paderborn, code, "7.49", Noted(Side.STAYS, "Kirschgarten", 3), Noted(Side.ADAPT, "Zu spät"), key="a")
    say(paderborn, code, "7.49", key="b")
    say(paderborn, code, "3.27", key="c")
    with paderborn.reading() as session:
        voices = now(session, code).voices
    told = {one.card.number: (one.stays, one.adapt, one.no_remarks) for one in voices}
    assert told == {"3.27": (0, 0, 1), "7.49": (3, 1, 1)}
    page = browser.open(f"/wall/{code}?lang=de").text
    assert "Was Menschen zu den Zielen sagen" in page
    assert not {word for word in ("Kirschgarten", "Zu spät") if word in page}


def vote(db: Database, code: str, topics: int = 3) -> Ballot:
    """A vote of the event in which each of its guests has given their dots."""
    with db.transaction() as session:
        event = session.scalars(sa.select(Event).where(Event.code == code)).one()
        mona = employ(session, StaffRole.MODERATOR)
        ballot = ballot_board.begin(session, mona, "Themen", event_id=event.id, cards_each=2, dots_each=3)
        ballot_board.go_to(session, mona, ballot.id, Phase.GROUP)
        found = [ballot_board.add_topic(session, mona, ballot.id, f"Thema {n}").id for n in range(topics)]
        ballot_board.go_to(session, mona, ballot.id, Phase.VOTE)
        for place, one in enumerate(session.scalars(sa.select(Registration.id)).all()):
            voting.place(session, Who(ballot.id, registration_id=one), {found[0]: 2, found[1 + place % 2]: 1})
        return ballot


def test_a_vote_shows_how_many_take_part_and_its_result_once_it_is_closed(
    browser: Browser, paderborn: Database, code: str
) -> None:
    for name in ("Amina Beispiel", "Boris Muster"):
        guest(paderborn, code, name, "de")
    assert f"/e/{code} " in browser.open(f"/wall/{code}?lang=de").text
    ballot = vote(paderborn, code)
    page = browser.open(f"/wall/{code}?lang=de").text
    assert f"/v/{ballot.code} " in page, "the hall is led to the vote while it runs"
    assert "2 Personen haben Punkte vergeben" in page
    assert "Thema 0" not in page, "nobody votes after the others"
    with paderborn.transaction() as session:
        last = ballots.topics(session, ballot.id)[2]
        ballot_board.set_paper(session, mona_of(session), ballot.id, {last.id: 1})
        ballot_board.go_to(session, mona_of(session), ballot.id, Phase.RESULT)
    with paderborn.reading() as session:
        shown = now(session, code).vote
    assert shown is not None
    assert [(one.dots, one.share) for one in shown.topics] == [(4, 100.0), (2, 50.0), (1, 25.0)]
    page = browser.open(f"/wall/{code}?lang=de").text
    assert re.search(r"Thema 0.*Platz 1.*Thema 2.*Platz 2.*Thema 1.*Platz 3", page, re.DOTALL)
    assert f"/e/{code} " in page


def test_the_code_of_a_vote_leads_to_its_page(browser: Browser, paderborn: Database, code: str) -> None:
    ballot = vote(paderborn, code)
    assert browser.open(f"/v/{ballot.code}").response.request.path == f"/de/dots/{ballot.code}"
    assert browser.open("/v/NOSUCH00").status == 404


def statements(db: Database, code: str) -> int:
    """How many statements a wall takes."""
    seen: list[object] = []
    count = lambda *about: seen.append(about[2])  # noqa: E731
    with db.reading() as session:
        now(session, code)
        sa.event.listen(db.reader, "before_cursor_execute", count)
        now(session, code)
        sa.event.remove(db.reader, "before_cursor_execute", count)
    return len(seen)


def test_however_much_there_is_it_takes_as_many_statements(paderborn: Database, code: str) -> None:
    say(paderborn, code, "7.49", Noted(Side.STAYS, "Gut"), key="first")
    guest(paderborn, code, "Amina Beispiel", "ar")
    vote(paderborn, code)
    few = statements(paderborn, code)
    for number in ("1.2", "3.27", "10.64"):
        for place in range(5):
            say(paderborn, code, number, Noted(Side.ADAPT, f"Punkt {place}"), key=f"{number}-{place}")
            guest(paderborn, code, f"Gast {number}-{place}", "tr")
    assert statements(paderborn, code) == few <= MOST_STATEMENTS


def test_what_has_not_changed_is_not_sent_again_and_nothing_is_read_for_it(
    settings: Settings, paderborn: Database, code: str
) -> None:
    client = create_app(settings, paderborn).test_client()
    address = f"/wall/{code}/now?lang=ar"
    first = client.get(address)
    statements: list[str] = []
    count = lambda *about: statements.append(about[2])  # noqa: E731
    sa.event.listen(paderborn.reader, "before_cursor_execute", count)
    same = [client.get(address, headers={"If-None-Match": first.headers["ETag"]}) for _time in range(200)]
    other = client.get(address)
    sa.event.remove(paderborn.reader, "before_cursor_execute", count)
    assert {one.status_code for one in same} == {304}
    assert {one.data for one in same} == {b""}
    assert other.data == first.data
    assert other.headers["Content-Security-Policy"]
    assert statements == []


@pytest.mark.parametrize("path", ["/wall/ZZZZZZZZ", "/wall/ZZZZZZZZ/now"])
def test_a_code_of_no_event_is_not_found(browser: Browser, path: str) -> None:
    assert browser.open(path).status == 404


@contextmanager
def served(settings: Settings, db: Database, port: int = 0) -> Iterator[BaseWSGIServer]:
    """The pages on a port of their own."""
    server = make_server("127.0.0.1", port, create_app(settings, db), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.browser
def test_it_keeps_the_last_state_without_a_server_and_comes_back_by_itself(
    chromium: Chromium, settings: Settings, paderborn: Database, code: str
) -> None:
    """Two hours of the wall's own clock, in which the server goes twice."""
    page = chromium.new_page()
    page.clock.install()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with served(settings, paderborn) as server:
        port = server.server_port
        page.goto(f"http://127.0.0.1:{port}/wall/{code}?lang=de")
        assert page.locator("#w-arrived").inner_text() == "0 Personen sind angemeldet"
        say(paderborn, code, "7.49", key="a")
        page.clock.run_for(15_000)
        page.locator("#w-voices").wait_for(state="attached")
        assert (page.locator("#w-groups").is_visible(), page.locator("#w-voices").is_visible()) == (
            True,
            False,
        )
        page.clock.run_for(20_000)
        assert (page.locator("#w-groups").is_visible(), page.locator("#w-voices").is_visible()) == (
            False,
            True,
        )
        page.goto(f"http://127.0.0.1:{port}/wall/{code}?lang=de&show=groups")
        page.clock.run_for(20_000)
        assert page.locator("#w-groups").is_visible()
    for many in (1, 2):
        for _time in range(12):
            page.clock.run_for(60_000)
            page.wait_for_timeout(20)
        assert page.locator(".away").is_visible()
        assert page.locator(".filling li").first.is_visible()
        guest(paderborn, code, f"Person {many}", "tr")
        with served(settings, paderborn, port):
            for _time in range(200):
                page.clock.run_for(30_000)
                page.wait_for_timeout(50)
                if page.locator("#w-arrived").inner_text().startswith(f"{many} "):
                    break
            assert page.locator("#w-arrived").inner_text().startswith(f"{many} ")
            assert page.locator(".away").is_hidden()
    assert page.locator(".spoken strong").inner_text() == "2"
    assert errors == []
    page.close()
