"""`mitwirken audit verify` tells whether the audit is as it was written."""

from pathlib import Path

import pytest

from models import audit
from models.audit import Kind, Verb
from models.db import Database
from models.settings import Settings
from tests.commands.conftest import Run


@pytest.fixture
def db(empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An audit with two entries, as the pages write it."""
    monkeypatch.setenv("MITWIRKEN_SECRET", "tests-only-secret")
    made = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    made.seal_with(Settings(_env_file=None).key_of_audit())
    with made.transaction() as session:
        audit.note(session, 1, Verb.LOG_IN, Kind.SESSION)
        audit.note(session, 1, Verb.ACCEPT, Kind.ENTRY, 7)
    return made


def test_it_says_so_when_all_is_well(empty: Run, db: Database) -> None:
    told = empty("audit", "verify")
    assert told.exit_code == 0
    assert told.output.startswith("2 entries, all as they were written. Last seal: ")
    head = told.output.split()[-1]
    assert empty("audit", "verify", "--head", head).exit_code == 0
    missing = empty("audit", "verify", "--head", "0123")
    assert (missing.exit_code, "missing at the end" in missing.stderr) == (1, True)


def test_it_names_the_first_broken_entry(empty: Run, db: Database) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
        connection.exec_driver_sql("UPDATE audit SET record = '8' WHERE id = 2")
    told = empty("audit", "verify")
    assert told.exit_code == 1
    assert told.stderr.startswith("mitwirken: Entry 2 is not as it was written")


def test_seals_of_a_secret_that_does_not_last_prove_nothing(
    empty: Run, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MITWIRKEN_SECRET")
    told = empty("audit", "verify")
    assert told.exit_code == 1
    assert "MITWIRKEN_SECRET" in told.stderr
    monkeypatch.setenv("MITWIRKEN_AUDIT_KEY", "a key of its own")
    assert "Entry 1 is not" in empty("audit", "verify").stderr
