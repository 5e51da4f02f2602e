"""`mitwirken db`: upgrade, check, back up and restore the database, on SQLite and PostgreSQL."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from commands.failures import Refusal
from commands.opening import any_database, database_file, existing_database
from commands.reading import read_settings
from models import backup, backup_postgres, erasures, factors, integrity, marks, migrate, sweeping
from models.backup import Restored
from models.counts import row_counts
from models.db import Database
from models.erasures import Entry
from models.files import Store
from models.settings import Settings

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
        with db.transaction() as session:
            sealed = factors.seal_all(session)
    click.echo(f"Schema {now}, as before." if before == now else f"Schema {before or 'none'} → {now}.")
    if sealed:
        click.echo(f"Keys of authenticator apps that lay readable and are sealed now: {sealed}.")


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
        _list_beside(db, file)
    click.echo(f"{file}: whole, {file.stat().st_size:,} bytes, {_said(counts)}.")


@database.command()
@_FILE
@click.option(
    "--erasures", "lists", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of who has been erased, beside those that lie in FILE's folder.",
)  # fmt: skip
def restore(file: Path, lists: tuple[Path, ...]) -> None:
    """Put the backup FILE in the place of the configured database.

    What the database held before is set aside, never deleted. Who has been erased since the backup was made
    is erased again. The service must be stopped.
    """
    settings = read_settings()
    listed = _listed([*lists, *sorted(file.absolute().parent.glob(f"*{erasures.ENDING}"))])
    with any_database(settings) as db:
        target = database_file(db)
        done = (
            backup_postgres.restore(db, file, listed)
            if target is None
            else backup.restore(db, file, target, listed)
        )
        sweeping.sweep(db, Store(settings.files))
        with db.transaction() as session:
            factors.seal_all(session)  # a backup may be from before they were sealed
        with db.reader.connect() as connection:
            counts = row_counts(connection)
    click.echo(f"Restored from {file}: {_said(counts)}.")
    _say_what_was_done(done, settings)


def _listed(files: list[Path]) -> list[Entry]:
    found: list[Entry] = []
    for file in files:
        try:
            found += erasures.from_json(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Refusal(f"{file} is no list of erasures. Move it away to restore without it.") from error
    return found


def _list_beside(db: Database, file: Path) -> None:
    """Write the list of erasures beside a backup, whole or not at all."""
    beside = file.with_name(f"{file.name}{erasures.ENDING}")
    part = beside.with_name(f"{beside.name}.part")
    with db.reader.connect() as connection:
        part.write_text(erasures.as_json(erasures.listed(connection)), encoding="utf-8")
    part.replace(beside)


def _say_what_was_done(done: Restored, settings: Settings) -> None:
    if done.was != migrate.newest():
        click.echo(f"The backup was of schema {done.was} and is now of {migrate.newest()}.")
    click.echo(f"Erased again: {done.replayed.erased}.")
    if done.replayed.others:
        click.echo(f"Numbers on the list that are somebody else's here, left alone: {done.replayed.others}.")
    if done.aside is not None:
        click.echo(f"What was there before is now {done.aside}.")
    for name in done.unread:
        click.echo(
            f"mitwirken: the list of erasures in {name} cannot be read. Give the newest one with --erasures.",
            err=True,
        )
    if done.replayed.listed and not settings.has_lasting_audit_key:
        click.echo("mitwirken: without MITWIRKEN_SECRET nobody is found who was erased.", err=True)


def _note_backup(db: Database) -> None:
    """Note when it was, for `/metrics`; an older schema has no place for it, and the copy is whole."""
    if migrate.current(db) != migrate.newest():
        return
    try:
        with db.transaction() as session:
            marks.note(session, marks.Deed.BACKUP)
    except SQLAlchemyError as error:
        click.echo(f"mitwirken: the time of the backup is not noted ({type(error).__name__}).", err=True)


def _said(counts: dict[str, int]) -> str:
    shown = [f"{name.replace('_', ' ')} {number}" for name, number in counts.items()][:5]
    return f"{len(counts)} tables, {sum(counts.values())} rows ({', '.join(shown)} …)"
