"""Schema changes: bringing a database up to date, and telling whether it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from models.db import Database
from models.tables import metadata

FOLDER = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for our migrations."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(db: Database, to: str = "head") -> None:
    """Bring the schema up to date, all of it or nothing; running it again changes nothing."""
    if db.is_sqlite and db.url.database:
        Path(db.url.database).parent.mkdir(parents=True, exist_ok=True)
    with _without_foreign_keys(db), db.engine.begin() as connection:
        upgrade_on(connection, to)
        if db.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the migration left rows that point to nothing; nothing was changed")


def upgrade_on(connection: Connection, to: str = "head") -> None:
    """Bring the schema up to date within a transaction that belongs to somebody else."""
    if connection.dialect.name == "postgresql":  # two processes starting at once must not both migrate
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7491)"))
    command.upgrade(configuration(connection), to)


@contextmanager
def _without_foreign_keys(db: Database) -> Iterator[None]:
    """Keep SQLite from deleting what points to a table while that table is rebuilt under its own name.

    The switch works outside of transactions only (https://sqlite.org/lang_altertable.html, the twelve steps).
    """
    if not db.is_sqlite:
        yield
        return
    _switch(db, "OFF")
    try:
        yield
    finally:
        _switch(db, "ON")


def _switch(db: Database, to: str) -> None:
    raw = db.engine.raw_connection()  # the only one of this engine, so it is the one that migrates
    try:
        raw.cursor().execute(f"PRAGMA foreign_keys={to}")
    finally:
        raw.close()


def newest() -> str:
    """Return the revision that this version of the program needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def current(db: Database) -> str:
    """Return the revision that the database has; "" for an empty one."""
    with db.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def differences(db: Database) -> list[Any]:
    """Return what the models have and the database lacks, or the other way round; nothing is right."""
    with db.reader.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True, "target_metadata": metadata}
        )
        return list(compare_metadata(context, metadata))


def knows(revision: str) -> bool:
    """Return whether this version of the program can read or upgrade a database of that revision."""
    scripts = ScriptDirectory.from_config(configuration())
    return revision in {script.revision for script in scripts.walk_revisions()}
