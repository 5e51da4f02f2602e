"""The bench of backups, small: what it measures comes back, and what is missing is noticed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.drill import Report, ordeal
from models import replaying
from models.db import Database
from models.replaying import Replayed
from tests.commands.test_database import PROGRAMS

Ordeal = Callable[[str], Report]


@pytest.fixture
def tried(
    any_db: Database, tmp_path: Path, clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> Ordeal:
    """A crowd that is backed up and brought back, with something lost from the backup or nothing."""
    monkeypatch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")  # of the same version as the server
    url = any_db.url.render_as_string(hide_password=False)
    any_db.close()
    return lambda lose: ordeal(url, tmp_path, many=60, files=5, erased=3, lose=lose)


def test_a_crowd_comes_back_and_who_was_erased_is_erased_again(tried: Ordeal) -> None:
    report = tried("")
    assert report.faults == []
    assert (report.files, report.rows > 60 * 6) == (5, True)


@pytest.mark.parametrize(
    ("lose", "said"),
    [("row", "consents: "), ("file", "1 files that it speaks of are not beside it"), ("pool", "5 files")],
)
def test_what_a_backup_lacks_is_noticed(tried: Ordeal, lose: str, said: str) -> None:
    report = tried(lose)
    assert report.faults == ["the trial says that the backup is not what it was"]
    assert said in report.said[0]


def test_the_bench_notices_who_comes_back(tried: Ordeal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "replay", lambda _session, _entries: Replayed())
    faults = tried("").faults
    assert "3 people were erased; 0 are again" in faults
    assert any(one.startswith("the mark of who was erased is in ") for one in faults)
