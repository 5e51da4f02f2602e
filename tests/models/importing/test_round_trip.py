"""Out as a workbook, changed offline, back in: nothing is lost, and what people did here meanwhile stays."""

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from models import changes, clock, groups, progress
from models.changes import Author, SheetChange, Subject
from models.db import Database
from models.exporting.workbook import checked, write_workbook
from models.importing import Noun, Report, import_region
from models.sheets import Meeting, Milestone, MilestoneState
from models.when import When
from tests.models.importing import workbooks

WORDINGS = [
    "ca. 06/19",
    "Ab sofort",
    "Jan / Feb 2019",
    "10/18",
    "",
    "3. Quartal 2019",
    "Frühjahr 2020",
    "=1+1",
]


def written(db: Database, folder: Path) -> Path:
    """Write the workbook."""
    path = folder / "programm.xlsx"
    with db.reading() as session, path.open("wb") as target:
        write_workbook(session, target)
    return path


def edit(path: Path, sheet: str, row: int, column: str, value: object) -> None:
    """Change one cell as somebody at a spreadsheet would; rows count the header as 1."""
    book = openpyxl.load_workbook(path)
    header = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, header.index(column) + 1).value = value
    book.save(path)


def milestones(db: Database, number: str) -> list[Milestone]:
    """Return a group's milestones in their order."""
    with db.reading() as session:
        return list(progress.milestones_of(session, groups.directory(session).get(number).id))


def history(db: Database) -> list[tuple[str, str, str]]:
    """Return what the history says was changed."""
    with db.reading() as session:
        found = session.scalars(sa.select(SheetChange).order_by(SheetChange.id))
        return [(one.subject.value, one.before, one.after) for one in found]


def is_untouched(report: Report) -> bool:
    """Tell whether an import has changed nothing."""
    return report.ok and not report.changes_anything


def test_out_and_in_again_changes_nothing(any_db: Database, tmp_path: Path) -> None:
    with any_db.transaction() as session:
        for number, one in enumerate(session.scalars(sa.select(Milestone).order_by(Milestone.id))):
            wording = WORDINGS[number % len(WORDINGS)]
            one.due = When.parse(wording, today=date(2018, 9, 5))
            one.state = list(MilestoneState)[number % 5]
        meeting = session.scalars(sa.select(Meeting).order_by(Meeting.id)).first()
        assert meeting is not None
        meeting.held = When.from_parts("im Herbst", date(2019, 9, 2), date(2019, 10, 4))
    before = workbooks.dump(any_db)
    report = import_region(any_db, written(any_db, tmp_path))
    assert is_untouched(report), [*report.lines("en")]
    assert workbooks.dump(any_db) == before


def test_what_is_changed_offline_comes_back_with_its_history(any_db: Database, tmp_path: Path) -> None:
    path = written(any_db, tmp_path)
    first = milestones(any_db, "1.2")[0]
    edit(path, "milestones", 2, "when_written", "ca. 06/19")
    edit(path, "milestones", 2, "state", "Erledigt")
    edit(path, "goals", 2, "notes", "Neu besprochen")
    report = import_region(any_db, path, dry_run=True)
    assert [(one.noun, one.attributes, one.before, one.after) for one in report.changes] == [
        (Noun.SHEETS, ("notes",), (report.changes[0].before[0],), ("Neu besprochen",)),
        (Noun.MILESTONES, ("due", "state"), ("", "not-begun"), ("ca. 06/19", "done")),
    ]
    assert milestones(any_db, "1.2")[0].due.wording == first.due.wording
    import_region(any_db, path)
    after = milestones(any_db, "1.2")[0]
    assert (after.id, after.due.wording, after.state) == (first.id, "ca. 06/19", MilestoneState.DONE)
    assert {subject for subject, _b, _a in history(any_db)} == {"notes", "milestone-due", "milestone-state"}
    assert is_untouched(import_region(any_db, path))


def test_rows_can_be_moved_and_added_offline(paderborn: Database, tmp_path: Path) -> None:
    path = written(paderborn, tmp_path)
    ids = [one.id for one in milestones(paderborn, "1.2")]
    book = openpyxl.load_workbook(path)
    sheet = book["milestones"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "1.2":
            row[1].value = {"1": "2", "2": "1"}.get(str(row[1].value), row[1].value)
    sheet.append(["1.2", "40", "Ende 2019", "Etwas Neues", "", "", "", ""])
    book.save(path)
    report = import_region(paderborn, path)
    assert report.ok, [*report.lines("en")]
    after = milestones(paderborn, "1.2")
    assert [one.id for one in after][: len(ids)] == [ids[1], ids[0], *ids[2:]]
    assert (after[-1].measure, after[-1].due.wording) == ("Etwas Neues", "Ende 2019")


def test_what_was_changed_here_after_the_export_stays(paderborn: Database, tmp_path: Path) -> None:
    path = written(paderborn, tmp_path)
    one = milestones(paderborn, "1.2")[0]
    with clock.frozen(clock.now() + timedelta(minutes=1)), paderborn.transaction() as session:
        group = groups.directory(session).get("1.2").id
        session.get_one(Milestone, one.id).measure = "Hier geändert"
        changes.record(
            session, group, Subject.MILESTONE, by=Author(), before=one.measure, after="Hier geändert",
            milestone_id=one.id,
        )  # fmt: skip
    edit(path, "milestones", 2, "when_written", "05/20")
    report = import_region(paderborn, path)
    after = milestones(paderborn, "1.2")[0]
    assert (after.measure, after.due.wording) == ("Hier geändert", "05/20")
    assert [finding for finding in report.findings if "1.2, 1" in finding.words]


def test_old_files_never_undo_what_people_did_here(paderborn: Database, region: Path, tmp_path: Path) -> None:
    path = written(paderborn, tmp_path)
    edit(path, "milestones", 2, "measure", "Offline geändert")
    import_region(paderborn, path)
    import_region(paderborn, region)
    assert milestones(paderborn, "1.2")[0].measure == "Offline geändert"


def test_a_file_that_people_wrote_may_be_taken_again_and_again(paderborn: Database, region: Path) -> None:
    for measure in ("Erst so", "Dann so"):
        workbooks.change(region, "milestones", 2, "measure", measure)
        import_region(paderborn, region)
        assert milestones(paderborn, "1.2")[0].measure == measure


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2019, 9, 2), date(2019, 10, 4)), (None, date(2020, 1, 31)), (date(2019, 1, 1), None)],
)
def test_settled_days_are_written_so_that_they_are_read_again(first: date | None, last: date | None) -> None:
    again = When.parse(checked(When.from_parts("irgendwann", first, last)))
    assert (again.earliest, again.latest) == (first, last)
