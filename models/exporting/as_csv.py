"""CSV as a German Excel opens it by a double click: UTF-8 with BOM, semicolons, CRLF.

A cell that a spreadsheet would take for a formula gets an apostrophe in front. Telephone numbers such as
+49 5251 1234567 stay as they are: a plus, digits and the usual signs between them name no function, no cell
and no file, so they can do no harm, while an apostrophe would break them for every other program.
Who needs every cell unchanged takes the .xlsx.
"""

import csv
import io
import re
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from models.exporting.table import Cell, Table

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TELEPHONE = re.compile(r"\+[0-9][0-9 ()/.\-]{4,38}")


def harmless(words: str) -> str:
    """Return the words so that no spreadsheet computes them."""
    if words.lstrip(" ").startswith(_BEGINS_FORMULA) and not _TELEPHONE.fullmatch(words):
        return f"'{words}"
    return words


def _plain(value: Cell, zone: ZoneInfo) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return harmless(value) if isinstance(value, str) else value


def write_csv(table: Table, target: BinaryIO, *, tag: str, zone: str) -> None:
    """Write a table as CSV; dates as 2018-09-05 14:30 in `zone`, which every spreadsheet reads as dates."""
    lines = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    local = ZoneInfo(zone)
    writer.writerow([harmless(column.heading.to(tag)) for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(value, local) for value in row])
    lines.detach()
