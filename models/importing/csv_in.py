"""CSV files as people's programs write them: any delimiter, UTF-8, UTF-16 or Windows, broken quotes."""

import codecs
import csv
import io
import re
from pathlib import Path

from models.importing.cells import Cell, Grid, Nature
from models.importing.layout import LAYOUTS
from models.importing.report import FindingKind, Report
from translations import _

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_LINES = 60  # of one cell; a quote that is open for longer was forgotten
DELIMITERS = ",;\t"
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_FORMULA = re.compile(r"=[A-Z0-9(+\-]", re.IGNORECASE)


def read_csv(path: Path, name: str, report: Report) -> Grid | None:
    """Return the records of one file; None, reported, when it cannot be read at all."""
    try:
        too_big = path.stat().st_size > MOST_BYTES
        data = b"" if too_big else path.read_bytes()
    except OSError as error:
        text = _("This file cannot be read: {reason}.")(reason=error.strerror or "?")
        report.add(FindingKind.ERROR, text, file=path.name)
        return None
    if too_big:
        text = _("This file is too big. The most is {n} MB.")(n=MOST_BYTES // 1_000_000)
        report.add(FindingKind.ERROR, text, file=path.name)
        return None
    lines = io.StringIO(_decoded(data, path.name, report), newline="").readlines()
    if lines and re.fullmatch(r"\ufeff?sep=.\s*", lines[0]):  # Excel's own line, which it does not show
        del lines[0]
    records = _records(lines, _delimiter(lines, name), path.name, report)
    return Grid(name, path.name, records)


def _decoded(data: bytes, file: str, report: Report) -> str:
    """Return the text; lines that are no UTF-8 are read as Windows wrote them, and noted."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    lines, others = [], 0
    for line in data.removeprefix(codecs.BOM_UTF8).split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            others += 1
    text = _("{n} lines are not in UTF-8; they were read as Windows-1252. Are the umlauts right?")
    report.add(FindingKind.NOTE, text(n=others), file=file)
    return "\n".join(lines)


def _delimiter(lines: list[str], name: str) -> str:
    """Return what separates the cells: what makes the most of the headings known."""
    layout = LAYOUTS[name]
    head = next((line for line in lines if line.strip(" \r\n,;\t")), "").replace('"', "")
    return max(DELIMITERS, key=lambda sign: sum(bool(layout.known(part)) for part in head.split(sign)))


def _records(lines: list[str], delimiter: str, file: str, report: Report) -> list[list[Cell] | None]:
    """Return all records; one with a broken quote costs its own line only."""
    records: list[list[Cell] | None] = []
    at = width = 0
    while at < len(lines):
        if len(records) > MOST_ROWS:
            text = _("There are more than {n} rows; the rest has not been read.")(n=MOST_ROWS)
            report.add(FindingKind.ERROR, text, file=file, row=len(records) + 1)
            break
        fields, used = _next(lines[at : at + MOST_LINES], delimiter)
        # A forgotten quote swallows the lines that follow; a cell of several lines leaves the width as it is.
        if fields is None or (used > 1 and width and len(fields) != width):
            text = _("A quotation mark does not close here, so this line has not been read.")
            if len(lines[at]) > csv.field_size_limit():
                text = _("This line is too long to be read.")
            report.add(FindingKind.ERROR, text, file=file, row=len(records) + 1, words=lines[at])
            records.append(None)
            at += 1
            continue
        width = width or len(fields)
        records.append([_cell(field) for field in fields])
        at += used
    return records


def _next(lines: list[str], delimiter: str) -> tuple[list[str] | None, int]:
    """Return the fields of the first record and how many lines it takes; None for a broken one."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return None, 1


def _cell(field: str) -> Cell:
    if kept := _KEPT_AS_TEXT.fullmatch(field):  # how people keep Excel from reading a text as a number
        return Cell(kept[1])
    if _FORMULA.match(field):
        return Cell(field, trouble=_("This is a formula. Please write its result instead."))
    return Cell(field, Nature.NUMBER if _DECIMAL_COMMA.fullmatch(field) else Nature.TEXT)
