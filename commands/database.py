"""`mitwirken db`: upgrade, check, back up and restore the database, on SQLite and PostgreSQL."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from commands.failures import Refusal
from commands.opening import any_database, database_file, existing_database
from commands.reading import read_settings
from models import backup, backup_postgres, integrity, marks, migrate
from models.counts import row_counts
from models.db import Database

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group(name="db")
def database() -> None:
    """Schema and safety of the database."""


@database.command()
def upgrade() -> None:
    """Bring the schema up to date: all of it or nothing."""
    with any_database(read_settings()) as db:
        file = database_file(db)
        before = migrate.current(db) if file is None or file.exists() else ""
        migrate.upgrade(db)
        now = migrate.current(db)
    click.echo(f"Schema {now}, as before." if before == now else f"Schema {before or 'none'} → {now}.")


@database.command()
def check() -> None:
    """Look at schema, file and references; exit 1 when something is wrong."""
    with existing_database(read_settings()) as db:
        faults = integrity.faults(db)
        if faults:
            raise Refusal("; ".join(faults))
        with db.reader.connect() as connection:
            click.echo(f"Sound: schema {migrate.current(db)}, {_said(row_counts(connection))}.")


@database.command(name="backup")
@_FILE
def back_up(file: Path) -> None:
    """Write a whole copy to FILE while everything runs, and prove it."""
    with existing_database(read_settings()) as db:
        source = database_file(db)
        counts = backup_postgres.back_up(db, file) if source is None else backup.back_up(source, file)
        _note_backup(db)
    click.echo(f"{file}: whole, {file.stat().st_size:,} bytes, {_said(counts)}.")


@database.command()
@_FILE
def restore(file: Path) -> None:
    """Put the backup FILE in the place of the configured database.

    What the database held before is set aside, never deleted. The service must be stopped.
    """
    with any_database(read_settings()) as db:
        target = database_file(db)
        aside = backup_postgres.restore(db, file) if target is None else backup.restore(file, target)
        with db.reader.connect() as connection:
            counts = row_counts(connection)
        click.echo(f"Restored from {file}: {_said(counts)}.")
        if aside is not None:
            click.echo(f"What was there before is now {aside}.")
        _say_what_next(db)


def _note_backup(db: Database) -> None:
    """Note when it was, for `/metrics`; an older schema has no place for it, and the copy is whole."""
    if migrate.current(db) != migrate.newest():
        return
    try:
        with db.transaction() as session:
            marks.note(session, marks.Deed.BACKUP)
    except SQLAlchemyError as error:
        click.echo(f"mitwirken: the time of the backup is not noted ({type(error).__name__}).", err=True)


def _say_what_next(db: Database) -> None:
    if migrate.current(db) != migrate.newest():
        click.echo("The backup is of an older version: now run `mitwirken db upgrade`.")


def _said(counts: dict[str, int]) -> str:
    shown = [f"{name.replace('_', ' ')} {number}" for name, number in counts.items()][:5]
    return f"{len(counts)} tables, {sum(counts.values())} rows ({', '.join(shown)} …)"
