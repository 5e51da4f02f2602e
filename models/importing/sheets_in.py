"""The sheets of a region: a folder of CSV files, or one workbook that has the same."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from models.importing.cells import Grid, Sheet
from models.importing.csv_in import read_csv
from models.importing.layout import LAYOUTS, shape
from models.importing.report import FindingKind, Report
from models.importing.xlsx_in import read_xlsx
from translations import _

Book = Mapping[str, Sheet]


def read_book(path: Path, report: Report) -> Book:
    """Return the sheets by name; a sheet that is missing or cannot be read is reported and left out."""
    book, seen = {}, set()
    if not path.exists():
        report.add(FindingKind.ERROR, _("There is no such file or folder."), file=str(path))
        return {}
    for name, grid in _grids(path, report):
        seen.add(name)
        sheet = shape(grid, report) if grid else None
        if sheet is not None:
            book[name] = sheet
    if not seen and report.ok:
        text = _("No sheet has been found here. A folder of CSV files or one .xlsx file is needed.")
        report.add(FindingKind.ERROR, text, file=path.name)
    for name, layout in LAYOUTS.items():
        if seen and name not in seen and layout.absence:
            text = _("There is no sheet “{name}”.")(name=name)
            report.add(layout.absence, text, file=path.name)
    return book


def _grids(path: Path, report: Report) -> Iterator[tuple[str, Grid | None]]:
    """Yield every known sheet by its name; None for one that could not be read, which has been reported."""
    if path.is_dir():
        yield from _folder(path, report)
    else:
        yield from ((grid.name, grid) for grid in read_xlsx(path, report))


def _folder(path: Path, report: Report) -> Iterator[tuple[str, Grid | None]]:
    seen = set()
    for file in sorted(path.iterdir()):
        if file.suffix.lower() != ".csv" or not file.is_file():
            continue
        name = file.stem.strip().lower()
        if name not in LAYOUTS or name in seen:
            text = _("This file is not known and has not been read.")
            report.add(FindingKind.NOTE, text, file=file.name)
            continue
        seen.add(name)
        yield name, read_csv(file, name, report)
