"""Documents on the command line: written whole, in any language, with our templates to start from."""

from pathlib import Path

import pikepdf
import pytest
import sqlalchemy as sa
from docx import Document
from openpyxl import load_workbook

from models.db import Database
from models.events import Event
from tests.commands.conftest import Run
from tests.commands.test_files import joined
from tests.models.exporting.reading_pdf import needs_fonts

__all__ = ["joined"]  # a fixture

pytestmark = needs_fonts


def test_the_documentation_is_written_as_word_and_as_pdf(joined: Run, tmp_path: Path) -> None:
    for ending in ("docx", "pdf"):
        told = joined("export", "documentation", "--to", tmp_path / f"whole.{ending}")
        assert told.exit_code == 0, told.output
        assert "personal data" not in told.output
    rows = [table.rows for table in Document(str(tmp_path / "whole.docx")).tables if len(table.columns) == 3]
    assert sum(len(found) - 1 for found in rows) == 39
    with pikepdf.open(tmp_path / "whole.pdf") as file:
        assert len(file.pages) > 13
    assert not list(tmp_path.glob("*.part"))


def test_one_goal_sheet_in_arabic(joined: Run, tmp_path: Path) -> None:
    told = joined(
        "export", "goal-sheets", "--group", "7.49", "--language", "ar", "--to", tmp_path / "one.pdf"
    )
    assert told.exit_code == 0, told.output
    with pikepdf.open(tmp_path / "one.pdf") as file:
        assert str(file.Root.Lang) == "ar"
        assert len(file.pages) == 1


def test_all_goal_sheets_as_the_workbook_that_is_taken_back(joined: Run, tmp_path: Path) -> None:
    told = joined("export", "goal-sheets", "--to", tmp_path / "all.xlsx")
    assert told.exit_code == 0, told.output
    assert "milestones" in load_workbook(tmp_path / "all.xlsx").sheetnames
    again = joined("import", tmp_path / "all.xlsx", "--dry-run")
    assert "Milestones: 0 new, 0 changed, 39 unchanged" in again.output


def test_the_template_goes_out_and_works_when_it_comes_back(
    joined: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    told = joined("export", "documentation", "--template", "--to", own / "documentation.docx")
    assert told.exit_code == 0, told.output
    document = Document(str(own / "documentation.docx"))
    document.paragraphs[0].insert_paragraph_before("Kreis Muster, vertraulich")
    document.save(str(own / "documentation.docx"))
    monkeypatch.setenv("MITWIRKEN_TEMPLATES", str(own))
    told = joined("export", "documentation", "--to", tmp_path / "whole.docx")
    assert told.exit_code == 0, told.output
    whole = Document(str(tmp_path / "whole.docx"))
    assert whole.paragraphs[0].text == "Kreis Muster, vertraulich"
    assert "✓ templates" in joined("doctor").output


def test_a_template_that_does_not_work_is_one_clear_line(
    joined: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    document = Document()
    document.add_paragraph("{{ sheets[0].sumary }}")
    document.save(str(own / "documentation.docx"))
    monkeypatch.setenv("MITWIRKEN_TEMPLATES", str(own))
    told = joined("export", "documentation", "--to", tmp_path / "whole.docx")
    assert told.exit_code == 1
    assert "sumary" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "whole.docx").exists()
    looked = joined("doctor").output
    assert "✗ templates" in looked
    assert "sumary" in looked


def test_a_template_is_only_there_for_documents_in_word(joined: Run, tmp_path: Path) -> None:
    for kind, name in (("members", "m.xlsx"), ("documentation", "d.pdf")):
        told = joined("export", kind, "--template", "--to", tmp_path / name)
        assert told.exit_code == 2
        assert "as .docx" in told.stderr


def test_a_conference_is_written_by_its_code(joined: Run, tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.reading() as session:
        code = session.scalars(sa.select(Event.code)).first() or ""
    db.close()
    for ending in ("docx", "pdf"):
        told = joined("export", "conference", "--event", code, "--to", tmp_path / f"day.{ending}")
        assert told.exit_code == 0, told.output
    assert any("Zahlen" in one.text for one in Document(str(tmp_path / "day.docx")).paragraphs)
    assert joined("export", "conference", "--event", "NONE", "--to", tmp_path / "no.pdf").exit_code == 1
    assert joined("export", "conference", "--to", tmp_path / "no.pdf").exit_code == 2
    assert joined("export", "members", "--event", code, "--to", tmp_path / "m.csv").exit_code == 2
    told = joined("export", "conference", "--template", "--to", tmp_path / "own.docx")
    assert told.exit_code == 0, told.output
