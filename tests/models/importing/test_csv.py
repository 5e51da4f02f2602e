"""CSV files as people's programs write them."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from models.db import Database
from models.importing import FindingKind, Noun, Report, import_region
from models.importing.csv_in import MOST_BYTES
from tests.models.importing import workbooks
from tests.models.importing.test_paderborn import goal_of

FILES = ("agenda", "bodies", "contacts", "goals", "meetings", "milestones", "programme")


def rewrite(region: Path, how: Callable[[str], bytes]) -> None:
    """Write every file of the region in another way."""
    for name in FILES:
        path = region / f"{name}.csv"
        path.write_bytes(how(path.read_text(encoding="utf-8")))


def semicolons(text: str, sign: str = ";") -> str:
    """Return the same cells as a spreadsheet in Germany saves them."""
    lines: list[str] = []
    for cells in csv.reader(text.splitlines(keepends=True)):
        quoted = ['"' + c.replace('"', '""') + '"' if sign in c or '"' in c else c for c in cells]
        lines.append(sign.join(quoted))
    return "\r\n".join(lines) + "\r\n"


def only_german(region: Path) -> None:
    """Take out the translations, for which Windows' western characters do not suffice."""
    cells = workbooks.table(region, "goals")
    keep = [n for n, name in enumerate(cells[0]) if not name.startswith(("title_", "summary_"))]
    workbooks.write(region, "goals", [[record[n] for n in keep] for record in cells])


def whole(report: Report) -> bool:
    """Tell whether everything was taken."""
    return report.ok and (report.tallies[Noun.MILESTONES].created, report.tallies[Noun.GOALS].created) == (
        39, 13
    )  # fmt: skip


@pytest.mark.parametrize(
    "how",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: semicolons(text).encode("utf-8-sig"),
        lambda text: semicolons(text, "\t").encode("utf-16"),
        lambda text: ("sep=;\r\n" + semicolons(text)).encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", "\n\n").encode(),
    ],
    ids=["bom", "germany", "unicode-text", "sep", "windows", "old-mac", "blank-lines"],
)
def test_the_way_of_writing_does_not_matter(
    full_db: Database, region: Path, how: Callable[[str], bytes]
) -> None:
    rewrite(region, how)
    report = import_region(full_db, region, dry_run=True)
    assert report.ok
    assert not report.changes_anything
    assert report.tallies[Noun.MILESTONES].unchanged == 39
    assert all(finding.file == "meetings.csv" for finding in report.findings)


def test_windows_text_is_read_with_its_umlauts_and_noted(full_db: Database, region: Path) -> None:
    only_german(region)
    rewrite(region, lambda text: text.encode("cp1252"))
    report = import_region(full_db, region, dry_run=True)
    assert not report.changes_anything
    assert ("goals.csv", 0, "") in workbooks.notes(report)


def test_one_line_in_another_encoding_does_not_garble_the_others(full_db: Database, region: Path) -> None:
    only_german(region)
    path = region / "goals.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_bytes(b"\n".join(line.encode("cp1252" if n == 3 else "utf-8") for n, line in enumerate(lines)))
    report = import_region(full_db, region, dry_run=True)
    assert not report.changes_anything
    (note,) = [finding for finding in report.of(FindingKind.NOTE) if finding.file == "goals.csv"]
    assert dict(note.text.values) == {"n": 1}


def test_a_forgotten_quotation_mark_costs_its_own_line_only(bare_db: Database, region: Path) -> None:
    path = region / "milestones.csv"
    text = path.read_text(encoding="utf-8").replace("4.30,2,Sept 2019,", '4.30,2,Sept 2019,"')
    path.write_text(text, encoding="utf-8")
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [("milestones.csv", 16, "")]
    assert report.tallies[Noun.MILESTONES].created == 38


def test_a_forgotten_quotation_mark_does_not_swallow_the_rows_before_a_quoted_cell(
    bare_db: Database, region: Path
) -> None:
    path = region / "milestones.csv"
    text = path.read_text(encoding="utf-8").replace("Flyer der", '"Flyer der')
    text = text.replace("Bestehende Unterstützung stärker bewerben", '"Bestehende Unterstützung"')
    path.write_text(text, encoding="utf-8")
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [("milestones.csv", 6, "")]
    assert report.tallies[Noun.MILESTONES].created == 38


def test_two_stray_quotation_marks_do_not_swallow_the_rows_between(bare_db: Database, region: Path) -> None:
    path = region / "milestones.csv"
    text = path.read_text(encoding="utf-8").replace("1.5,2,04/19,", '1.5,2,"04/19,')
    path.write_text(text.replace("2.21,1,", '2.21",1,'), encoding="utf-8")
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [("milestones.csv", 6, ""), ("milestones.csv", 10, "goal")]
    assert report.tallies[Noun.MILESTONES].created == 37


def test_a_comma_without_quotation_marks_costs_its_own_line_only(bare_db: Database, region: Path) -> None:
    path = region / "milestones.csv"
    text = path.read_text(encoding="utf-8").replace("Erfahrungsaustausch,", "Austausch, Erfahrung,")
    path.write_text(text, encoding="utf-8")
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [("milestones.csv", 16, "")]
    assert report.tallies[Noun.MILESTONES].created == 38


def test_cells_of_several_lines_are_one_row(db: Database, region: Path) -> None:
    workbooks.change(region, "goals", 2, "summary", 'Erste Zeile\nzweite, "mit" Zitat\n\nvierte')
    workbooks.change(region, "goals", 4, "colour", "rot")
    report = import_region(db, region)
    assert goal_of(db, "1.2").summary.to("de") == 'Erste Zeile\nzweite, "mit" Zitat\n\nvierte'
    assert workbooks.errors(report)[0] == ("goals.csv", 4, "colour")


def test_a_short_row_is_taken_and_noted(bare_db: Database, region: Path) -> None:
    path = region / "milestones.csv"
    text = path.read_text(encoding="utf-8").replace("Erfahrungsaustausch,\n", "Erfahrungsaustausch\n")
    path.write_text(text, encoding="utf-8")
    report = import_region(bare_db, region, dry_run=True)
    assert whole(report)
    assert ("milestones.csv", 16, "") in workbooks.notes(report)


def test_numbers_kept_as_text_by_a_formula_are_read(bare_db: Database, region: Path) -> None:
    path = region / "goals.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\n4.30,", '\n"=""4.30""",'), encoding="utf-8")
    assert whole(import_region(bare_db, region, dry_run=True))


def test_a_number_that_may_have_lost_its_zero_is_not_guessed(db: Database, region: Path) -> None:
    workbooks.change(region, "goals", 7, "number", "4,3")
    workbooks.change(region, "goals", 2, "number", "1,2")
    report = import_region(db, region)
    assert workbooks.errors(report)[0] == ("goals.csv", 7, "number")
    assert report.tallies[Noun.GOALS].created == 12
    assert goal_of(db, "1.2").number == "1.2"


def test_too_big_a_file_is_not_read(bare_db: Database, region: Path) -> None:
    with (region / "milestones.csv").open("ab") as file:
        file.truncate(MOST_BYTES + 1)
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [("milestones.csv", 0, "")]
    assert report.tallies[Noun.GOALS].created == 13


def test_too_many_rows_are_cut_off_and_told(bare_db: Database, region: Path) -> None:
    with (region / "bodies.csv").open("a", encoding="utf-8") as file:
        file.write("\n" * 49_991 + "Noch einer,advisory\n")
    report = import_region(bare_db, region, dry_run=True)
    assert workbooks.errors(report) == [("bodies.csv", 50_002, "")]
    assert report.tallies[Noun.BODIES].created == 9


def test_binary_rubbish_is_told(bare_db: Database, region: Path) -> None:
    (region / "milestones.csv").write_bytes(bytes(range(256)) * 50)
    report = import_region(bare_db, region, dry_run=True)
    assert not report.ok
    assert report.tallies[Noun.GOALS].created == 13
