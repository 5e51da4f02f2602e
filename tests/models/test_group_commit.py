"""Many who write at once: they share transactions, and each gets what would have been theirs alone."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, consents, group_commit, people
from models.consents import Given
from models.db import Database
from models.errors import Conflict
from models.people import Person
from tests.models.together import A_MOMENT, Work
from translations import _

MANY = 12


def meet(session: Session, number: int) -> int:
    """Store somebody; each fourth of them fails after it."""
    found, _known = people.meet(session, name="Amina Beispiel", language="ar", email=f"a{number}@example.org")
    if number % 4 == 3:
        raise Conflict(_("This group takes no new people at the moment."))
    return found


def there(db: Database) -> list[int]:
    """Return who is stored."""
    with db.reading() as session:
        emails = session.scalars(sa.select(Person.email).where(Person.email.like("a%@example.org")))
        return sorted(int(email[1:].partition("@")[0]) for email in emails if email)


@contextmanager
def commits(db: Database) -> Iterator[list[object]]:
    """Yield the list of what is committed meanwhile."""
    found: list[object] = []

    def note(connection: sa.Connection) -> None:
        found.append(connection)

    sa.event.listen(db.engine, "commit", note)
    yield found
    sa.event.remove(db.engine, "commit", note)


def wait_until_in_line(db: Database, number: int) -> None:
    """Wait until the first has gone ahead, and so many stand behind it; PostgreSQL has no line."""
    line, end = db._group_commit, time.monotonic() + (10 if db.is_sqlite else A_MOMENT / 4)
    while time.monotonic() < end and not (line._is_led and len(line._waiting) == number):
        time.sleep(0.005)


def all_at_once(db: Database, *works: Work) -> list["Future[object]"]:
    """Let all begin while somebody else writes, one after the other; return how they ended."""
    done: list[Future[object]] = []
    with ThreadPoolExecutor(len(works)) as threads:
        with db.transaction() as session:
            session.execute(sa.text("SELECT 1"))
            for number, work in enumerate(works):
                done.append(threads.submit(db.take_in, work))
                wait_until_in_line(db, number)
        wait(done)
    return done


def meeting(*numbers: int) -> list[Callable[[Session], int]]:
    """Return the work of meeting each of them."""
    return [partial(meet, number=number) for number in numbers]


def test_who_waits_together_is_stored_together(db: Database) -> None:
    with commits(db) as seen:
        done = all_at_once(db, *meeting(0, 1, 2))
    assert [one.exception() for one in done] == [None] * 3
    assert there(db) == [0, 1, 2]
    assert len(seen) == 3, "the one before, the first, who was alone, and the other two"


def test_what_fails_takes_nobody_along(any_db: Database) -> None:
    done = all_at_once(any_db, *meeting(*range(MANY)))
    good = [number for number in range(MANY) if number % 4 != 3]
    assert there(any_db) == good
    assert len({done[number].result() for number in good}) == len(good)
    assert all(isinstance(done[number].exception(), Conflict) for number in {*range(MANY)} - {*good})


def test_nobody_sees_what_another_holds_in_memory(db: Database) -> None:
    """The second reads anew what the first has loaded; what the first has only noted is written by then."""

    def change(session: Session) -> None:
        person = people.by_email(session, "a0@example.org")
        assert person
        person.name = "Anders"
        session.connection().execute(sa.update(Person).values(language="uk"))

    def look(session: Session) -> tuple[str, str]:
        person = people.by_email(session, "a0@example.org")
        assert person
        return person.name, person.language

    db.take_in(*meeting(0))
    done = all_at_once(db, *meeting(1), change, look)
    assert done[2].result() == ("Anders", "uk")


def test_what_is_refused_only_when_it_is_written_is_told_to_its_own(db: Database) -> None:
    def again(session: Session) -> None:
        now = clock.now()
        session.add(Person(name="Amina", language="ar", email="a0@example.org", met_at=now, seen_at=now))

    done = all_at_once(db, *meeting(0), again, *meeting(1))
    assert isinstance(done[1].exception(), sa.exc.IntegrityError)
    assert there(db) == [0, 1]


def test_a_disk_that_one_fills_is_not_full_for_the_others(db: Database) -> None:
    def fill(session: Session) -> None:
        session.execute(sa.text("CREATE TABLE much AS SELECT zeroblob(100000000) AS many"))

    with db.engine.connect() as connection:
        pages = connection.scalar(sa.text("PRAGMA page_count"))
        connection.execute(sa.text(f"PRAGMA max_page_count={pages + 50}"))
    done = all_at_once(db, *meeting(0, 1), fill, *meeting(2))
    assert "full" in str(done[2].exception())
    assert there(db) == [0, 1, 2]


def test_where_the_commit_fails_nobody_is_thanked(db: Database) -> None:
    def point_nowhere(session: Session) -> None:
        session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        given = Given(consents.GROUP_UPDATES, 1, "I would like to", "en")
        consents.give(session, 999, [given], submission_id=None, channel="page")

    done = all_at_once(db, *meeting(0), point_nowhere, *meeting(1))
    assert [type(one.exception()).__name__ for one in done] == [
        "NoneType",
        "IntegrityError",
        "IntegrityError",
    ]
    assert there(db) == [0]
    assert db.take_in(*meeting(1)), "and the next may come"


def test_who_waits_for_too_long_is_told_and_leaves_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "PATIENCE", 0.2)
    ahead, behind = meeting(0, 1)
    with ThreadPoolExecutor(2) as threads:
        with db.transaction() as session:
            session.execute(sa.text("SELECT 1"))
            first = threads.submit(db.take_in, ahead)
            wait_until_in_line(db, 0)
            second = threads.submit(db.take_in, behind)
            with pytest.raises(sa.exc.TimeoutError):
                second.result()
        assert first.result() > 0
    assert there(db) == [0]


@pytest.mark.parametrize("patience", [15.0, 0.002])
def test_a_hall_of_good_and_bad_gets_each_its_own(
    db: Database, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    """With little patience some give up in the very moment in which their turn comes; none hangs."""
    monkeypatch.setattr(group_commit, "PATIENCE", patience)
    stored, ends = list[int](), threading.Lock()

    def one(number: int) -> str:
        try:
            db.take_in(*meeting(number))
        except (Conflict, sa.exc.TimeoutError) as error:
            return type(error).__name__
        with ends:
            stored.append(number)
        return "stored"

    with ThreadPoolExecutor(32) as threads:
        ended = list(threads.map(one, range(400)))
    assert sorted(stored) == there(db)
    assert (ended.count("Conflict") == 100) == (patience > 1)
    assert patience < 1 or len(stored) == 300
    assert db.take_in(*meeting(1000)) > 0, "and the next may come"
