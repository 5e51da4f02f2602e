"""Regions to import: copies of the demo's folder, with single cells changed, as folder or workbook."""

import csv
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import sqlalchemy as sa
from openpyxl import Workbook

from models.db import Database
from models.importing import Finding, FindingKind, Report
from models.tables import metadata
from tests.conftest import REGION

Table = list[list[str]]


def copy(folder: Path) -> Path:
    """Return a copy of the demo's region that a test may change."""
    return Path(shutil.copytree(REGION, folder / "region"))


def table(folder: Path, name: str) -> Table:
    """Return the cells of a sheet, the header first."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(folder: Path, name: str, cells: Table) -> None:
    """Write a sheet."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(cells)


def change(folder: Path, name: str, row: int, column: str, words: str) -> None:
    """Change one cell; the header is row 1."""
    cells = table(folder, name)
    cells[row - 1][cells[0].index(column)] = words
    write(folder, name, cells)


def add_column(folder: Path, name: str, heading: str, words: dict[int, str]) -> None:
    """Add a column with these words by row, or put it in the place of one of that name."""
    cells = table(folder, name)
    place = cells[0].index(heading) if heading in cells[0] else None
    for number, record in enumerate(cells, start=1):
        if place is not None:
            del record[place]
        record.append(heading if number == 1 else words.get(number, ""))
    write(folder, name, cells)


def drop_row(folder: Path, name: str, row: int) -> None:
    """Take a row out of a sheet."""
    cells = table(folder, name)
    del cells[row - 1]
    write(folder, name, cells)


def row_of(folder: Path, name: str, *start: str) -> int:
    """Return the number of the row that starts with these cells."""
    return next(n for n, cells in enumerate(table(folder, name), start=1) if cells[: len(start)] == [*start])


def make_workbook(folder: Path) -> Workbook:
    """Return the sheets of a folder as one workbook, all cells as text."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for path in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(path.stem)
        for cells in table(folder, path.stem):
            sheet.append([words or None for words in cells])
    return book


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if (table.name, column.name) != ("goal_sheets", "version")]


def dump(db: Database) -> dict[str, list[Any]]:
    """Return every row of every table but of the history, which grows, and versions, with each change."""
    with db.reading() as session:
        return {
            each.name: sorted(map(repr, session.execute(sa.select(*_columns(each))).all()))
            for each in metadata.sorted_tables
            if each.name != "sheet_changes"
        }


def changed_rows(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, int]:
    """Return how many rows are other or new, by table."""
    other = {name: len(set(after[name]) - set(before[name])) for name in after}
    return {name: number for name, number in other.items() if number}


def errors(report: Report) -> list[tuple[str, int, str]]:
    """Return file, row and column of every error."""
    return [_place(finding) for finding in report.of(FindingKind.ERROR)]


def warnings(report: Report) -> list[tuple[str, int, str]]:
    """Return file, row and column of every warning."""
    return [_place(finding) for finding in report.of(FindingKind.WARNING)]


def notes(report: Report) -> list[tuple[str, int, str]]:
    """Return file, row and column of every note."""
    return [_place(finding) for finding in report.of(FindingKind.NOTE)]


def _place(finding: Finding) -> tuple[str, int, str]:
    return finding.file, finding.row, finding.column
