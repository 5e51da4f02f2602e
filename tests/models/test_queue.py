"""The office's queue: what it shows, in which order, and that its cost does not grow with what it holds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, groups, people, queue
from models.db import Database
from models.queue import Cursor, Filters, Show
from models.submissions import State, Submission

MANY = 20_000
_TURN = (State.RECEIVED, State.ACCEPTED, State.ANSWERED, State.RETURNED, State.REJECTED)


# A desk that has been at work for years: most is settled.
_LONG = (State.RECEIVED, State.ANSWERED, State.RETURNED, *(State.ACCEPTED,) * 97)


def _amina(session: Session) -> int:
    number, _confirmed = people.meet(session, name="Amina Beispiel", language="ar", email="amina@example.org")
    return number


def fill(db: Database, number: int, turn: Sequence[State] = _TURN, *, start: int = 0) -> None:
    """Put entries into the queue, in states by turns, on two groups and in two languages."""
    now = clock.now()
    with db.transaction() as session:
        cards, amina = groups.directory(session).cards, _amina(session)
        rows: list[dict[str, Any]] = [
            {
                "form": "join-group", "key": f"{n}", "person_id": amina, "group_id": cards[n % 2].id,
                "channel": "page", "language": ("de", "ar")[n % 2], "title": f"Entry {n}", "answers": {},
                "state": turn[n % len(turn)], "version": 1, "received_at": now, "changed_at": now,
            }
            for n in range(start, number)
        ]  # fmt: skip
        session.execute(sa.insert(Submission), rows)
    with db.transaction() as session:
        session.execute(sa.text("ANALYZE"))


def titled(page: queue.Page) -> list[str]:
    """Return the titles' numbers of a page."""
    return [row.title.removeprefix("Entry ") for row in page.rows]


@contextmanager
def statements(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """Note what is asked of the database inside the block."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, sql: str, values: object, *_rest: object) -> None:
        if sql != "BEGIN":
            seen.append((sql, values))

    sa.event.listen(db.reader, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.reader, "before_cursor_execute", note)


def _plan(db: Database, sql: str, values: Any) -> str:
    word = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
    with db.reading() as session:
        return "\n".join(
            str(row[-1]) for row in session.connection().exec_driver_sql(f"{word} {sql}", values).all()
        )


def test_what_waits_is_shown_newest_first_and_pages_follow_without_gaps(any_db: Database) -> None:
    fill(any_db, 200)
    waiting = [str(n) for n in range(199, -1, -1) if n % 5 in (0, 2)]
    with any_db.reading() as session:
        first = queue.page(session, Filters())
        assert titled(first) == waiting[:25]
        assert first.back is None
        second = queue.page(session, Filters(), first.onward)
        assert titled(second) == waiting[25:50]
        assert titled(queue.page(session, Filters(), second.back)) == waiting[:25]
        last = queue.page(session, Filters(), Cursor(second.rows[-1].id))
        last = queue.page(session, Filters(), last.onward)
        assert titled(last) == waiting[75:]
        assert last.onward is None


def test_oldest_first_turns_the_pages_around(any_db: Database) -> None:
    fill(any_db, 200)
    oldest = Filters(oldest_first=True)
    with any_db.reading() as session:
        first = queue.page(session, oldest)
        assert titled(first)[:3] == ["0", "2", "5"]
        assert first.onward is not None
        second = queue.page(session, oldest, first.onward)
        assert int(titled(second)[0]) > int(titled(first)[-1])
        assert titled(queue.page(session, oldest, second.back)) == titled(first)


def test_filters_choose_and_words_find_names_of_any_script(any_db: Database) -> None:
    fill(any_db, 100)
    with any_db.transaction() as session:
        session.execute(
            sa.update(Submission)
            .where(Submission.title == "Entry 40")
            .values(answers={"name": "Оксана Приклад", "email": "o@example.org"})
        )
        one = groups.directory(session).cards[1]
    with any_db.reading() as session:
        assert titled(queue.page(session, Filters(words="оксана"))) == ["40"]
        assert titled(queue.page(session, Filters(words="entry 42"))) == ["42"]
        assert len(queue.page(session, Filters(words="amina@example")).rows) == 25
        assert queue.page(session, Filters(words="100%")).rows == []
        assert queue.page(session, Filters(words="_ntry")).rows == []
        everything = queue.page(session, Filters(Show.ALL, group_id=one.id, language="ar"), size=200)
        assert len(everything.rows) == 50
        assert queue.page(session, Filters(Show.ALL, group_id=one.id, language="de")).rows == []
        assert queue.page(session, Filters(form="ask-office")).rows == []
        assert len(queue.page(session, Filters(Show.SETTLED), size=200).rows) == 40


def test_the_name_is_the_one_told_in_the_form(any_db: Database) -> None:
    fill(any_db, 5)
    with any_db.transaction() as session:
        session.execute(
            sa.update(Submission).where(Submission.title == "Entry 0").values(answers={"name": "Karla"})
        )
    with any_db.reading() as session:
        assert {row.title: row.name for row in queue.page(session, Filters()).rows} == {
            "Entry 0": "Karla",
            "Entry 2": "Amina Beispiel",
        }


def test_the_next_waiting_entry_follows_in_order_and_begins_again(any_db: Database) -> None:
    fill(any_db, 10)
    with any_db.reading() as session:
        rows = queue.page(session, Filters()).rows
        assert queue.next_waiting(session, Filters(Show.ALL), rows[0].id) == rows[1].id
        assert queue.next_waiting(session, Filters(), rows[-1].id) == rows[0].id
        assert queue.next_waiting(session, Filters(language="tr"), rows[0].id) is None


def test_counting_is_right_and_stops_at_a_thousand(any_db: Database) -> None:
    fill(any_db, 4000)
    with any_db.reading() as session:
        assert queue.counts(session) == {
            Show.WAITING: 1001, Show.ASKED: 800, Show.SETTLED: 1001, Show.ALL: 1001,
        }  # fmt: skip


def _cost(db: Database, cursor: Cursor | None) -> list[int]:
    """Return how many statements a page costs, for each part of the queue."""
    counted = []
    for show in Show:
        with db.reading() as session, statements(db) as seen:
            queue.page(session, Filters(show), cursor)
            queue.counts(session)
        counted.append(len(seen))
        # SQLAlchemy always writes an offset for SQLite; nothing is ever skipped by it.
        assert not any("OFFSET" in sql.replace("LIMIT ? OFFSET ?", "") for sql, _values in seen)
    return counted


def test_a_page_costs_the_same_statements_however_long_the_queue_is(any_db: Database) -> None:
    fill(any_db, 10)
    short = _cost(any_db, None)
    fill(any_db, MANY, start=10)
    assert short == _cost(any_db, None) == _cost(any_db, Cursor(MANY // 2)) == [2, 2, 2, 2]


def test_pages_of_a_long_queue_are_read_along_an_index(any_db: Database) -> None:
    fill(any_db, MANY, _LONG)
    for filters in (Filters(), Filters(Show.ASKED), Filters(oldest_first=True)):
        for cursor in (None, Cursor(MANY // 2), Cursor(MANY // 2, onward=False)):
            with any_db.reading() as session, statements(any_db) as seen:
                queue.page(session, filters, cursor)
            plan = _plan(any_db, *seen[0])
            assert "ix_submissions_state_id" in plan, plan
            assert "SCAN submissions" not in plan, plan
            assert "Seq Scan on submissions" not in plan, plan
