"""Excel workbooks: the cells as people see them, not as Excel computes with them."""

import logging
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL

from models.importing.cells import BLANK, Cell, Grid, Nature
from models.importing.csv_in import MOST_BYTES, MOST_ROWS
from models.importing.layout import LAYOUTS
from models.importing.report import FindingKind, Report
from translations import Text, _

log = logging.getLogger(__name__)
MOST_UNPACKED = 64_000_000
MOST_COLUMNS = 60
LAST_ROW = 1_048_576
_FIXED = re.compile(r"(?:#,##)?0\.(0+)(?:_.)?")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def read_xlsx(path: Path, report: Report) -> list[Grid]:
    """Return the sheets that we know; what cannot be read is reported."""
    trouble = _trouble_with(path)
    if trouble is not None:
        report.add(FindingKind.ERROR, trouble, file=path.name)
        return []
    grids: list[Grid] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fonts and drop-down lists, which mean nothing here
            shown, behind = _open(path, data_only=True), _open(path, data_only=False)
            grids.extend(_sheets(path, shown, behind, report))
            shown.close()
            behind.close()
    except Exception as error:  # a broken file breaks openpyxl in as many ways as there are parts in it
        log.info("%s could not be read", path.name, exc_info=True)
        text = _("This is not a workbook that can be read ({reason}). Please save it as .xlsx again.")
        report.add(FindingKind.ERROR, text(reason=type(error).__name__), file=path.name)
    return grids


def _open(path: Path, *, data_only: bool) -> Any:
    return openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)


def _trouble_with(path: Path) -> Text | None:
    """Return why the file is not even opened: too big, too big once unpacked, or not a workbook."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return _("This file is too big. The most is {n} MB.")(n=MOST_BYTES // 1_000_000)
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except OSError as error:
        return _("This file cannot be read: {reason}.")(reason=error.strerror or "?")
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return _("This is not an .xlsx file. Please save it as .xlsx, without a password.")
    if unpacked > MOST_UNPACKED:
        return _("This file is too big once unpacked. The most is {n} MB.")(n=MOST_UNPACKED // 1_000_000)
    return None


def _sheets(path: Path, shown: Any, behind: Any, report: Report) -> Iterator[Grid]:
    seen = set()
    for sheet in shown.worksheets:
        name = sheet.title.strip().lower().removesuffix(".csv")
        file = f"{path.name}: {sheet.title}"
        if name not in LAYOUTS or name in seen:
            report.add(FindingKind.NOTE, _("This sheet is not known and has not been read."), file=file)
            continue
        seen.add(name)
        yield Grid(name, file, _records(sheet, behind[sheet.title], file, report), loose=True)


def _records(shown: Any, behind: Any, file: str, report: Report) -> list[list[Cell] | None]:
    records: list[list[Cell] | None] = []
    blank_tail, filler = 0, None
    bounds = {"min_row": 1, "max_row": LAST_ROW, "min_col": 1, "max_col": MOST_COLUMNS}
    for values, formulas in zip(shown.iter_rows(**bounds), behind.iter_rows(**bounds), strict=False):
        record = [] if values is filler else _record(values, formulas)
        if not record:
            blank_tail, filler = blank_tail + 1, values  # the same object fills a gap of a million rows
            continue
        if len(records) + blank_tail > MOST_ROWS:
            text = _("There are more than {n} rows; the rest has not been read.")(n=MOST_ROWS)
            report.add(FindingKind.ERROR, text, file=file, row=len(records) + blank_tail + 1)
            break
        records.extend([[] for _row in range(blank_tail)])
        blank_tail = 0
        records.append(record)
    return records


def _record(shown: tuple[Any, ...], behind: tuple[Any, ...]) -> list[Cell]:
    if all(cell is EMPTY_CELL for cell in behind):  # quick, for sheets that are formatted to the very end
        return []
    record = [_cell(value, formula) for value, formula in zip(shown, behind, strict=True)]
    while record and record[-1].is_blank:
        record.pop()
    return record


def _cell(shown: Any, behind: Any) -> Cell:
    value = shown.value
    if value is None and behind.value is None:
        return BLANK
    if shown.data_type == "e":
        return Cell(str(value), trouble=_("The spreadsheet shows an error here."))
    if behind.data_type == "f" and value is None:
        return Cell(
            str(behind.value),
            trouble=_("This formula has no result yet. Please write its result instead."),
        )
    return _written(value, shown.number_format)


def _written(value: object, shape: str) -> Cell:
    """Return what people see: 4.30 where the format says two places, a month where it shows no day."""
    if isinstance(value, bool):
        return Cell("true" if value else "false")
    if isinstance(value, (int, float)):
        return _number(value, shape)
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return Cell(f"{minutes // 60:02}:{minutes % 60:02}", Nature.DATE)
    if isinstance(value, time):
        return Cell(f"{value:%H:%M}", Nature.DATE)
    if isinstance(value, date):
        return _date(value, shape)
    return Cell(str(value))


def _number(value: float, shape: str) -> Cell:
    if "%" in _QUOTED.sub("", shape):
        return Cell(f"{value * 100:.10g} %")
    places = _FIXED.fullmatch(shape)
    if places:
        return Cell(f"{value:.{len(places[1])}f}")
    return Cell(f"{value:.15g}", Nature.NUMBER)


def _date(value: date, shape: str) -> Cell:
    """Return a date in ISO form, and only the month where the spreadsheet shows only that."""
    plain = _QUOTED.sub("", shape).lower().split(";")[0]
    if isinstance(value, datetime) and value.time() != time():
        return Cell(f"{value:%Y-%m-%d %H:%M}", Nature.DATE)
    if "d" not in plain and "y" in plain and "m" in plain:
        return Cell(f"{value:%Y-%m}", Nature.DATE)
    yearless = "y" not in plain and "d" in plain
    return Cell(f"{value:%Y-%m-%d}", Nature.YEARLESS if yearless else Nature.DATE)
