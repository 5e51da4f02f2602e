"""Backups by the clock: each comes back as it was, the old ones go, the files go with them."""

import asyncio
import json
import logging
import os
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.courier import backing_up
from bot.courier.sole import Sole
from models import backup_drill, backup_postgres, backups, clock, marks, people, periods, steadiness
from models.backup import BackupError
from models.db import Database
from models.files import Store
from models.people import ChannelKind
from models.settings import Settings, span
from tests.commands.test_database import PROGRAMS

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def office(any_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an installation that makes backups by itself, on each kind of database."""
    monkeypatch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")  # of the same version as the server
    return Settings(
        database=any_db.url.render_as_string(hide_password=False), files=str(tmp_path / "files"),
        backup_dir=tmp_path / "backup", backup_every=timedelta(minutes=15), _env_file=None,
    )  # fmt: skip


def _meet(db: Database, number: int) -> None:
    with db.transaction() as session:
        people.meet(
            session, name="Amina Beispiel", language="ar", email=f"a{number}@example.org",
            prefers=ChannelKind.EMAIL,
        )  # fmt: skip


def _people(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(sa.text("SELECT count(*) FROM people")) or 0


def test_the_newest_backup_comes_back_as_it_was(any_db: Database, office: Settings) -> None:
    folder = office.backup_dir
    assert folder is not None
    before = _people(any_db)
    _meet(any_db, 1)
    kept = backups.make(any_db, office, folder)
    _meet(any_db, 2)  # after it
    assert not backups.is_due(folder, office.backup_every)
    assert kept.file.stat().st_mode & 0o077 == 0
    done = backup_drill.drill(any_db, backups.listed(folder)[0], backups.pool_of(folder))
    assert done.faults == ()
    assert kept.record.counts["people"] == before + 1
    assert done.rows == sum(kept.record.counts.values())
    assert not [one for one in folder.iterdir() if one.name.startswith(".drill")]
    with any_db.reading() as session:
        assert marks.everything(session)[marks.Deed.BACKUP].amount == kept.record.size
    assert _people(any_db) == before + 2
    # The canary: a row that is missing from what was written down, and a bit that has turned over.
    beside = kept.file.with_name(f"{kept.file.name}{backups.RECORD}")
    told = json.loads(beside.read_text())
    told["counts"]["people"] += 1
    beside.write_text(json.dumps(told))
    wrong = backup_drill.drill(any_db, backups.listed(folder)[0])
    assert wrong.faults == (f"people: {before + 1} rows, {before + 2} were written",)
    with kept.file.open("r+b") as opened:
        opened.truncate(kept.record.size // 2)
    with pytest.raises(BackupError):
        backup_drill.drill(any_db, backups.listed(folder)[0])


@pytest.mark.parametrize("any_db", ["postgresql"], indirect=True)
def test_trials_on_one_server_leave_each_other_alone(
    any_db: Database, office: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One begins while the other has made its database, and nobody is connected to that yet."""
    kept, real, begun = backups.make(any_db, office, tmp_path / "backup"), backup_postgres.load_whole, False

    def meanwhile(at: sa.URL, file: Path) -> None:
        nonlocal begun
        if not begun:
            begun = True
            for name, refused in (("postgres", False), (any_db.url.database, True)):
                expected = pytest.raises(BackupError, match="under way") if refused else nullcontext()
                with closing(Database(any_db.url.set(database=name))) as other, expected:
                    assert backup_drill.drill(other, kept).faults == ()
        real(at, file)

    monkeypatch.setattr(backup_postgres, "load_whole", meanwhile)
    for _each in range(2):  # the next may come
        assert backup_drill.drill(any_db, kept).faults == ()


def test_files_come_along_and_go_when_no_backup_speaks_of_them(db: Database, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "files"))
    settings = Settings(database=str(db.url), files=store.address, _env_file=None)
    gone, stays = store.put(b"one", small=b"o"), store.put(b"two")
    folder = tmp_path / "backup"
    with clock.frozen(NOON):
        backups.make(db, settings, folder)
        pool = backups.pool_of(folder)
        assert set(pool.names()) == {gone, stays}
        assert (pool.read(gone), pool.read(gone, small=True)) == (b"one", b"o")
    store.delete(gone)
    for days, left in ((29, {gone, stays}), (31, {stays})):
        with clock.frozen(NOON + timedelta(days=days)):
            backups.make(db, settings, folder)
            assert set(pool.names()) == left


def test_old_ones_go_and_the_newest_never(db: Database, tmp_path: Path) -> None:
    folder, keep = tmp_path / "backup", timedelta(days=10)
    for hours in (0, 6, 24, 30, 24 * 12, 24 * 12 + 1):
        with clock.frozen(NOON - timedelta(hours=hours)):
            backups.write(db, folder / backups.name_of(db))
    (folder / "by-hand.sqlite").write_bytes(b"somebody else's")
    half = folder / "mitwirken-20260101-000000.sqlite.part"
    half.write_bytes(b"half")
    trial = folder / ".drill-killed"
    trial.mkdir()
    for one in (half, trial):
        os.utime(one, (0, 0))

    def left(days: float) -> list[float]:
        with clock.frozen(NOON + timedelta(days=days)):
            backups.thin_out(folder, keep, periods.KINDS["erasures"].default)
        return [(NOON - kept.record.made_at) / timedelta(hours=1) for kept in backups.listed(folder)]

    assert left(0) == [0, 6, 24, 30]
    assert left(3) == [0, 24]  # the last one of each day
    assert left(100) == [0]
    assert left(1096) == []  # nobody may keep it any longer
    assert {one.name for one in folder.iterdir()} == {"by-hand.sqlite"}


def test_a_clock_that_is_wrong_for_a_moment_costs_no_backup(db: Database, tmp_path: Path) -> None:
    settings = Settings(database=str(db.url), files=str(tmp_path / "files"), _env_file=None)
    folder = tmp_path / "backup"
    with clock.frozen(NOON), db.transaction() as session:
        steadiness.look(session)
    with clock.frozen(NOON):
        first = backups.make(db, settings, folder)
    with clock.frozen(NOON + timedelta(days=400)):
        backups.make(db, settings, folder)
        assert first.file.exists()
    with clock.frozen(NOON + timedelta(minutes=20)):  # the one from the future does not stand for this hour's
        assert backups.is_due(folder, timedelta(hours=6))


def test_the_newest_never_gets_older_than_was_asked_for(db: Database, tmp_path: Path) -> None:
    """The next one takes its time, and is looked for every so often only."""
    every, look, folder = timedelta(minutes=15), timedelta(seconds=30), tmp_path / "backup"
    with clock.frozen(NOON):
        kept = backups.write(db, folder / backups.name_of(db))
    beside = next(folder.glob(f"*{backups.RECORD}"))
    beside.write_text(json.dumps(json.loads(beside.read_text()) | {"seconds": 60.0}))

    def is_due(seconds: float) -> bool:
        with clock.frozen(NOON + timedelta(seconds=seconds)):
            return backups.is_due(folder, every, look)

    last = next(seconds for seconds in range(0, 1200, 30) if is_due(seconds))
    assert last + 60 <= every.total_seconds()  # begun at this look, whole a minute later
    assert not is_due(last - 30)
    slow = replace(kept, seconds=4000.0)  # takes longer than there is between two
    assert backups.due_after(slow, every, look) == every / 2


def test_never_two_at_once_and_what_fails_is_told(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(
        database=str(db.url), files=str(tmp_path / "files"), backup_dir=tmp_path / "backup", _env_file=None
    )
    folder = settings.backup_dir
    assert folder is not None
    other = Sole(db, "backup", backing_up.SPAN)
    assert other.hold()
    assert backing_up.turn(db, settings, Sole(db, "backup", backing_up.SPAN))
    assert not folder.exists()
    other.release()
    folder.write_text("no folder")
    with caplog.at_level(logging.ERROR):
        assert not backing_up.turn(db, settings, Sole(db, "backup", backing_up.SPAN))
    assert "Backup: failed" in caplog.text
    with db.reading() as session:
        assert marks.Deed.BACKUP_FAILED in marks.everything(session)
    folder.unlink()
    asyncio.run(_until_there(db, settings))
    assert len(backups.listed(folder)) == 1


async def _until_there(db: Database, settings: Settings) -> None:
    stop = asyncio.Event()
    working = asyncio.create_task(backing_up.run(db, settings, stop, look=0.01))
    while not (settings.backup_dir and backups.listed(settings.backup_dir)):
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)  # for a second one, that must not come
    stop.set()
    await working


def test_spans_are_written_as_people_do_and_end_with_the_list_of_erasures() -> None:
    assert [span(words) for words in ("15m", "6h", " 30D")] == [
        timedelta(minutes=15), timedelta(hours=6), timedelta(days=30)
    ]  # fmt: skip
    longest = periods.KINDS["erasures"].default
    for words in ("15", "soon", "-1h", ""):
        with pytest.raises(ValueError, match="15m"):
            span(words)
    with pytest.raises(ValueError, match="backup_keep"):
        Settings(backup_keep=longest + timedelta(days=1), _env_file=None)
    assert Settings(backup_keep=longest, _env_file=None).backup_keep == longest
    with pytest.raises(ValueError, match="400d"):
        Settings(backup_keep=longest, retention="erasures=400d", _env_file=None)
