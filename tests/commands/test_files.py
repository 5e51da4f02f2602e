"""Files in and out: workbooks are imported, lists exported, and what cannot be is said."""

import csv
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from models import groups, memberships, people, submissions
from models.db import Database
from models.memberships import Role
from models.people import ChannelKind
from models.submissions import Arrival
from tests.commands.conftest import Run
from tests.conftest import REGION


@pytest.fixture
def joined(region: Run, tmp_path: Path) -> Run:
    """Run commands on a region in which Amina has joined group 7.49."""
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.transaction() as session:
        card = groups.directory(session).get("7.49")
        person, _confirmed = people.meet(
            session,
            name="Amina Beispiel",
            language="ar",
            email="amina@example.org",
            prefers=ChannelKind.EMAIL,
        )
        arrival = Arrival("join-group", "k", person, card.id, "page", "ar", card.to("de"), {"role": "member"})
        submission = submissions.arrive(session, arrival)
        assert submission
        memberships.join(session, person, card, role=Role.MEMBER, submission_id=submission)
    db.close()
    return region


def test_a_region_is_imported_once(empty: Run) -> None:
    trial = empty("import", REGION, "--dry-run")
    assert trial.exit_code == 0, trial.output
    assert "Milestones: 39 new" in trial.output
    assert "Goals: 13 new" in empty("import", REGION).output
    again = empty("import", REGION)
    assert again.exit_code == 0
    assert "Goals: 0 new, 0 changed, 13 unchanged" in again.output


def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_is_taken(empty: Run, tmp_path: Path) -> None:
    book = tmp_path / "book"
    shutil.copytree(REGION, book)
    lines = (book / "milestones.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (book / "milestones.csv").write_text("".join([*lines, "99.99,1,Mai 2019,Etwas tun,\n"]), encoding="utf-8")
    told = empty("import", book)
    assert told.exit_code == 1
    assert f"milestones.csv, row {len(lines) + 1}" in told.output
    assert "Milestones: 39 new" in told.output
    assert told.stderr.startswith("mitwirken: 1 thing could not be read")


@pytest.mark.parametrize("kind", ["members", "submissions"])
def test_lists_are_exported_in_three_formats(joined: Run, tmp_path: Path, kind: str) -> None:
    for ending in ("xlsx", "csv", "json"):
        told = joined("export", kind, "--to", tmp_path / f"list.{ending}")
        assert told.exit_code == 0, told.output
        assert (tmp_path / f"list.{ending}").stat().st_mode & 0o077 == 0
    rows = json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))
    assert len(rows) == 1
    assert "Amina Beispiel" in rows[0].values()
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file, delimiter=";"))
    assert table[0] == list(rows[0])
    assert "Amina Beispiel" in table[1]
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 2


def test_an_empty_list_is_valid_json(joined: Run, tmp_path: Path) -> None:
    told = joined("export", "members", "--group", "1.2", "--to", tmp_path / "none.json")
    assert told.exit_code == 0, told.output
    assert json.loads((tmp_path / "none.json").read_text()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("documentation", "--to", "whole.xlsx"), 2, ".docx or .pdf"),
        (("documentation", "--to", "whole.pdf", "--group", "7.49"), 2, "goal-sheets"),
        (("goal-sheets", "--to", "one.pdf", "--group", "1.11"), 1, "no working group"),
        (("members", "--to", "members.pdf"), 2, ".xlsx, .csv or .json"),
        (("members", "--to", "members.txt"), 2, ".xlsx, .csv or .json"),
        (("members", "--to", "members.csv", "--group", "1.11"), 1, "no working group"),
        (("members", "--to", "members.csv", "--language", "xx"), 2, "'xx' is not one of"),
        (("dances", "--to", "dances.csv"), 2, "dances"),
    ],
)
def test_refusals_are_words_and_leave_no_file(
    joined: Run, tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    told = joined("export", *arguments)
    assert told.exit_code == status
    assert words in told.stderr
    assert {file.name for file in tmp_path.iterdir()} <= {
        "mitwirken.sqlite",
        "mitwirken.sqlite-wal",
        "mitwirken.sqlite-shm",
    }
