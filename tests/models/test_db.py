"""The database's promises: writers queue, readers cannot write, what failed leaves nothing."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from commands import web
from models import clock, leases, links, periods, sessions, vault
from models.db import CACHE_SECONDS, Cache, Database, audit_key_of, today_in
from models.errors import NotFound
from models.links import Link, Purpose
from models.opening import open_database
from models.people import ChannelKind, Person, by_chat, meet
from models.settings import Settings
from models.turns import InTurn


def test_what_fails_leaves_nothing(any_db: Database) -> None:
    with pytest.raises(RuntimeError), any_db.transaction() as session:
        by_chat(session, 4711, language="ar")
        raise RuntimeError
    with any_db.reading() as session:
        assert session.scalars(sa.select(Person).where(Person.telegram_id == 4711)).first() is None


def test_a_reading_session_on_sqlite_cannot_write(db: Database) -> None:
    with db.reading() as session, pytest.raises(OperationalError):
        session.execute(sa.text("DELETE FROM people"))


def test_200_writers_at_once_all_get_through(any_db: Database) -> None:
    def write(n: int) -> None:
        with any_db.transaction() as session:
            session.execute(sa.select(sa.func.count(Person.id)))
            meet(session, name="x", language="de", email=f"p{n}@example.org", prefers=ChannelKind.EMAIL)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(200)))
    with any_db.reading() as session:
        written = sa.select(sa.func.count(Person.id)).where(Person.email.like("p%@example.org"))
        assert session.scalar(written) == 200


def test_a_link_works_once_even_when_two_press_at_once(any_db: Database) -> None:
    with any_db.transaction() as session:
        person = by_chat(session, 1, language="de")
        token = links.issue(session, Purpose.ME, person_id=person.id)

    def press(_n: int) -> bool:
        try:
            with any_db.transaction() as session:
                links.use(session, token, Purpose.ME)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(12))) == 1


def test_a_link_is_good_for_its_purpose_only_and_rests_as_a_hash(any_db: Database) -> None:
    with any_db.transaction() as session:
        person = by_chat(session, 1, language="de")
        token = links.issue(session, Purpose.ME, person_id=person.id)
        with pytest.raises(NotFound):
            links.look(session, token, Purpose.CONFIRM)
        assert session.scalars(sa.select(Link.token_hash)).one() != token


def test_a_session_ends(any_db: Database) -> None:
    with any_db.transaction() as session:
        person = by_chat(session, 1, language="de")
        token = sessions.start(session, person_id=person.id)
        assert sessions.person_of(session, token) is person
        assert sessions.staff_of(session, token) is None
        sessions.end(session, token)
        assert sessions.person_of(session, token) is None


def test_one_holder_has_a_lease(any_db: Database) -> None:
    with any_db.transaction() as session:
        assert leases.hold(session, "job", "a")
    with any_db.transaction() as session:
        assert not leases.hold(session, "job", "b")
        assert leases.hold(session, "job", "a")
        leases.release(session, "job", "a")
        assert leases.hold(session, "job", "b")


def test_after_kill_nothing_acknowledged_is_missing(db: Database, tmp_path: Path) -> None:
    with db.transaction() as session:
        meet(session, name="x", language="de", email="kept@example.org", prefers=ChannelKind.EMAIL)
    again = Database(str(db.url))
    with again.reading() as session:
        assert session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.execute(sa.text("PRAGMA synchronous")).scalar() == 2
        assert (
            session.scalars(sa.select(Person).where(Person.email == "kept@example.org")).first() is not None
        )
    again.close()


def test_whoever_opens_an_installation_seals_and_keeps_as_its_settings_say(tmp_path: Path) -> None:
    settings = Settings(
        database=f"sqlite:///{tmp_path}/one.sqlite", secret="s" * 40, retention="drafts=9d", _env_file=None
    )
    db = open_database(settings)
    with db.reading() as session:
        assert audit_key_of(session) == settings.key_of_audit() != b""
        assert session.info["vault_key"] == vault.key_of(settings) != b""
        assert periods.of(session)["drafts"] == timedelta(days=9)
    db.close()


def test_the_cache_holds_nothing_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("models.db.time.monotonic", lambda: now[0])
    cache = Cache()
    cache.get("paper:1", lambda: b"large")
    cache.get("paper:2", lambda: b"large")
    now[0] = CACHE_SECONDS + 1
    cache.get("paper:3", lambda: b"large")
    assert set(cache._kept) == {"paper:3"}


def test_all_threads_of_the_web_can_read_twice_at_once(any_db: Database) -> None:
    most = max(threads for _processes, threads in (web.ON_SQLITE, web.ON_SERVER, web.ON_SERVER_SMALL))
    together = threading.Barrier(most)

    def look(_n: int) -> int:
        with any_db.reading() as view:
            view.scalar(sa.select(sa.func.count(Person.id)))
            together.wait(timeout=30)
            with any_db.reading() as page:
                return page.scalar(sa.select(sa.func.count(Person.id))) or 0

    with ThreadPoolExecutor(most) as pool:
        assert len(list(pool.map(look, range(most)))) == most


def test_today_is_the_day_of_the_region(db: Database) -> None:
    late = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)
    zones = {"Europe/Berlin": 5, "America/Lima": 4, "Pacific/Auckland": 5}
    for zone, day in zones.items():
        there = Database(str(db.url), zone)
        with clock.frozen(late), there.reading() as session:
            assert today_in(session) == date(2027, 1, day)
        there.close()


def test_whoever_waits_to_write_comes_before_whoever_has_just_written(db: Database) -> None:
    order, waiting = list[str](), threading.Semaphore(0)

    def wait(name: str) -> None:
        waiting.release()
        with db.transaction() as session:
            session.execute(sa.text("SELECT 1"))
            order.append(name)

    others = [threading.Thread(target=wait, args=(f"waiting {number}",)) for number in range(3)]
    with db.transaction() as session:
        session.execute(sa.text("SELECT 1"))
        for one in others:
            one.start()
            assert waiting.acquire(timeout=10)
            time.sleep(0.1)  # until it stands in line
    with db.transaction() as session:
        session.execute(sa.text("SELECT 1"))
        order.append("again")
    for one in others:
        one.join(10)
    assert order == ["waiting 0", "waiting 1", "waiting 2", "again"]


def test_whoever_gives_up_waiting_to_write_holds_nobody_up(tmp_path: Path) -> None:
    pool = InTurn(
        lambda: sqlite3.connect(tmp_path / "turns.sqlite"), pool_size=1, max_overflow=0, timeout=0.1
    )
    held = pool.connect()
    for _time in range(2):
        with pytest.raises(sa.exc.TimeoutError):
            pool.connect()
    held.close()
    pool.connect().close()
