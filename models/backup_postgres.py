"""Copies of a PostgreSQL database, with the server's own pg_dump and pg_restore."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from models import erasures, migrate, replaying
from models.backup import BackupError, Restored, must_be_known, set_aside_name
from models.counts import row_counts
from models.db import Database
from models.erasures import Entry
from models.replaying import Replayed

_LONGEST = 400  # characters of what a program says when it fails
_VERSION = "TABLE DATA public alembic_version"
_ASIDE = "before_restore_"  # schemas that restores have set aside; not backed up again


def back_up(db: Database, target: Path) -> dict[str, int]:
    """Write a dump to `target` and return the rows by table. BackupError when pg_dump refuses."""
    if target.exists():
        raise BackupError(f"{target} is there already. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with db.reader.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            # What is counted is what is dumped, however much is written meanwhile.
            counts = row_counts(connection)
            seen = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
            arguments = ["--format=custom", "--no-owner", f"--exclude-schema={_ASIDE}*", f"--file={part}"]
            _run("pg_dump", db.url, *arguments, f"--snapshot={seen}")
        prove(part, db.url)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return counts


def prove(file: Path, url: URL) -> None:
    """Raise BackupError unless the file is a dump with our tables."""
    if not file.exists():
        raise BackupError(f"There is no file {file}.")
    if _VERSION not in _run("pg_restore", url, "--list", str(file), local=True):
        raise BackupError(f"{file} is no database of this program.")


def revision_of(file: Path, url: URL) -> str:
    """Return the schema of a dump."""
    arguments = ["--data-only", "--table=alembic_version", "--file=-", str(file)]
    said = _run("pg_restore", url, *arguments, local=True)
    found = re.search(r"^COPY .*alembic_version.*\n(\S+)$", said, re.MULTILINE)
    return found[1] if found else ""


def restore(db: Database, source: Path, listed: Sequence[Entry] = ()) -> Restored:
    """Put a dump in the place of what the database holds, which is set aside as a schema of its own.

    Who is on the list of the former database, or on `listed`, is erased before any process takes the restored
    one for a database of ours. A killed restore is completed by another one. BackupError while anybody else
    is connected.
    """
    prove(source, db.url)
    was = revision_of(source, db.url)
    must_be_known(was)
    aside: str | None = set_aside_name("").lstrip(".").replace("-", "_")
    with db.engine.begin() as connection:
        _must_be_alone(connection)
        entries = [*listed, *_formerly_erased(connection)]
        if _is_half_restored(connection):
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            aside = None
        else:
            connection.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{aside}"')
        connection.exec_driver_sql("CREATE SCHEMA public")
    try:
        _load(db.url, source)
        replayed = _finish(db, was, entries)
    except BaseException:
        with db.engine.begin() as connection:
            _put_back(connection, aside)
        raise
    return Restored(aside, was, replayed)


def load_whole(url: URL, source: Path) -> None:
    """Load a dump, its version too, into an empty database, for a trial."""
    _run("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(source))


def _load(url: URL, source: Path) -> None:
    """Load a dump but for its version, without which no process takes the database for one of ours."""
    every = _run("pg_restore", url, "--list", str(source), local=True).splitlines()
    wanted = [line for line in every if _VERSION not in line]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as chosen:
        chosen.write("\n".join(wanted) + "\n")
        chosen.flush()
        arguments = ["--no-owner", "--exit-on-error", "--single-transaction", f"--use-list={chosen.name}"]
        _run("pg_restore", url, *arguments, str(source))


def _finish(db: Database, was: str, entries: Sequence[Entry]) -> Replayed:
    """Give the loaded tables their version, bring them up to date and erase who is listed: all or nothing."""
    with db.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:was)"), {"was": was})
        migrate.upgrade_on(connection)
        with db.session_on(connection) as session:
            return replaying.replay(session, entries)


def _formerly_erased(connection: sa.Connection) -> Iterator[Entry]:
    """Return who had been erased from the database and from all that restores have set aside before."""
    for name in sa.inspect(connection).get_schema_names():
        if name == "public" or name.startswith(_ASIDE):
            yield from erasures.listed(connection, name)


def _is_half_restored(connection: sa.Connection) -> bool:
    """Return whether a killed restore has left tables of ours without their version."""
    if not sa.inspect(connection).has_table("alembic_version", schema="public"):
        return False
    return not connection.scalar(sa.text("SELECT count(*) FROM public.alembic_version"))


def _put_back(connection: sa.Connection, aside: str | None) -> None:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    if aside is None:  # a half restored one was thrown away before
        connection.exec_driver_sql("CREATE SCHEMA public")
    else:
        connection.exec_driver_sql(f'ALTER SCHEMA "{aside}" RENAME TO public')


def _must_be_alone(connection: sa.Connection) -> None:
    others = connection.scalar(
        sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    )
    if others:
        raise BackupError("The database is in use. Stop the service first, then restore.")


def _run(program: str, url: URL, *arguments: str, local: bool = False) -> str:
    """Run a program of PostgreSQL and return what it says; the password does not show in its arguments."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed. On Debian: apt-get install postgresql-client")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    place = [] if local else [f"--dbname={plain}"]
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run(
        [found, *place, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[:_LONGEST]
        raise BackupError(f"{program} says: {reason}")
    return done.stdout
