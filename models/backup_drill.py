"""The proof that a backup comes back: into a database of its own, which is thrown away afterwards."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from models import backup, backup_postgres, backups, clock, integrity, marks, migrate, sweeping
from models.backup import BackupError
from models.backups import Kept
from models.counts import row_counts
from models.db import Database
from models.files import Store

_TRIAL = "mitwirken_drill_"  # how databases begin in which a backup is tried
_LOCK = 7493  # of the one trial at a time; PostgreSQL counts such numbers for each database


@dataclass(frozen=True, slots=True)
class Drill:
    """How it went; without faults the backup is what it was when it was made."""

    kept: Kept
    age: timedelta
    seconds: float
    rows: int
    faults: tuple[str, ...]


def drill(db: Database, kept: Kept, pool: Store | None = None) -> Drill:
    """Bring a backup back for a trial, and compare it with what was written down when it was made.

    BackupError when it cannot be brought back at all. The database in use is not touched.
    """
    began, age = time.monotonic(), clock.now() - kept.record.made_at
    faults = []
    if backups.digest(kept.file) != kept.record.sha256:
        faults.append("the file is not the one that was written")
    with _brought_back(db, kept.file) as copy:
        with copy.reader.connect() as connection:
            counts = row_counts(connection)
        faults += [
            f"{name}: {counts.get(name, 0)} rows, {kept.record.counts.get(name, 0)} were written"
            for name in sorted(counts.keys() | kept.record.counts.keys())
            if counts.get(name) != kept.record.counts.get(name)
        ]
        migrate.upgrade(copy)
        faults += integrity.faults(copy)
        lost = sweeping.missing(copy, pool) if pool is not None else 0
    if lost:
        faults.append(f"{lost} files that it speaks of are not beside it")
    return Drill(kept, age, time.monotonic() - began, sum(counts.values()), tuple(faults))


def note(db: Database, done: Drill) -> None:
    """Note that a backup has come back whole."""
    with db.transaction() as session:
        marks.note(session, marks.Deed.DRILL, round(done.seconds * 1000))


@contextmanager
def _brought_back(db: Database, file: Path) -> Iterator[Database]:
    with _in_a_file(db, file) if db.is_sqlite else _on_the_server(db, file) as copy:
        try:
            yield copy
        finally:
            copy.close()


@contextmanager
def _in_a_file(db: Database, file: Path) -> Iterator[Database]:
    """Beside the backups: it holds what they hold, and is open to nobody else."""
    with tempfile.TemporaryDirectory(prefix=backups.TRIAL, dir=file.absolute().parent) as folder:
        copy = Path(folder) / "copy.sqlite"
        try:
            shutil.copyfile(file, copy)
        except OSError as error:
            raise BackupError(f"{file} cannot be copied ({error.strerror}).") from error
        backup.prove(copy)
        yield db.beside(f"sqlite:///{copy}")


@contextmanager
def _on_the_server(db: Database, file: Path) -> Iterator[Database]:
    with _alone(db) as (connection, number):
        name = f"{_TRIAL}{number}"
        _say(connection, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # a killed trial has left it
        _say(connection, f'CREATE DATABASE "{name}" TEMPLATE template0')
        url = db.url.set(database=name)
        try:
            backup_postgres.load_whole(url, file)
            yield db.beside(url)
        finally:
            _say(connection, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _alone(db: Database) -> Iterator[tuple[sa.Connection, int]]:
    """Give the only trial of this database, and its number on the server: others drop nothing of it."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))):
            raise BackupError("Another trial of a backup is under way.")
        try:
            own = sa.text("SELECT oid FROM pg_database WHERE datname = current_database()")
            yield connection, int(connection.scalar(own) or 0)
        finally:
            connection.execute(
                sa.select(sa.func.pg_advisory_unlock(_LOCK))
            )  # a line that is cut ends it, too


def _say(connection: sa.Connection, words: str) -> None:
    try:
        connection.exec_driver_sql(words)
    except sa.exc.ProgrammingError as error:
        raise BackupError(
            "The database's user may not make a database for the trial. "
            "An administrator allows it: ALTER ROLE … CREATEDB."
        ) from error
