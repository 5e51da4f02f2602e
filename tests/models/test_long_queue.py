"""A queue of 100,000 entries: pages ask as much of the database as with ten, and read along indexes."""

import pytest
import sqlalchemy as sa
from flask import Flask

from models import clock, groups
from models.db import Database
from models.people import Person
from models.progress import ProgressReport
from models.settings import Settings
from models.submissions import State, Submission
from tests.models.test_queue import statements
from tests.webforms.desk.people import Officer, employ
from tests.webforms.desk.reports import oksana, whole_round
from translations import Localised
from webforms import create_app

MANY = 100_000
REPORTS = 2_000
# Years of work: nearly everything is settled, and the reports are spread among the sign-ups.
_STATES = (State.RECEIVED, State.ANSWERED, State.RETURNED, *(State.ACCEPTED,) * 97)


def _fill(db: Database) -> None:
    """Put many entries before those that are there, in two statements."""
    now = clock.now()
    with db.transaction() as session:
        amina = session.scalar(sa.select(Person.id).limit(1))
        cards = groups.directory(session).cards
        step = MANY // REPORTS
        rows = [
            {
                "id": n, "form": "join-group" if n % step else "report-progress", "key": str(n),
                "person_id": amina, "group_id": cards[n % len(cards)].id, "channel": "page",
                "language": "de", "title": f"Entry {n}", "answers": {}, "state": _STATES[n % len(_STATES)],
                "version": 1, "received_at": now, "changed_at": now,
            }
            for n in range(1000, MANY + 1000)
        ]  # fmt: skip
        session.execute(sa.insert(Submission), rows)
        reports = [
            {
                "submission_id": row["id"], "group_id": row["group_id"], "public": Localised({}),
                "state": None, "new_due_wording": "", "happened": "", "needed": "",
                "published_at": now if row["state"] is State.ACCEPTED else None,
            }
            for row in rows
            if row["form"] == "report-progress"
        ]  # fmt: skip
        session.execute(sa.insert(ProgressReport.__table__), reports)


PATHS = [
    "/desk/", "/desk/?show=all", "/desk/?show=all&form=report-progress", "/desk/?form=report-progress",
    "/desk/?show=settled&form=report-progress", "/desk/?show=all&group=7.49", "/desk/?group=7.49",
    "/desk/?show=asked&group=7.49&form=report-progress", "/desk/entries/1", "/desk/entries/2?show=all",
    "/desk/accept?pick=1&pick=2",
]  # fmt: skip


def _asked(db: Database, olga: Officer) -> dict[str, list[tuple[str, object]]]:
    """Return what each page asks of the database, once everything is in memory."""
    found = {}
    for path in PATHS:
        olga.open(path)
        with statements(db) as seen:
            assert olga.open(path).status == 200
        found[path] = list(seen)
    return found


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """The pages, with two reports waiting: one on a milestone, one on three."""
    oksana(paderborn, key="one")
    whole_round(paderborn, key="two")
    employ(paderborn, "olga@example.org")
    return create_app(settings, paderborn)


@pytest.mark.timeout(60)  # it takes four seconds on a quiet machine
def test_a_hundred_thousand_entries_cost_no_more_than_ten(
    app: Flask, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.db.CACHE_SECONDS", 3600.0)  # nothing is read anew between two pages
    olga = Officer(app.test_client(), "olga@example.org")
    assert olga.log_in().status_code == 303
    few = {path: len(seen) for path, seen in _asked(paderborn, olga).items()}
    _fill(paderborn)
    many = _asked(paderborn, olga)
    assert {path: len(seen) for path, seen in many.items()} == few
    assert few["/desk/"] == 3
    assert few["/desk/accept?pick=1&pick=2"] == 4
    _no_full_scans(paderborn, many)
    with paderborn.transaction() as session:
        session.execute(sa.text("ANALYZE"))
    # Now it is known that the other tables hold a few rows only, and reading such a one whole is right.
    _no_full_scans(paderborn, _asked(paderborn, olga), large=("submissions", "progress_reports"))


LARGE = ("submissions", "history", "deliveries", "messages", "progress_reports", "attachments", "people")


def _no_full_scans(
    db: Database, asked: dict[str, list[tuple[str, object]]], large: tuple[str, ...] = LARGE
) -> None:
    for path, seen in asked.items():
        for sql, values in seen:
            with db.reading() as session:
                plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()  # type: ignore[arg-type]
            lines = [str(row[-1]) for row in plan]
            whole = [line for line in lines if _is_scan(line, large) and not _is_counted(path, sql)]
            assert not whole, (path, sql, lines)


def _is_scan(line: str, large: tuple[str, ...]) -> bool:
    """Whether a line of a plan reads one of these tables from end to end."""
    return any(line.startswith(f"SCAN {table}") for table in large)


def _is_counted(path: str, sql: str) -> bool:
    """Whether reading along the ids is meant: counts stop at a thousand, a page of everything at its end."""
    return "count(*)" in sql or ("LIMIT" in sql and path.endswith("show=all"))
