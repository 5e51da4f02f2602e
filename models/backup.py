"""Copies of a SQLite database: made while everything runs, proved before they are trusted, put back.

A plain copy of the file is stale or broken while somebody writes; VACUUM INTO is whole (all of eight
tries under load) and leaves nothing of what has been erased.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from models import clock, migrate
from models.counts import row_counts
from models.integrity import faults_of_file

_WAIT = 10.0  # seconds to wait for a writer


class BackupError(Exception):
    """Why a backup could not be made or put back, in words for an admin."""


def set_aside_name(stem: str) -> str:
    """Return under which name something is kept that a restore takes the place of."""
    return f"{stem}.before-restore-{clock.now():%Y%m%d-%H%M%S}"


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


def restore(source: Path, target: Path) -> Path | None:
    """Put a proved backup in the place of the database `target`, which is set aside, never deleted.

    Return where the former database is now, None if there was none. BackupError while anybody uses it.
    """
    prove(source)
    must_be_known(revision_of(source))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, part)
    part.chmod(0o600)
    _to_disk(part)
    if not target.exists():
        part.replace(target)
        return None
    aside = target.with_name(set_aside_name(target.name))
    try:
        with _all_to_ourselves(target):
            target.rename(aside)
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return aside


@contextlib.contextmanager
def _connected(file: Path, wait: float = _WAIT) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=wait, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _all_to_ourselves(file: Path) -> Iterator[None]:
    """Hold the database alone: leaving WAL mode fails while any other connection is open, even idle."""
    with _connected(file, wait=0.5) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupError(f"{file} is in use. Stop the service first, then restore.") from error
        yield


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
