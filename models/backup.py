"""Copies of a SQLite database: made while everything runs, proved before they are trusted, put back.

A plain copy of the file is stale or broken while somebody writes; VACUUM INTO is whole (all of eight
tries under load) and leaves nothing of what has been erased.
"""

import contextlib
import glob
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from models import clock, migrate, replaying, retention
from models.counts import row_counts
from models.db import Database
from models.erasures import Entry
from models.integrity import faults_of_file
from models.replaying import Replayed

_WAIT = 10.0  # seconds to wait for a writer


class BackupError(Exception):
    """Why a backup could not be made or put back, in words for an admin."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done."""

    aside: str | None  # where the former database is now; None if there was none
    was: str  # the schema of the backup, before it was brought up to date
    replayed: Replayed
    unread: tuple[str, ...] = ()  # former databases whose list of erasures cannot be read any more


def set_aside_name(stem: str) -> str:
    """Return under which name something is kept that a restore takes the place of; never one twice."""
    return f"{stem}.before-restore-{clock.now():%Y%m%d-%H%M%S-%f}"


def back_up(source: Path, target: Path) -> dict[str, int]:
    """Write a whole copy of the database `source` to `target` and return its rows by table.

    BackupError when the target is there already, or (leaving no target) when the copy is not sound.
    """
    if target.exists():
        raise BackupError(f"{target} is there already. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        with _connected(source) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        part.chmod(0o600)
        counts = prove(part)
        _to_disk(part)
        part.replace(target)
    except sqlite3.Error as error:
        raise BackupError(f"{target} could not be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def prove(file: Path) -> dict[str, int]:
    """Return the rows of a backup by table; BackupError when it is damaged or none of ours."""
    if not file.exists():
        raise BackupError(f"There is no file {file}.")
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            faults = faults_of_file(connection)
            counts = row_counts(connection)
    except sa.exc.DatabaseError as error:
        raise BackupError(f"{file} is no database: {error.orig}") from error
    if faults:
        raise BackupError(f"{file} is damaged: {faults[0]}")
    if "alembic_version" not in counts:
        raise BackupError(f"{file} is no database of this program.")
    return counts


def revision_of(file: Path) -> str:
    """Return the schema of a backup."""
    with _connected(file) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def must_be_known(revision: str) -> None:
    """Raise BackupError for a schema that a newer version of the program has made."""
    if not migrate.knows(revision):
        raise BackupError(f"The backup comes from a newer version of the program (schema {revision}).")


def restore(db: Database, source: Path, target: Path, listed: Sequence[Entry] = ()) -> Restored:
    """Put a proved backup in the place of the database `target`, which is set aside, never deleted.

    Who is on the list of the former database, or on `listed`, is erased from it first: a restore that is
    killed has changed nothing yet, or all. BackupError while anybody uses the database.
    """
    prove(source)
    was = revision_of(source)
    must_be_known(was)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    unread: list[str] = []
    try:
        with _all_to_ourselves(target) as connection:
            entries = [*listed, *_formerly_erased(target, connection, unread)]
            replayed = _copy_without(db, source, part, entries)
            aside = target.with_name(set_aside_name(target.name)) if target.exists() else None
            if aside is not None:
                target.rename(aside)
            part.replace(target)
    finally:
        _drop(part)
    return Restored(str(aside) if aside else None, was, replayed, tuple(unread))


def _copy_without(db: Database, source: Path, part: Path, entries: Sequence[Entry]) -> Replayed:
    """Copy a backup, bring the copy up to date, and erase from it who is on the list."""
    _drop(part)  # what a killed restore has left would be taken for a journal of the copy
    part.touch(mode=0o600)
    shutil.copyfile(source, part)
    copy = db.beside(f"sqlite:///{part}")
    try:
        migrate.upgrade(copy)
        with copy.transaction() as session:
            replayed = replaying.replay(session, entries)
        retention.scrub(copy)
    finally:
        copy.close()
    with _connected(part) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, which can be given its name
    _to_disk(part)
    return replayed


def _drop(part: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        part.with_name(f"{part.name}{ending}").unlink(missing_ok=True)


def _formerly_erased(
    target: Path, connection: sqlite3.Connection | None, unread: list[str]
) -> Iterator[Entry]:
    """Return who had been erased from the database and from all that restores have set aside before.

    Those too: a restore that was killed may have set the former one aside and done nothing else.
    """
    if connection is not None:
        yield from _erased_in(target, connection, unread)
    elif target.exists():
        unread.append(str(target))
    for aside in sorted(target.parent.glob(f"{glob.escape(target.name)}.before-restore-*")):
        if not aside.name.endswith(("-wal", "-shm", "-journal")):
            with _connected(aside) as other:
                yield from _erased_in(aside, other, unread)


def _erased_in(file: Path, connection: sqlite3.Connection, unread: list[str]) -> list[Entry]:
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'erasures'").fetchone():
            return []
        rows = connection.execute("SELECT number, mark, erased_at FROM erasures").fetchall()
    except sqlite3.DatabaseError:
        unread.append(str(file))
        return []
    return [Entry(number, mark, _moment(erased_at)) for number, mark, erased_at in rows]


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


@contextlib.contextmanager
def _connected(file: Path, wait: float = _WAIT) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=wait, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _all_to_ourselves(file: Path) -> Iterator[sqlite3.Connection | None]:
    """Hold the database alone: leaving WAL mode fails while any other connection is open, even idle.

    None where there is no database, or one that is damaged beyond opening: nobody can be using that.
    """
    if not file.exists():
        yield None
        return
    with _connected(file, wait=0.5) as connection:
        held: sqlite3.Connection | None = connection
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupError(f"{file} is in use. Stop the service first, then restore.") from error
        except sqlite3.DatabaseError:
            held = None
        yield held


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
