"""Backups that lack something, with the right checksum: only who counts and looks can tell."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

from models import backups
from models.backups import Kept
from models.opening import open_database
from models.settings import Settings

_LAST = "DELETE FROM consents WHERE id = (SELECT max(id) FROM consents)"  # nothing points to it


def _lose_row(kept: Kept, settings: Settings) -> None:
    """Take one row out of the backup."""
    if kept.file.suffix == ".sqlite":
        with sqlite3.connect(kept.file) as connection:
            connection.execute(_LAST)
        connection.close()
    else:
        _dump_without(kept.file, settings)
    _write_down_anew(kept.file)


def _dump_without(file: Path, settings: Settings) -> None:
    db = open_database(settings)
    with db.engine.begin() as connection:
        connection.execute(sa.text(_LAST))
    plain = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    db.close()
    file.unlink()
    command = ["pg_dump", f"--dbname={plain}", "--format=custom", "--no-owner", f"--file={file}"]
    subprocess.run(command, check=True, capture_output=True)


def _write_down_anew(file: Path) -> None:
    beside = file.with_name(f"{file.name}{backups.RECORD}")
    told = json.loads(beside.read_text()) | {"sha256": backups.digest(file)}
    beside.write_text(json.dumps(told))


def _lose_file(kept: Kept, _settings: Settings) -> None:
    """Take one file of somebody's out of those beside the backup."""
    pool = backups.pool_of(kept.file.parent)
    pool.delete(next(pool.names()))


def _lose_pool(kept: Kept, _settings: Settings) -> None:
    """Take away all files beside the backup."""
    shutil.rmtree(kept.file.parent / backups.POOL)


LOSSES: Mapping[str, Callable[[Kept, Settings], None]] = {
    "row": _lose_row, "file": _lose_file, "pool": _lose_pool,
}  # fmt: skip
