"""How much room the disks have on which the database and the files lie, and whether that was what failed."""

import errno
import shutil
from pathlib import Path

from models.db import Database
from models.files import Store

LOW = 1_000_000_000  # bytes free; below that somebody has to make room soon
FULL = 50_000_000  # below that a sign-up may fail at any moment


def existing(path: Path) -> Path:
    """Return the path or the nearest folder above it that is there."""
    path = path.resolve()
    return next(place for place in (path, *path.parents) if place.exists())


def least_free(db: Database, files: str) -> int | None:
    """Return how many bytes are free where the least are; None where nothing is kept on this machine."""
    name = db.url.database if db.is_sqlite else None
    file = Path(name) if name and name != ":memory:" else None
    places = {existing(place) for place in (Store(files).folder, file) if place}
    return min((shutil.disk_usage(place).free for place in places), default=None)


def is_lacking(error: BaseException) -> bool:
    """Return whether something failed because a disk is full, ours or that of the database's server."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    original = getattr(error, "orig", None)
    return (
        getattr(original, "sqlite_errorname", "") == "SQLITE_FULL"
        or getattr(original, "sqlstate", "") == "53100"
    )
