"""What the doctor looks at inside: settings, database, disk."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from commands.opening import any_database, database_file, existing_database
from models import factors, groups, integrity, marks, nights, periods, room, staff, sweeping
from models.files import Store
from models.settings import Settings

_LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104, compared with, not bound to


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check has seen, and how to mend it where that is needed."""

    subject: str
    is_well: bool
    words: str
    remedy: str = ""


def secret(settings: Settings) -> Finding:
    """Tell whether form tokens outlive a restart."""
    if "secret" not in settings.model_fields_set:
        remedy = "put MITWIRKEN_SECRET=… into .env, 64 letters, e.g. from `openssl rand -hex 32`."
        return Finding("secret", False, "not set: open forms expire with every restart", remedy)
    if len(settings.secret.get_secret_value()) < 32:
        return Finding("secret", False, "shorter than 32 letters", "make a new one: `openssl rand -hex 32`.")
    return Finding("secret", True, "set")


def address(settings: Settings) -> Finding:
    """Tell whether the public address can stand in a QR code."""
    parts = urlsplit(settings.base_url)
    is_local = parts.hostname in _LOCAL
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return _bad_address(settings, "is no address of a website")
    if parts.query or parts.fragment or parts.username:
        return _bad_address(settings, "holds more than an address")
    if is_local and not settings.demo:
        return _bad_address(settings, "is this machine: nobody else can open it")
    if parts.scheme == "http" and not is_local:
        return _bad_address(settings, "is not encrypted: phones warn, cookies are not safe")
    return Finding("address", True, settings.base_url)


def _bad_address(settings: Settings, why: str) -> Finding:
    remedy = "set MITWIRKEN_BASE_URL to the public address, e.g. https://mitwirken.example.org."
    return Finding("address", False, f"{settings.base_url} {why}", remedy)


def database(settings: Settings) -> Finding:
    """Tell whether the database is there, up to date and sound."""
    with any_database(settings) as db:
        file = database_file(db)
        if file is not None and not file.exists():
            return Finding("database", False, f"{file} is not there", "run `mitwirken db upgrade`.")
        lack = integrity.lacks_database(db)
        if lack:
            return Finding("database", False, lack, "check MITWIRKEN_DATABASE, and that the server runs.")
        faults = integrity.faults(db)
        if faults:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            return Finding("database", False, faults[0] + more, _remedy(faults[0]))
        return Finding("database", True, f"{db.url.render_as_string()}: schema current, sound")


def _remedy(fault: str) -> str:
    if fault.startswith("schema"):
        return "`mitwirken db backup FILE`, then `mitwirken db upgrade`."
    return "restore the last backup: `mitwirken db restore FILE`. Keep the damaged file for a look."


def uploads(settings: Settings) -> Finding:
    """Tell whether photos and documents can be kept, and whether those that should be there are."""
    store = Store(settings.files)
    fault = _lacks_store(store)
    if fault:
        remedy = "check MITWIRKEN_FILES, and that the service may write there."
        return Finding("uploads", False, f"{settings.files} {fault}", remedy)
    with existing_database(settings) as db:
        lost = sweeping.missing(db, store)
    if lost:
        remedy = "bring them back from the last backup of the files; the reports themselves are whole."
        return Finding("uploads", False, f"{lost} files are not in {settings.files}", remedy)
    return Finding("uploads", True, f"{settings.files} takes files")


def _lacks_store(store: Store) -> str:
    """Return what hinders files from being kept, "" for nothing; makes no folder that is not there yet."""
    if store.folder is not None and not store.folder.exists():
        place = room.existing(store.folder)
        return "" if place.is_dir() and os.access(place, os.W_OK) else "cannot be made"
    try:
        name = store.put(b"mitwirken")
        is_same = store.read(name) == b"mitwirken"
        store.delete(name)
    except OSError as error:
        return f"takes no files ({type(error).__name__})"
    return "" if is_same else "does not keep what is written"


def contents(settings: Settings) -> Finding:
    """Tell whether there are groups to join."""
    with existing_database(settings) as db, db.reading() as session:
        number = len(groups.directory(session).cards)
    if not number:
        return Finding("groups", False, "none yet", "`mitwirken import PATH` takes a region's workbook in.")
    return Finding("groups", True, f"{number}")


def accounts(settings: Settings) -> Finding:
    """Tell whether somebody can answer at the desk."""
    with existing_database(settings) as db, db.reading() as session:
        number = sum(member.disabled_at is None for member in staff.everyone(session))
    if not number:
        remedy = "`mitwirken staff add EMAIL --role admin`."
        return Finding("accounts", False, "nobody can log in at the desk", remedy)
    return Finding("accounts", True, f"{number} can log in at the desk")


def second_steps(settings: Settings) -> Finding:
    """Tell whether the keys of authenticator apps can be read, and by nobody else."""
    with existing_database(settings) as db, db.reading() as session:
        kept = factors.kept(session)
    if kept.lost:
        words = f"{kept.lost} of {kept.all} cannot be read: MITWIRKEN_SECRET is another one than before"
        remedy = "put the former one back; if it is lost, `mitwirken staff reset-factor --lost`."
        return Finding("codes", False, words, remedy)
    if kept.open and "secret" in settings.model_fields_set:
        words = f"{kept.open} of {kept.all} keys of authenticator apps lie open in the database"
        return Finding("codes", False, words, "`mitwirken db upgrade` seals them.")
    return Finding("codes", True, f"{kept.all} keys of authenticator apps")


def night(settings: Settings) -> Finding:
    """Tell whether the nightly job has come to its end lately."""
    with existing_database(settings) as db, db.reading() as session:
        last, is_late = marks.last(session, marks.Deed.NIGHT), nights.is_late(session)
    if is_late:
        remedy = (
            "`mitwirken privacy prune` does it now and says what is wrong; the courier does it each night."
        )
        return Finding("night", False, f"nothing has been let go of since {last:%Y-%m-%d}", remedy)
    return Finding("night", True, f"ran on {last:%Y-%m-%d}" if last else "has not been due yet")


def retention(settings: Settings) -> Finding:
    """Tell for how long what is kept, as far as the office has set it."""
    chosen = settings.periods.chosen
    words = ", ".join(f"{key} {periods.Span(span).to('en')}" for key, span in chosen.items())
    return Finding("retention", True, words or "as the list has it; `mitwirken privacy periods` shows it")


def disk(settings: Settings) -> Finding:
    """Tell whether there is room where the database and the uploads are."""
    with any_database(settings) as db:
        free = room.least_free(db, settings.files)
    if free is None:
        return Finding("disk", True, "nothing is kept on this machine")
    words = f"{free / 1e9:.1f} GB free"
    if free < room.LOW:
        return Finding("disk", False, words, "make room, at least 1 GB; look for old backups and logs first.")
    return Finding("disk", True, words)
