"""`python -m bench.drill`: a crowd with files, a backup by the clock, its trial, and a real restore.

The backup is made as the courier makes it; `mitwirken db drill` and `mitwirken db restore` run as an admin
runs them. Somebody is erased after the backup and must be erased again by the restore. Status 1 when anything
differs, or a bar is missed. `--lose row` and `--lose file` are the canaries: they damage the backup.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.orm import Session

from bench import drill_losses
from bench.crowd import fill
from bench.databases import fresh
from bench.posting import FORM, Answer, environ, sign_up
from bench.stage import SECRET, open_stage
from bot.courier import backing_up
from bot.courier.sole import Sole
from commands.door import door
from models import attachments, backups, clock, people, privacy
from models.attachments import AttachmentKind
from models.backups import Kept
from models.cleaned import Cleaned
from models.counts import row_counts
from models.db import Base, Database
from models.files import Store
from models.opening import open_database
from models.people import Person
from models.settings import Settings
from tests.commands.test_database import PROGRAMS

OLDEST, LONGEST = timedelta(minutes=15), 300.0  # the bar
PATTERN, MARKED = "pattern@example.org", "amina@kirschgarten.example"
MARK = "Kirschgarten-7749"  # of the one who is erased; occurs nowhere else
SIZE = 20_000  # bytes of a file


@dataclass
class Report:
    """What was measured, and what was wrong."""

    rows: int = 0
    files: int = 0
    size: int = 0
    worst: timedelta = timedelta(0)
    backing_up: float = 0.0
    trial: float = 0.0
    restore: float = 0.0
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Return what is printed."""
        yield f"{self.rows:,} rows, {self.files:,} files; backup of {self.size:,} bytes"
        yield f"newest backup at the worst {self.worst.total_seconds() / 60:.1f} min old (bar: 15)"
        yield f"backed up in {self.backing_up:.1f} s"
        yield f"brought back for a trial in {self.trial:.1f} s, restored in {self.restore:.1f} s (bar: 300)"
        yield from self.said
        yield from (f"WRONG: {fault}" for fault in self.faults)


class House:
    """An installation with a crowd, and the commands of its admin."""

    def __init__(self, url: str, folder: Path) -> None:
        self.settings = Settings(
            database=url, secret=SECRET, files=str(folder / "files"), backup_dir=folder / "backup",
            backup_every=OLDEST, _env_file=None,
        )  # fmt: skip
        self.store = Store(self.settings.files)

    def fill(self, many: int, files: int) -> None:
        """Let a crowd in, and one who is marked; give them files."""
        stage = open_stage(self.settings.database)
        for email in (MARKED, PATTERN):
            Answer(stage.app, environ("POST", FORM, body=sign_up(stage.code, email))).expect(303)
        fill(stage.db, PATTERN, many - 2)
        with stage.db.transaction() as session:
            marked = people.by_email(session, MARKED)
            assert marked
            marked.name = f"Amina {MARK}"
            some = session.scalars(sa.select(Person.id).limit(files))
            for number in [marked.id, *some][:files]:
                data = MARK.encode() if number == marked.id else os.urandom(SIZE)
                cleaned = Cleaned(AttachmentKind.PHOTO, "image/jpeg", data, small=b"small")
                attachments.take_upload(session, self.store, cleaned, person_id=number)
        stage.db.close()

    def run(self, *arguments: str) -> tuple[int, str, float]:
        """Run a command of `mitwirken`; return its status, what it says and the seconds it took."""
        known = {
            "MITWIRKEN_DATABASE": self.settings.database, "MITWIRKEN_SECRET": SECRET,
            "MITWIRKEN_FILES": self.settings.files, "MITWIRKEN_SETTINGS": os.devnull,
            "MITWIRKEN_BACKUP_DIR": str(self.settings.backup_dir),
        }  # fmt: skip
        began = time.monotonic()
        done = CliRunner(env=known).invoke(door, arguments)
        return done.exit_code, done.output.strip(), time.monotonic() - began

    def counts(self) -> dict[str, int]:
        """Return the rows of each table, and the files."""
        db = open_database(self.settings)
        with db.reader.connect() as connection:
            found = row_counts(connection)
        db.close()
        return found | {"files": len(list(self.store.names()))}

    def marked(self) -> list[str]:
        """Return where the mark is: tables, files, on SQLite the file's bytes."""
        db = open_database(self.settings)
        with db.reading() as session:
            found = [name for name in Base.metadata.tables if _has_mark(session, db, name)]
        db.close()
        files = [one for one in Path(self.settings.files).rglob("*") if one.is_file()]
        if db.is_sqlite:  # with its log, and without what a restore has set aside
            own = Path(db.url.database or "")
            files += [one for one in (own, own.with_name(f"{own.name}-wal")) if one.exists()]
        return found + [one.name for one in files if MARK.encode() in one.read_bytes()]


def _has_mark(session: Session, db: Database, name: str) -> bool:
    if db.is_sqlite:  # told by the bytes of its file
        return False
    query = sa.text(f'SELECT count(*) FROM "{name}" AS t WHERE t::text LIKE :mark')
    return bool(session.scalar(query, {"mark": f"%{MARK}%"}))


def back_up(house: House, report: Report) -> Kept:
    """Let the courier make the backup that is due."""
    db, began = open_database(house.settings), time.monotonic()
    assert house.settings.backup_dir
    if not backing_up.turn(db, house.settings, Sole(db, "backup", backing_up.SPAN)):
        raise AssertionError("the courier could not make a backup")
    report.backing_up = time.monotonic() - began
    db.close()
    kept = backups.listed(house.settings.backup_dir)[0]
    look = timedelta(seconds=backing_up.LOOK)
    begun = backups.due_after(kept.record, house.settings.backup_every, look)
    report.worst = begun + look + timedelta(seconds=kept.record.seconds)
    report.rows, report.size = sum(kept.record.counts.values()), kept.record.size
    return kept


def restore(house: House, kept: Kept, before: dict[str, int], erased: int, report: Report) -> None:
    """Erase people, lose files and database, bring all of it back; note what differs."""
    db = open_database(house.settings)
    with db.transaction() as session:
        marked = people.by_email(session, MARKED)
        assert marked
        others = sa.select(Person).where(Person.email.like(f"%-{PATTERN}")).limit(erased - 1)
        for person in (marked, *session.scalars(others)):
            privacy.erase(session, person)
    db.close()
    began, pool = time.monotonic(), backups.pool_of(kept.file.parent).folder
    assert pool
    shutil.rmtree(house.settings.files)
    shutil.copytree(pool, house.settings.files)
    status, said, _seconds = house.run("db", "restore", str(kept.file))
    report.restore = time.monotonic() - began
    report.said.append(said)
    if status:
        report.faults.append("it could not be restored")
        return
    after = house.counts()
    if f"Erased again: {erased}." not in said or before["people"] - after["people"] != erased:
        report.faults.append(f"{erased} people were erased; {before['people'] - after['people']} are again")
    kept_rows = ("submissions", "working_groups", "milestones")  # which erasing leaves
    report.faults += [f"{name}: {after[name]} of {before[name]}" for name in kept_rows
                      if after[name] != before[name]]  # fmt: skip
    report.faults += [f"the mark of who was erased is in {place}" for place in house.marked()]
    if house.run("db", "check")[0]:
        report.faults.append("the restored database is not sound")


def ordeal(url: str, folder: Path, many: int, files: int, erased: int, lose: str = "") -> Report:
    """Fill, back up, try, restore; with `lose` the backup lacks a row or a file."""
    house, report = House(url, folder), Report()
    house.fill(many, files)
    before = house.counts()
    report.files = before["files"]
    if not house.marked():
        raise AssertionError("the mark is not there to be found")
    kept = back_up(house, report)
    if lose:
        drill_losses.LOSSES[lose](kept, house.settings)
    status, said, report.trial = house.run("db", "drill", "--max-age", "15m", "--max-seconds", f"{LONGEST}")
    report.said.append(f"{clock.now() - kept.record.made_at} after it was begun: {said}")
    if status:
        report.faults.append("the trial says that the backup is not what it was")
    if not lose:
        restore(house, kept, before, erased, report)
    if report.worst > OLDEST or max(report.trial, report.restore) > LONGEST:
        report.faults.append("a bar is missed")
    return report


@click.command()
@click.option("--people", "many", default=100_000, show_default=True)
@click.option("--files", default=2_000, show_default=True)
@click.option("--erased", default=100, show_default=True, help="After the backup was made.")
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--lose", type=click.Choice([*drill_losses.LOSSES]), help="The canary: from the backup.")
def main(many: int, files: int, erased: int, kind: str, lose: str | None) -> None:
    """Back a crowd up and bring it back. Status 1 when anything differs or the bar is missed."""
    os.environ["PATH"] = f"{PROGRAMS}:{os.environ['PATH']}"  # of the same version as the server
    with tempfile.TemporaryDirectory() as place, fresh(kind, Path(place), careless=False) as url:
        report = ordeal(url, Path(place), many, files, erased, lose or "")
    print(f"{kind}, {many:,} people:", *report.lines(), sep="\n  ")
    if report.faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
