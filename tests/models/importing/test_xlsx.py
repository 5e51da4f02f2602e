"""Excel workbooks, with all that Excel does to what people type."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.db import Database
from models.importing import Noun, Report, import_region
from models.sheets import Meeting, Milestone
from tests.conftest import REGION
from tests.models.importing import workbooks
from tests.models.importing.test_paderborn import goal_of

Change = Callable[[Workbook], None]


def try_out(db: Database, folder: Path, *changes: Change) -> Report:
    """Try to import the demo's region as a workbook with some changes."""
    return bring_in(db, folder, *changes, dry_run=True)


def bring_in(db: Database, folder: Path, *changes: Change, dry_run: bool = False) -> Report:
    """Import the demo's region as a workbook with some changes."""
    book = workbooks.make_workbook(REGION)
    for change in changes:
        change(book)
    path = folder / "region.xlsx"
    book.save(path)
    return import_region(db, path, dry_run=dry_run)


def put(sheet: str, cell: str, value: object, shape: str = "General") -> Change:
    """Return the change that puts a value into a cell."""

    def change(book: Workbook) -> None:
        target = book[sheet][cell]
        target.value, target.number_format = value, shape

    return change


def milestone(db: Database, wording: str) -> Milestone:
    """Return the milestone with this date as written."""
    with db.reading() as session:
        found = sa.select(Milestone).where(Milestone.due_wording == wording)  # type: ignore[attr-defined]
        return session.scalars(found).one()


def test_numbers_and_dates_come_back_as_written(db: Database, tmp_path: Path) -> None:
    report = bring_in(
        db, tmp_path,
        put("goals", "A2", 1.2), put("goals", "A7", 4.3, "0.00"), put("goals", "E2", 2022),
        put("goals", "E14", datetime(2019, 12, 31), "dd/mm/yyyy"),  # noqa: DTZ001
        put("goals", "J12", 0.15, "0%"), put("goals", "K12", 10.5),
        put("milestones", "B2", 1), put("milestones", "C4", date(2019, 2, 1), "mmm yy"),
        put("milestones", "C9", date(2019, 3, 12), "yyyy-mm-dd"),
        put("meetings", "D4", time(14, 0), "hh:mm"),
        put("programme", "B8", date(2018, 9, 5), "yyyy-mm-dd"),
    )  # fmt: skip
    assert report.ok
    assert report.tallies[Noun.GOALS].created == 13
    assert goal_of(db, "4.30").title.to("de") == "Berufsbilder der Zukunft"
    assert goal_of(db, "1.2").deadline.wording == "2022"
    assert goal_of(db, "12.72").deadline.wording == "2019-12-31"
    assert (goal_of(db, "10.64").base, str(goal_of(db, "10.64").target)) == (Decimal(15), "10.500")
    assert milestone(db, "2019-02").due.latest == date(2019, 2, 28)
    assert milestone(db, "2019-03-12").due.is_exact
    with db.reading() as session:
        found = sa.select(Meeting).where(Meeting.held_wording == "Di, 20.11.2018, 14 Uhr")  # type: ignore[attr-defined]
        assert session.scalars(found).one().starts == "14:00"


def test_a_number_that_may_have_lost_its_zero_is_not_guessed(bare_db: Database, tmp_path: Path) -> None:
    report = try_out(bare_db, tmp_path, put("goals", "A7", 4.3), put("goals", "A3", 1.5))
    first, *others = report.findings
    assert (first.file, first.row, first.column) == ("region.xlsx: goals", 7, "number")
    assert dict(first.text.values) == {"first": "4.3", "second": "4.30"}
    assert report.tallies[Noun.GOALS].created == 12
    assert {finding.words for finding in others} == {"4.30", "Do, 17. Januar 2018"}  # what hangs on it


def test_a_reference_that_lost_its_zero_finds_the_only_goal_it_can_mean(
    bare_db: Database, tmp_path: Path
) -> None:
    report = try_out(bare_db, tmp_path, put("milestones", "A15", 4.3), put("milestones", "A2", 1.2))
    assert report.ok
    assert report.tallies[Noun.MILESTONES].created == 39
    assert ("region.xlsx: milestones", 15, "goal") in workbooks.notes(report)
    both = try_out(bare_db, tmp_path, put("milestones", "A15", 4.3), put("goals", "A2", "4.3"))
    assert ("region.xlsx: milestones", 15, "goal") in workbooks.errors(both)


def test_a_goal_number_that_became_a_date_is_told(bare_db: Database, tmp_path: Path) -> None:
    report = try_out(bare_db, tmp_path, put("goals", "A13", date(1971, 12, 1), "mmm yy"))
    assert workbooks.errors(report)[0] == ("region.xlsx: goals", 13, "number")
    assert "made a date" in report.findings[0].text.msgid


def test_a_date_whose_year_the_spreadsheet_added_is_to_be_checked(bare_db: Database, tmp_path: Path) -> None:
    report = try_out(bare_db, tmp_path, put("milestones", "C4", date(2026, 11, 20), "d. mmm"))
    assert workbooks.warnings(report) == [("region.xlsx: milestones", 4, "when_written")]


def test_formulas_and_errors_cost_their_own_row_only(bare_db: Database, tmp_path: Path) -> None:
    report = try_out(
        bare_db, tmp_path, put("milestones", "D4", '="Nächstes"&" Treffen"'), put("milestones", "D5", "#REF!")
    )
    assert workbooks.errors(report) == [
        ("region.xlsx: milestones", 4, "measure"),
        ("region.xlsx: milestones", 5, "measure"),
    ]
    assert report.tallies[Noun.MILESTONES].created == 37


def test_the_result_of_a_formula_is_taken(bare_db: Database, tmp_path: Path) -> None:
    book = workbooks.make_workbook(REGION)
    book["milestones"]["D4"].value = "=1+1"
    path = tmp_path / "region.xlsx"
    book.save(path)
    with_result = tmp_path / "result.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(with_result, "w") as new:
        for part in old.namelist():
            new.writestr(part, re.sub(rb"(<f>1\+1</f>)<v ?/?>(?:</v>)?", rb"\1<v>2</v>", old.read(part)))
    report = import_region(bare_db, with_result, dry_run=True)
    assert report.ok
    assert report.tallies[Noun.MILESTONES].created == 39


def test_remarks_beside_the_table_and_other_sheets_do_no_harm(bare_db: Database, tmp_path: Path) -> None:
    def sheets(book: Workbook) -> None:
        remarks: Worksheet = book.create_sheet("Notizen")
        remarks.append(["irgendwas"])
        book["goals"].title = " Goals"

    beside = put("goals", "P3", "fragen!")
    report = try_out(
        bare_db, tmp_path, beside, put("bodies", "A900", "Verein"), put("bodies", "B900", "advisory"), sheets
    )
    assert report.ok
    assert ("region.xlsx: Notizen", 0, "") in workbooks.notes(report)
    assert (report.tallies[Noun.GOALS].created, report.tallies[Noun.BODIES].created) == (13, 10)


def test_rows_are_counted_as_excel_counts_them(bare_db: Database, tmp_path: Path) -> None:
    report = try_out(
        bare_db, tmp_path, lambda book: book["bodies"].insert_rows(3, 4), put("bodies", "B9", "?")
    )
    assert workbooks.errors(report) == [("region.xlsx: bodies", 9, "kind")]


def test_too_many_rows_are_cut_off_and_told(bare_db: Database, tmp_path: Path) -> None:
    report = try_out(bare_db, tmp_path, put("bodies", "A1048576", "Verein"))
    assert workbooks.errors(report) == [("region.xlsx: bodies", 1_048_576, "")]
    assert report.tallies[Noun.BODIES].created == 9


def packed(unpacked: int) -> bytes:
    """Return a small archive that becomes very big."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(unpacked // 10_000_000 + 1):
            archive.writestr(f"xl/{number}.xml", b"\0" * 10_000_000)
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK\x03\x04 and nothing", b"\xd0\xcf\x11\xe0 as with a password", b"number,title\n1.2,Ziel\n",
        packed(70_000_000), packed(0),
    ],
    ids=["empty", "cut", "password", "csv", "bomb", "no-workbook"],
)  # fmt: skip
def test_what_is_no_workbook_is_told(bare_db: Database, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "region.xlsx"
    path.write_bytes(data)
    report = import_region(bare_db, path, dry_run=True)
    assert workbooks.errors(report) == [("region.xlsx", 0, "")]
    assert not report.changes_anything


def test_a_workbook_cut_off_in_the_middle_is_told(bare_db: Database, tmp_path: Path) -> None:
    path = tmp_path / "whole.xlsx"
    workbooks.make_workbook(REGION).save(path)
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, data[: len(data) // 2] if "sheet4" in part else data)
    report = import_region(bare_db, broken, dry_run=True)
    assert not report.ok
    assert report.findings[0].text.msgid.startswith("This is not a workbook that can be read")
