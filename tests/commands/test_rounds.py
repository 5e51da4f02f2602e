"""`mitwirken round`: opened, reminded, closed and shown by hand."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import clock
from tests.commands.conftest import Run

NOON, NIGHT = datetime(2027, 5, 3, 10, tzinfo=UTC), datetime(2027, 5, 3, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _by_day() -> Iterator[None]:
    """Noon: at night nobody is written to."""
    with clock.frozen(NOON):
        yield


def test_at_night_it_says_when_the_questions_go_out(region: Run) -> None:
    with clock.frozen(NIGHT):
        told = region("round", "open").output
    assert told.startswith("The questions go out at 8 in the morning. Round 2027-05, open")


def test_a_round_by_hand_from_opening_to_closing(region: Run, tmp_path: Path) -> None:
    opened = region("round", "open", "--month", "2027-05")
    assert opened.exit_code == 0, opened.output
    assert opened.output == "Round 2027-05, open: 0 of 13 answered, 0 cannot be reached.\n"
    assert region("round", "open", "--month", "2027-05").output == opened.output
    with sqlite3.connect(tmp_path / "mitwirken.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (13,)
    for more in ((), ("--now",)):  # never on the day of asking
        assert region("round", "remind", *more).output.startswith("Reminders for 0 groups. Round 2027-05")
    shown = region("round", "show").output.splitlines()
    assert len(shown) == 14
    assert shown[0].split()[:2] == ["1.2", "Asked,"]
    closed = region("round", "close")
    assert closed.output == "Round 2027-05, closed: 0 of 13 answered, 0 cannot be reached.\n"
    assert region("round", "close").exit_code == 0
    for refused in (region("round", "remind"), region("round", "open", "--month", "2027-05")):
        assert refused.exit_code == 1
        assert "closed" in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_without_a_month_it_is_this_one(region: Run) -> None:
    assert f"Round {clock.today('Europe/Berlin'):%Y-%m}, open" in region("round", "open").output


def test_wrong_use_is_told_in_one_line(region: Run, tmp_path: Path) -> None:
    assert region("round", "open", "--month", "May").exit_code == 2
    for command in ("remind", "close", "show"):
        nothing = region("round", command)
        assert (nothing.exit_code, nothing.stderr) == (1, "mitwirken: There is no round yet.\n")
    region("round", "open", "--month", "2027-05")
    assert region("round", "show", "--month", "2027-06").exit_code == 1
    assert region("round", "open", "--programme", "Nothing").exit_code == 1


def test_without_a_region_there_is_no_round(empty: Run) -> None:
    refused = empty("round", "open")
    assert (refused.exit_code, refused.stderr) == (1, "mitwirken: There is no programme yet.\n")
