"""Excel workbooks, written row by row: memory stays the same however long the table is."""

from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from models.exporting.table import Cell, Table
from models.plain_text import plain
from translations import language

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MOMENT = "yyyy-mm-dd hh:mm"


def write_xlsx(table: Table, target: BinaryIO, *, tag: str, zone: str) -> None:
    """Write a table as a workbook with one sheet; dates are dates, and no cell is ever a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name.to(tag).translate(_FORBIDDEN_IN_NAMES)[:31])
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = language(tag).is_rtl
    for position, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    sheet.append([_heading(sheet, column.heading.to(tag)) for column in table.columns])
    local = ZoneInfo(zone)
    for row in table.rows:
        sheet.append([_cell(sheet, value, local) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}1"
    book.save(target)


def _heading(sheet: Any, words: str) -> Any:
    cell = _text(sheet, words)
    cell.font = Font(bold=True)
    return cell


def _text(sheet: Any, words: str) -> Any:
    cell = WriteOnlyCell(sheet, plain(words))
    cell.data_type = "s"  # openpyxl would make a formula of a leading "="
    if words.startswith(_BEGINS_FORMULA):
        cell.quotePrefix = True  # stays text when somebody edits the cell
    if "\n" in words:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, value: Cell, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value.astimezone(zone).replace(tzinfo=None, microsecond=0))
        cell.number_format = _MOMENT
        return cell
    if isinstance(value, str):
        return _text(sheet, value) if value else None
    return value
