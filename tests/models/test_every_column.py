"""Somebody whose every registered column is marked is erased: what stays is told, to the byte on the disk."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from models import clock, people, privacy, retention, rewriting, sweeping
from models.db import Database
from models.files import Store
from models.people import Person
from tests.models.every_column import PERSONAL, Marks, bytes_of, has_words, rows
from tests.models.test_erasure import CHAT, STAYS, house

__all__ = ["house"]
# What stays beside the public words of `STAYS`, and why.
COUNTED = {
    "submissions.form", "submissions.channel", "submissions.language", "submissions.key",  # counts stay right
    "progress_reports.new_due_wording",  # a date; it stays on the goal sheet
}  # fmt: skip
# Columns with words of which there is none in a row of hers, and why.
NOBODYS = {
    "audit.record", "audit.seal", "audit.command", "erasures.mark", "former_people.mark", "login_tries.key",
    "nights.removed", "links.token_hash", "logins.token_hash",  # numbers, kinds, hashes and seals
    # Without a name; what stays of a moderator's words is the group's.
    "feedback_entries.key", "feedback_entries.channel", "feedback_entries.language", "feedback_points.words",
    "feedback_points.german", "workshop_earlier.words", "workshop_fields.words", "workshop_fields.writer",
    "workshop_sheets.put_notes", "workshop_steps.measure", "workshops.moderator",
    # On the goal sheet, in the row of the group.
    "goal_sheets.lead_organisation", "goal_sheets.notes", "milestones.measure", "milestones.dropped_reason",
    "participants.name", "readings.source", "renditions.note",
    "people.name",  # hers is looked for as it is
}  # fmt: skip


def marked(db: Database, number: int) -> Marks:
    """Put the marks, and see that each is there to be found."""
    marks = Marks()
    with db.transaction() as session:
        marks.put(session, session.get_one(Person, number), CHAT)
    with db.reading() as session:
        assert marks.found(rows(session, is_sqlite=db.is_sqlite)) == set(marks.columns)
    return marks


def erase(db: Database, number: int, folder: Path) -> None:
    """Erase the person, and do what the clockwork does a minute later."""
    with db.transaction() as session:
        person = people.get(session, number)
        assert person
        privacy.erase(session, person)
    sweeping.sweep(db, Store(str(folder / "files")))
    retention.scrub(db)


def test_each_registered_column_is_marked_or_told_to_be_nobodys(house: tuple[Database, int]) -> None:
    db, number = house
    with_words = {name for name in PERSONAL if has_words(name) and not name.startswith("staff")}
    assert with_words - set(marked(db, number).columns) == NOBODYS


def test_what_stays_of_every_column_is_told(house: tuple[Database, int], tmp_path: Path) -> None:
    db, number = house
    marks = marked(db, number)
    erase(db, number, tmp_path)
    with db.reading() as session:
        assert marks.found(rows(session, is_sqlite=db.is_sqlite)) <= STAYS | COUNTED
    if db.is_sqlite:
        file = Path(db.url.database or "")
        assert marks.found(bytes_of(file, file.with_name(f"{file.name}-wal"))) <= STAYS | COUNTED


@pytest.fixture
def server(house: tuple[Database, int]) -> Iterator[Connection]:
    """PostgreSQL, as its administrator."""
    db, _number = house
    if db.is_sqlite:
        pytest.skip("SQLite overwrites at once, see above")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def on_disk(server: Connection, marks: Marks) -> set[str]:
    """The columns whose mark is in the files of the database."""
    server.exec_driver_sql("CHECKPOINT")
    place = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('people')"
    return marks.found(bytes_of(Path(str(server.scalar(sa.text(place)))).parent))


def test_the_night_takes_it_from_the_disk_of_postgresql(
    house: tuple[Database, int], server: Connection, tmp_path: Path
) -> None:
    db, number = house
    marks = marked(db, number)
    server.exec_driver_sql("ANALYZE")  # as the server does by itself: its statistics hold words, too
    erase(db, number, tmp_path)
    server.exec_driver_sql("VACUUM")  # the canary: this leaves the words in the room that it makes free
    assert len(on_disk(server, marks) - STAYS - COUNTED) > 20
    retention.prune(db)
    assert on_disk(server, marks) <= STAYS | COUNTED
    log = Path(str(server.scalar(sa.text("SELECT current_setting('data_directory')")))) / "pg_wal"
    assert marks.found(bytes_of(log)) - STAYS - COUNTED, "no longer? then say so in docs/threat-model.md"


def test_a_table_that_is_in_use_is_left_until_another_night(
    house: tuple[Database, int], server: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    db, number = house
    monkeypatch.setattr(rewriting, "WAIT", "50ms")
    assert rewriting.after_erasures(db) == 0  # nobody was erased
    marks = marked(db, number)
    erase(db, number, tmp_path)
    with db.reader.connect() as backup:
        backup.execute(sa.text("SELECT count(*) FROM people"))
        assert rewriting.after_erasures(db) == len(rewriting.tables())
    assert "stays on the disk in people" in caplog.text
    assert "people.email" in on_disk(server, marks)
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert rewriting.after_erasures(db) == len(rewriting.tables()) + 1
    assert on_disk(server, marks) <= STAYS | COUNTED
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert rewriting.after_erasures(db) == 0


@pytest.mark.parametrize(
    "elsewhere", [False, True], ids=["who looks on here", "who writes in another database"]
)
def test_who_still_sees_what_was_erased_is_waited_for(
    house: tuple[Database, int], server: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, elsewhere: bool,
) -> None:  # fmt: skip
    db, number = house
    marks = marked(db, number)
    holder = sa.create_engine(db.url.set(database="postgres")) if elsewhere else db.engine
    with holder.connect() as older, ThreadPoolExecutor() as aside:
        older.execution_options(isolation_level="REPEATABLE READ")
        older.execute(sa.text("SELECT pg_current_xact_id()" if elsewhere else "SELECT 1"))
        erase(db, number, tmp_path)
        with monkeypatch.context() as hurried:
            hurried.setattr(rewriting, "SEEN", timedelta(milliseconds=50))
            rewriting.write_anew(db)
        assert "older transactions still see it" in caplog.text
        assert "people.email" in on_disk(server, marks)
        night = aside.submit(rewriting.write_anew, db)
        assert not wait([night], timeout=0.3).done
        older.rollback()
        night.result(timeout=90)
    if elsewhere:
        holder.dispose()
    assert on_disk(server, marks) <= STAYS | COUNTED
