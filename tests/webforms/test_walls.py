"""The wall of an event: right numbers, no names, made once for all, and still there when the server goes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser as Chromium
from werkzeug.serving import BaseWSGIServer, make_server

from models import clock, registrations
from models.db import Database
from models.events import Event
from models.groups import WorkingGroup
from models.people import ChannelKind, Person
from models.settings import Settings
from models.walls import now
from tests.models.test_registrations import conference
from tests.webforms.conftest import Browser
from webforms import create_app, walls


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


def test_it_is_made_anew_once_for_all_and_what_fails_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    board, made, together = walls.Board(), [], threading.Barrier(8)
    moment = [1000.0]
    monkeypatch.setattr(walls.time, "monotonic", lambda: moment[0])

    def render() -> str:
        made.append(1)
        return f"state {len(made)}"

    def ask() -> None:
        together.wait(30)
        board.show("CODE", "de", render)

    threads = [threading.Thread(target=ask) for _each in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 1
    moment[0] += walls.FRESH
    assert board.peek("CODE", "de") is None
    assert board.show("CODE", "de", render).body == b"state 2"
    with pytest.raises(ZeroDivisionError):
        board.show("WRONG", "de", lambda: str(1 / 0))
    assert board.peek("WRONG", "de") is None
    moment[0] += walls.FRESH + walls.KEPT
    board.show("OTHER", "de", render)
    assert set(board._shown) == {("OTHER", "de")}


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
