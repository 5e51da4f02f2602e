"""Disks that are really full: a small file system of its own, or a database that may not grow."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models import retention
from models.db import Database

SIZE = "24m"


@contextmanager
def small_disk(place: Path) -> Iterator[Path | None]:
    """A file system with little room; None where this account may not mount one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    try:
        is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        is_mounted = False
    try:
        yield place if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Callable[[], None]:
    """Take all the room there is, to the last byte; return what gives it back."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65536))
    with filler.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 512)
    assert shutil.disk_usage(place).free < 4096
    return filler.unlink


def hold_back(db: Database) -> Callable[[], None]:
    """Let a SQLite database grow no more; return what lets it."""

    def at_most(pages: int | str) -> None:
        raw = db.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA page_count")
            most = cursor.fetchone()[0] if pages == "now" else pages
            cursor.execute(f"PRAGMA max_page_count={most}")
        finally:
            raw.close()

    at_most("now")
    return lambda: at_most(2**30)


def empty_log(db: Database) -> None:
    """Give back what SQLite's log holds, or writes would find room in it for a while."""
    retention.scrub(db)
    assert Path(f"{db.url.database}-wal").stat().st_size == 0
