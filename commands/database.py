"""`mitwirken db`: upgrade, check, back up, try and restore the database, on SQLite and PostgreSQL."""

from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from commands import noting
from commands.failures import Refusal
from commands.findings_backups import aged
from commands.opening import any_database, database_file, existing_database
from commands.reading import read_settings
from models import (
    backup,
    backup_drill,
    backup_postgres,
    backups,
    erasures,
    factors,
    integrity,
    marks,
    migrate,
    rewriting,
    sweeping,
)
from models.audit import Kind, Verb
from models.backup import Restored
from models.backups import Kept
from models.counts import row_counts
from models.db import Database
from models.erasures import Entry
from models.files import Store
from models.settings import Settings, span

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
        if before != now:
            noting.note_on(db, Verb.CHANGE, Kind.DATABASE, now)
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
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def back_up(file: Path | None) -> None:
    """Write a whole copy to FILE while everything runs, and prove it.

    Without FILE, into MITWIRKEN_BACKUP_DIR under the name of this moment, with the files that people sent.
    """
    settings = read_settings()
    if file is None and settings.backup_dir is None:
        raise click.UsageError("Name a FILE, or set MITWIRKEN_BACKUP_DIR.")
    with existing_database(settings) as db:
        if file is None and settings.backup_dir is not None:
            kept = backups.make(db, settings, settings.backup_dir)
            file, record = kept.file, kept.record
            noting.note_on(db, Verb.TAKE_OUT, Kind.DATABASE)
        elif file is not None:
            record = backups.write(db, file)
            _note_backup(db, record.size)
    click.echo(f"{file}: whole, {record.size:,} bytes, {_said(record.counts)}.")


@database.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--max-age", default="", metavar="15m", help="Fail when the backup is older.")
@click.option("--max-seconds", default=300.0, show_default=True, help="Fail when it takes longer.")
def drill(file: Path | None, max_age: str, max_seconds: float) -> None:
    """Bring the newest backup (or FILE) back for a trial, and compare it with what it held when made.

    Into a database of its own, which is thrown away; the one in use is not touched. Exit 1 when it differs.
    """
    settings, oldest = read_settings(), _read_span(max_age)
    with existing_database(settings) as db:
        kept = _to_try(file, settings)
        pool = backups.pool_of(kept.file.parent)
        is_ours = kept.file.parent == settings.backup_dir  # where files come along; elsewhere they may not
        has_pool = is_ours or (pool.folder is not None and pool.folder.is_dir())
        done = backup_drill.drill(db, kept, pool if has_pool else None)
        faults = list(done.faults)
        if oldest is not None and done.age > oldest:
            faults.append(f"it is older than {max_age}")
        if done.seconds > max_seconds:
            faults.append(f"it took longer than {max_seconds:g} s")
        if not faults:
            backup_drill.note(db, done)
    files = "its files are there" if has_pool else "files are not beside it"
    said = f"{kept.file}, {aged(done.age)} old, {kept.record.size:,} bytes: back in {done.seconds:.1f} s"
    if faults:
        raise Refusal(f"{said}, but: {'; '.join(faults)}.")
    click.echo(f"{said}, {done.rows:,} rows in {len(kept.record.counts)} tables as written, sound; {files}.")


def _read_span(words: str) -> timedelta | None:
    try:
        found = span(words) if words else None
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--max-age") from error
    return found if isinstance(found, timedelta) else None


def _to_try(file: Path | None, settings: Settings) -> Kept:
    if file is not None:
        record = backups.record_of(file)
        if record is None:
            raise Refusal(f"Nothing was written down beside {file} when it was made.")
        return Kept(file, record)
    if settings.backup_dir is None:
        raise click.UsageError("Name a FILE, or set MITWIRKEN_BACKUP_DIR.")
    found = backups.listed(settings.backup_dir)
    if not found:
        raise Refusal(f"There is no backup in {settings.backup_dir} yet.")
    return found[0]


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
        noting.note_on(db, Verb.CHANGE, Kind.DATABASE, done.was)
        if done.replayed.erased:
            rewriting.write_anew(db)
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


def _note_backup(db: Database, size: int) -> None:
    """Note when it was, for `/metrics`; an older schema has no place for it, and the copy is whole."""
    if migrate.current(db) != migrate.newest():
        return
    try:
        with db.transaction() as session:
            marks.note(session, marks.Deed.BACKUP, size)
            noting.note(session, Verb.TAKE_OUT, Kind.DATABASE)
    except SQLAlchemyError as error:
        click.echo(f"mitwirken: the time of the backup is not noted ({type(error).__name__}).", err=True)


def _said(counts: dict[str, int]) -> str:
    shown = [f"{name.replace('_', ' ')} {number}" for name, number in counts.items()][:5]
    return f"{len(counts)} tables, {sum(counts.values())} rows ({', '.join(shown)} …)"
