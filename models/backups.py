"""Backups by the clock: when one is due, how they are kept, which of them go.

Beside each backup lie its record, which says what it must hold when it comes back, and the list of who had
been erased. A backup without a record is one that was never finished. Files of people never change, so one
pool of them serves all backups: what the newest ones speak of is there, and what has been let go of stays as
long as backups do that speak of it.
"""

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from models import backup, backup_postgres, clock, erasures, marks, revisions, steadiness
from models.db import Database
from models.files import Store
from models.settings import Settings

RECORD = ".record.json"
POOL = "files"
TRIAL = ".drill-"  # how folders begin in which a backup is tried
ALL_OF = timedelta(days=2)  # whose backups are all kept; of the days before, the last one of each
HALF_DONE = timedelta(days=1)  # after which what a killed backup has left is removed
_OURS = re.compile(r"mitwirken-\d{8}-\d{6}\.(sqlite|dump).*")


@dataclass(frozen=True, slots=True)
class Record:
    """What was written down about a backup as it was made."""

    made_at: datetime
    schema: str
    size: int
    sha256: str
    seconds: float
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that is there, whole."""

    file: Path
    record: Record


def write(db: Database, file: Path) -> Record:
    """Write a backup, its record and the list of erasures; BackupError leaves no backup of this name."""
    made_at, began = clock.now(), time.monotonic()
    name = db.url.database or ""
    counts = backup.back_up(Path(name), file) if db.is_sqlite else backup_postgres.back_up(db, file)
    with db.reader.connect() as connection:
        _put(_beside(file, erasures.ENDING), erasures.as_json(erasures.listed(connection)))
    record = Record(
        made_at, revisions.current(db), file.stat().st_size, digest(file), time.monotonic() - began, counts
    )
    _put(_beside(file, RECORD), json.dumps(asdict(record) | {"made_at": made_at.isoformat()}, indent=1))
    return record


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(f"{file.name}{ending}")


def _put(file: Path, text: str) -> None:
    part = _beside(file, ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def record_of(file: Path) -> Record | None:
    """Return what was written down about a backup; None where nothing was that can be read."""
    try:
        told = json.loads(_beside(file, RECORD).read_text(encoding="utf-8"))
        return Record(**told | {"made_at": datetime.fromisoformat(told["made_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def listed(folder: Path) -> Sequence[Kept]:
    """Return the whole backups of a folder, the newest first."""
    found = []
    for beside in folder.glob(f"*{RECORD}"):
        file = beside.with_name(beside.name.removesuffix(RECORD))
        record = record_of(file) if file.exists() else None
        if record is not None:
            found.append(Kept(file, record))
    return sorted(found, key=lambda kept: kept.record.made_at, reverse=True)


def name_of(db: Database) -> str:
    """Return the name of a backup that is made now."""
    return f"mitwirken-{clock.now():%Y%m%d-%H%M%S}.{'sqlite' if db.is_sqlite else 'dump'}"


def is_due(folder: Path, every: timedelta, look: timedelta = timedelta(0)) -> bool:
    """Tell whether it is time for the next one; one from the future was made by a wrong clock.

    `look` is how long it is until somebody asks again.
    """
    found = next(iter(listed(folder)), None)
    if found is None:
        return True
    return not timedelta(0) <= clock.now() - found.record.made_at < due_after(found.record, every, look)


def due_after(record: Record, every: timedelta, look: timedelta) -> timedelta:
    """Return how old the newest one is when the next is begun: that one is whole before `every` is over.

    Begun at `every`, the newest would be older than that for as long as the next one takes to make.
    """
    return max(every - look - timedelta(seconds=record.seconds), every / 2)


def make(db: Database, settings: Settings, folder: Path) -> Kept:
    """Make a backup with the files that belong to it, note it, and let go of those whose time is over."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name_of(db)
    record = write(db, file)
    pool = pool_of(folder)
    bring_along(Store(settings.files), pool)
    with db.transaction() as session:
        marks.note(session, marks.Deed.BACKUP, record.size)
        is_steady = steadiness.is_steady(session)
    if is_steady:  # a clock that is wrong for a moment must not cost all backups of a month
        thin_out(folder, settings.backup_keep, settings.periods["erasures"])
        _let_files_go(pool, settings.backup_keep)
    return Kept(file, record)


def pool_of(folder: Path) -> Store:
    """Return where the files of all backups of a folder lie."""
    return Store(str(folder.absolute() / POOL))


def bring_along(store: Store, pool: Store) -> None:
    """Copy into the pool what is new, and mark all that is still in use with the time of now."""
    pool.drop_parts(clock.now() + timedelta(days=1))  # nobody else writes there
    there, now = set(pool.names()), clock.now().timestamp()
    for name in store.names():
        try:
            if name not in there:
                pool.take(name, store)
        except FileNotFoundError:  # let go of at this moment
            continue
        if pool.folder is not None:
            os.utime(pool.folder / name, (now, now))


def _let_files_go(pool: Store, keep: timedelta) -> None:
    before = clock.now() - keep
    for name in list(pool.names()):
        if pool.written_at(name) < before:
            pool.delete(name)


def thin_out(folder: Path, keep: timedelta, longest: timedelta) -> int:
    """Remove backups whose time is over, and what killed ones left; return how many backups went.

    The newest one stays until nobody may keep it any more, however long nothing new was made.
    """
    now, days, gone = clock.now(), set[str](), 0
    for place, kept in enumerate(listed(folder)):
        age, day = now - kept.record.made_at, f"{kept.record.made_at:%Y%m%d}"
        is_kept = age <= ALL_OF or (age <= keep and day not in days)
        days.add(day)
        if not is_kept and (place or age > longest) and _OURS.fullmatch(kept.file.name):
            for ending in (RECORD, erasures.ENDING, ""):
                _beside(kept.file, ending).unlink(missing_ok=True)
            gone += 1
    _clear_up(folder)
    return gone


def _clear_up(folder: Path) -> None:
    """Remove what killed backups and trials have left."""
    before = (clock.now() - HALF_DONE).timestamp()
    for place in folder.glob(f"{TRIAL}*"):
        if place.stat().st_mtime < before:
            shutil.rmtree(place, ignore_errors=True)
    for file in [one for one in folder.iterdir() if _OURS.fullmatch(one.name)]:
        stem = file.name.removesuffix(".part").removesuffix(RECORD).removesuffix(erasures.ENDING)
        if record_of(folder / stem) is None and file.exists() and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
