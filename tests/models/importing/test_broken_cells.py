"""Cells that cannot be read: the row is told with file, row, column, and every other row is taken."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from models.db import Database
from models.goals import Goal
from models.importing import FindingKind, Noun, Tally, import_region
from models.programmes import Programme
from models.sheets import Milestone
from tests.models.importing import workbooks
from tests.models.importing.test_paderborn import goal_of
from translations import _


@pytest.mark.parametrize(
    ("file", "row", "column", "words", "noun", "left"),
    [
        ("milestones", 4, "goal", "99.9", Noun.MILESTONES, 38),
        ("milestones", 4, "goal", "", Noun.MILESTONES, 38),
        ("milestones", 4, "goal", "Ziel eins", Noun.MILESTONES, 38),
        ("milestones", 4, "goal", "١.٢", Noun.MILESTONES, 38),
        ("milestones", 4, "position", "drei", Noun.MILESTONES, 38),
        ("milestones", 4, "position", "0", Noun.MILESTONES, 38),
        ("milestones", 4, "position", "99999999999999999999", Noun.MILESTONES, 38),
        ("milestones", 4, "position", "2", Noun.MILESTONES, 38),
        ("milestones", 4, "measure", "", Noun.MILESTONES, 38),
        ("milestones", 4, "measure", "Treffen\0 und mehr", Noun.MILESTONES, 38),
        ("milestones", 4, "measure", "Treffen \ufffd", Noun.MILESTONES, 38),
        ("milestones", 4, "measure", "Treffen \u202eneffert", Noun.MILESTONES, 38),
        ("milestones", 4, "measure", "x" * 5001, Noun.MILESTONES, 38),
        ("milestones", 4, "measure", "=SUM(A1:A9)", Noun.MILESTONES, 38),
        ("milestones", 4, "when_written", "x" * 201, Noun.MILESTONES, 38),
        ("meetings", 3, "from", "abends", Noun.MEETINGS, 7),
        ("meetings", 3, "place", "x" * 301, Noun.MEETINGS, 7),
        ("agenda", 4, "from", "25:00", Noun.AGENDA, 9),
        ("agenda", 4, "what", "", Noun.AGENDA, 9),
        ("bodies", 3, "kind", "königlich", Noun.BODIES, 8),
        ("bodies", 3, "name", "Lenkungskreis", Noun.BODIES, 8),
        ("contacts", 3, "email", "nobody", Noun.CONTACTS, 12),
        ("contacts", 3, "goal", "1.2", Noun.CONTACTS, 12),
    ],
)
def test_a_bad_cell_costs_its_own_row_only(
    bare_db: Database, region: Path, file: str, row: int, column: str, words: str, noun: Noun, left: int
) -> None:
    workbooks.change(region, file, row, column, words)
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [(f"{file}.csv", row, column)]
    assert report.tallies[noun].created == left
    assert report.tallies[noun].skipped == 1
    whole = {Noun.GOALS: 13, Noun.MILESTONES: 39, Noun.MEETINGS: 8, Noun.AGENDA: 10, Noun.BODIES: 9}
    for other, number in whole.items():
        assert other is noun or report.tallies[other].created == number


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("number", "1,2,3"), ("number", "Dez 71"), ("number", "1.2 "+"9" * 30), ("number", "1.5"),
        ("colour", "rot"), ("colour", ""), ("title", ""), ("title", "x" * 301), ("summary", "x" * 5001),
        ("deadline", "x" * 201), ("lead_organisation", "x" * 201), ("participants", f"a; {'x' * 201}"),
        ("base", "zehn"), ("target", "1.000"), ("target", "1e400"), ("unit", "x" * 41),
    ],
)  # fmt: skip
def test_a_bad_goal_costs_itself_and_what_hangs_on_it(
    bare_db: Database, region: Path, column: str, words: str
) -> None:
    workbooks.change(region, "goals", 2, column, words)
    if words == "1.5":
        workbooks.drop_row(region, "goals", 3)
        workbooks.change(region, "goals", 3, "number", "1.5")
    report = import_region(bare_db, region, dry_run=True)
    assert (report.tallies[Noun.GOALS].skipped, report.tallies[Noun.GROUPS].created) in ((1, 12), (1, 11))
    place = ("goals.csv", 3 if words == "1.5" else 2, column)
    assert workbooks.errors(report)[0] == place
    for finding in report.findings:
        assert finding.file != "milestones.csv" or finding.column == "goal"


def test_a_cell_of_a_whole_book_costs_its_own_row_only(bare_db: Database, region: Path) -> None:
    workbooks.change(region, "milestones", 4, "measure", "x" * 200_000)
    report = import_region(bare_db, region, dry_run=True)
    assert [finding.text.msgid for finding in report.of(FindingKind.ERROR)] == [
        "This line is too long to be read."
    ]
    assert report.tallies[Noun.MILESTONES].created == 38


def test_a_bad_goal_that_is_known_keeps_its_milestones(paderborn: Database, region: Path) -> None:
    before = workbooks.dump(paderborn)
    workbooks.change(region, "goals", 2, "colour", "rot")
    workbooks.change(region, "milestones", 2, "when_written", "12/2019")
    report = import_region(paderborn, region)
    assert workbooks.errors(report) == [("goals.csv", 2, "colour")]
    assert workbooks.changed_rows(before, workbooks.dump(paderborn)) == {"milestones": 1}
    assert report.tallies[Noun.GOALS].kept == 0


def test_a_date_that_cannot_be_read_keeps_its_words(db: Database, region: Path) -> None:
    workbooks.change(region, "milestones", 4, "when_written", "wenn der Mond voll ist")
    workbooks.change(region, "milestones", 8, "when_written", "Mi, 12.03.2019")
    report = import_region(db, region)
    assert report.ok
    assert workbooks.warnings(report) == [
        ("milestones.csv", 4, "when_written"),
        ("milestones.csv", 8, "when_written"),
    ]
    with db.reading() as session:
        kept = sa.select(Milestone).where(Milestone.due_wording == "wenn der Mond voll ist")  # type: ignore[attr-defined]
        assert not session.scalars(kept).one().due.is_known


@pytest.mark.parametrize(
    ("row", "words", "attribute"),
    [
        (8, "im Herbst", "starts"), (9, "bald", "ends"), (10, "5;13", "status_months"),
        (11, "Mai", "conference_month"), (12, "x" * 181, "conference_name"),
    ],
)  # fmt: skip
def test_a_bad_property_of_the_programme_costs_itself_only(
    db: Database, region: Path, row: int, words: str, attribute: str
) -> None:
    workbooks.change(region, "programme", row, "value", words)
    report = import_region(db, region)
    assert workbooks.errors(report) == [("programme.csv", row, "value")]
    assert report.tallies[Noun.MILESTONES].created == 39
    with db.reading() as session:
        programme = session.scalars(sa.select(Programme)).one()
    assert not getattr(programme, attribute)
    assert programme.title == "Umsetzung der Leit- und Mittlerziele"


def test_a_programme_without_title_is_told_and_the_bodies_are_taken(bare_db: Database, region: Path) -> None:
    workbooks.change(region, "programme", 7, "value", "")
    report = import_region(bare_db, region, dry_run=True)
    assert not report.ok
    assert report.tallies[Noun.BODIES].created == 9
    assert report.tallies[Noun.GOALS].created == 0


def test_a_region_without_name_is_told(bare_db: Database, region: Path) -> None:
    workbooks.change(region, "programme", 2, "key", "Region?")
    report = import_region(bare_db, region, dry_run=True)
    assert [finding.words for finding in report.findings if not finding.row] == ["region"]
    assert ("programme.csv", 2, "key") in workbooks.notes(report)
    assert report.tallies[Noun.GOALS].created == 13


def test_a_programme_that_ends_before_it_starts_gets_no_days(db: Database, region: Path) -> None:
    workbooks.change(region, "programme", 9, "value", "2017-12-31")
    report = import_region(db, region)
    assert not report.ok
    with db.reading() as session:
        assert session.scalars(sa.select(Programme)).one().starts is None


def test_a_decision_of_an_unknown_body_keeps_its_words(db: Database, region: Path) -> None:
    workbooks.drop_row(region, "bodies", 4)
    workbooks.change(region, "goals", 13, "notes", "Am 31.02.2019 durch den Rat von grün auf blau gesetzt")
    report = import_region(db, region)
    assert report.ok
    assert workbooks.warnings(report) == [
        ("goals.csv", 5, "notes"),
        ("goals.csv", 13, "notes"),
        ("goals.csv", 13, "notes"),
        ("goals.csv", 13, "colour"),
    ]
    last = goal_of(db, "3.27").ownerships[-1]
    assert (last.body_id, last.reason[:13]) == (None, "Am 17.09.2018")


def test_unknown_columns_and_files_are_noted_and_do_no_harm(bare_db: Database, region: Path) -> None:
    workbooks.add_column(region, "goals", "remarks", {2: "x" * 100_000, 3: "=1+1"})
    (region / "wishes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (region / "README.txt").write_text("Hallo", encoding="utf-8")
    report = import_region(bare_db, region, dry_run=True)
    assert report.ok
    assert {("goals.csv", 1, ""), ("wishes.csv", 0, "")} <= set(workbooks.notes(report))
    assert report.tallies[Noun.GOALS].created == 13


def test_missing_columns_and_files_are_told(bare_db: Database, region: Path) -> None:
    cells = workbooks.table(region, "milestones")
    workbooks.write(region, "milestones", [record[:3] for record in cells])
    (region / "bodies.csv").unlink()
    (region / "meetings.csv").write_bytes(b"")
    (region / "contacts.csv").unlink()
    report = import_region(bare_db, region, dry_run=True)
    said = {finding.file: finding.text.msgid for finding in report.findings if finding.column == ""}
    assert said == {
        "milestones.csv": "The first row must name the columns. These are missing: {columns}.",
        "region": "There is no sheet “{name}”.",
        "meetings.csv": "There is nothing in here.",
    }
    assert report.tallies[Noun.GOALS].created == 13


def test_a_sheet_without_header_is_told(bare_db: Database, region: Path) -> None:
    workbooks.drop_row(region, "milestones", 1)
    report = import_region(bare_db, region, dry_run=True)
    assert ("milestones.csv", 1, "") in workbooks.errors(report)
    assert (report.tallies[Noun.MILESTONES].created, report.tallies[Noun.GOALS].created) == (0, 13)


def test_nothing_to_import_is_told(bare_db: Database, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for path in (empty, tmp_path / "nowhere", tmp_path / "nowhere.xlsx"):
        report = import_region(bare_db, path, dry_run=True)
        assert len(report.of(report.findings[0].kind)) == 1
        assert not report.ok
        assert not report.changes_anything


def test_a_finding_reads_as_a_sentence(bare_db: Database, region: Path) -> None:
    workbooks.change(region, "milestones", 4, "goal", "99.9")
    (line,) = [
        finding.to("en")
        for finding in import_region(bare_db, region, dry_run=True).findings
        if finding.row != 5
    ]
    told = _("There is no goal with this number.").to("en")
    assert re.fullmatch(rf".+milestones\.csv.+\b4\b.+goal.*{re.escape(told)} \[99\.9\]", line)


def test_lines_tell_all_that_happened(full_db: Database, region: Path) -> None:
    workbooks.change(region, "milestones", 4, "measure", "Noch ein Treffen")
    workbooks.change(region, "milestones", 5, "position", "x")
    report = import_region(full_db, region, dry_run=True)
    lines = list(report.lines("de"))
    assert lines[0] == report.of(FindingKind.ERROR)[0].to("de")
    assert any("1.2, 3" in line and "measure" in line for line in lines)
    assert report.tallies[Noun.MILESTONES] == Tally(changed=1, unchanged=37, skipped=1, kept=1)
    (told,) = [line for line in lines if line.endswith(report.tallies[Noun.MILESTONES].to("de"))]
    assert re.findall(r"\d+", told) == ["0", "1", "37", "1", "1"]
    assert lines[-1] == _("This was a trial: nothing has been stored.").to("de")


def test_goals_are_counted_in_the_database_too(db: Database, region: Path) -> None:
    workbooks.change(region, "goals", 2, "colour", "rot")
    import_region(db, region)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Goal)) == 12
