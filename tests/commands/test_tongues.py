"""Texts for a translation service, out as a file and back, on the command line; accounts of translators."""

from pathlib import Path

import pytest

from models.db import Database
from models.exchanging import Package, Unit, gettext_po, xliff
from models.translation_lists import Standing
from tests.commands.conftest import Run
from tests.models.translators import goal_of, leave_to_translate


@pytest.fixture
def region(region: Run, tmp_path: Path) -> Run:
    """Commands on the demo's region, with something left to translate."""
    db = leave_to_translate(Database(f"sqlite:///{tmp_path}/mitwirken.sqlite"))
    db.close()
    return region


def _translate(file: Path) -> None:
    """Do what a translation service does."""
    read, write = (xliff.read, xliff.write) if file.suffix == ".xlf" else (gettext_po.read, gettext_po.write)
    found = read(file.read_bytes())
    units = (Unit(u.kind, u.id, u.part, u.source, f"Слова {u.id}", Standing.DONE) for u in found.units)
    file.write_bytes(write(Package(found.source, found.tag, tuple(units))))


def test_out_translated_and_back(region: Run, tmp_path: Path) -> None:
    file = tmp_path / "uk.xlf"
    told = region("translations", "export", "--language", "uk", "--kind", "goal", "--to", str(file))
    assert told.exit_code == 0, told.output
    _translate(file)
    trial = region("translations", "import", str(file), "--dry-run")
    assert "would be taken" in trial.output
    assert "→ Слова" in trial.output
    proposed = region("translations", "import", str(file))
    assert proposed.exit_code == 0, proposed.output
    assert "Waits for approval: 0" not in region("translations", "show", "--language", "uk").output
    po = tmp_path / "uk.po"
    told = region("translations", "export", "--language", "uk", "--only", "all", "--to", str(po))
    assert told.exit_code == 0, told.output
    _translate(po)
    assert region("translations", "import", str(po), "--approved").exit_code == 0
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    goal = goal_of(db)
    db.close()
    assert goal.said("uk")["title"] == f"Слова {goal.id}"


def test_wrong_use_is_told_in_a_line(region: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.xlf"
    two = ("--language", "uk", "--language", "tr")
    assert region("translations", "export", "--to", str(file)).exit_code == 2
    assert region("translations", "export", *two, "--to", str(file)).exit_code == 2
    assert region("translations", "export", *two, "--to", str(tmp_path / "out.txt")).exit_code == 2
    assert region("translations", "export", *two, "--to", str(tmp_path / "out.zip")).exit_code == 0
    nothing = region("translations", "export", "--language", "uk", "--only", "outdated", "--to", str(file))
    assert (nothing.exit_code, nothing.stderr.count("\n")) == (1, 1)
    file.write_bytes(b"<xliff")
    broken = region("translations", "import", str(file))
    assert broken.exit_code == 1
    assert "damaged" in broken.stderr


def test_a_translator_has_languages_and_nobody_else(empty: Run) -> None:
    add = ("staff", "add", "oksana@example.org", "--generate", "--role")
    assert empty(*add, "translator").exit_code == 2
    assert empty(*add, "officer", "--language", "uk").exit_code == 2
    assert empty(*add, "translator", "--language", "xx").exit_code == 2
    told = empty(*add, "translator", "--language", "uk", "--language", "ar")
    assert told.exit_code == 0, told.output
    assert "(uk, ar)" in empty("staff", "list").output
