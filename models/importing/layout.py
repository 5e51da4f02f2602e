"""Which sheets and columns an import knows, and how the first row of a sheet names them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.importing.cells import BLANK, Cell, Grid, Row, Sheet
from models.importing.report import FindingKind, Report
from translations import _, language


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a sheet; `spoken` ones may come again per language, as in title_ar.

    `absence` is what it means when the sheet is missing; None where nobody needs it.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    absence: FindingKind | None = FindingKind.WARNING

    def known(self, heading: str) -> str:
        """Return the column that a heading means; "" for one that we do not know."""
        name = re.sub(r"\s+", "_", heading.strip(" \t\n\r\u00a0\u200b\ufeff").lower())
        if name in self.required or name in self.optional:
            return name
        base, _sep, tag = name.partition("_")
        if base not in self.spoken or not tag:
            return ""
        try:
            return f"{base}_{language(tag.replace('_', '-')).tag}"
        except KeyError:
            return ""


EXPORT = "export"  # when and by which programme a workbook was written; people leave it alone

LAYOUTS = {
    "programme": Layout(("key", "value"), absence=FindingKind.ERROR),
    "bodies": Layout(("name", "kind")),
    "fields": Layout(("number", "name"), spoken=("name",), absence=None),
    "goals": Layout(
        required=("number", "colour", "title"),
        optional=(
            *(
                "summary",
                "deadline",
                "lead_organisation",
                "participants",
                "interim_target",
                "interim_due",
                "notes",
            ),
            *("base", "target", "unit"),
        ),
        spoken=("title", "summary"),
        absence=FindingKind.ERROR,
    ),
    "milestones": Layout(
        ("goal", "position", "measure"), ("when_written", "report_written", "state", "weight", "id")
    ),
    "meetings": Layout(("goal", "when_written"), ("checked", "from", "to", "place")),
    "agenda": Layout(("from", "what"), ("to",)),
    "contacts": Layout(("goal", "name"), ("email", "phone", "language"), absence=None),
    EXPORT: Layout(("key", "value"), absence=None),
}


def shape(grid: Grid, report: Report) -> Sheet | None:
    """Return the rows of a sheet by the names of its first row; None, reported, when it names too little."""
    layout = LAYOUTS[grid.name]
    head = next((n for n, record in enumerate(grid.records) if record and not _is_blank(record)), None)
    if head is None:
        report.add(FindingKind.ERROR, _("There is nothing in here."), file=grid.file)
        return None
    columns = _columns(grid, head, layout, report)
    missing = [name for name in layout.required if name not in columns]
    if missing:
        text = _("The first row must name the columns. These are missing: {columns}.")
        report.add(
            FindingKind.ERROR, text(columns=", ".join(missing)), file=grid.file, row=head + 1,
            words=" | ".join(cell.text for cell in grid.records[head] or ()),
        )  # fmt: skip
        return None
    longest = max(len(columns), _usual_length(grid.records[head + 1 :]))
    rows = []
    for number, record in enumerate(grid.records[head + 1 :], start=head + 2):
        if record is None or _is_blank(record):
            continue
        if grid.loose or _fits(grid, number, record, (len(columns), longest), report):
            padded = [*record, *[BLANK] * (len(columns) - len(record))]
            named = {name: cell for name, cell in zip(columns, padded, strict=False) if name}
            rows.append(Row(grid.file, number, named, report))
    return Sheet(grid.file, rows)


def _usual_length(records: Sequence[list[Cell] | None]) -> int:
    """Return how many cells most rows have, 0 if there is no most: programs may end each with a delimiter."""
    lengths = Counter(len(record) for record in records if record)
    for length, times in lengths.most_common(1):
        if times > 1 and 2 * times > lengths.total():
            return length
    return 0


def _columns(grid: Grid, head: int, layout: Layout, report: Report) -> list[str]:
    """Return the column of each place; "" where the heading is unknown, which is reported."""
    columns: list[str] = []
    for cell in grid.records[head] or ():
        name = layout.known(cell.text)
        if name in columns and name:
            text = _("This column is there twice; only the first one has been read.")
            report.add(FindingKind.WARNING, text, file=grid.file, row=head + 1, column=name)
            name = ""
        elif not name and not cell.is_blank:
            text = _("This column is not known and has not been read.")
            report.add(FindingKind.NOTE, text, file=grid.file, row=head + 1, words=cell.text)
        columns.append(name)
    return columns


def _fits(grid: Grid, number: int, record: list[Cell], bounds: tuple[int, int], report: Report) -> bool:
    """Tell whether the row has as many cells as the header; too many mean that all may be misplaced."""
    width, longest = bounds
    if len(record) > longest or not _is_blank(record[width:]):
        text = _("There are more cells than columns. Is a cell with a comma or semicolon without quotes?")
        words = " | ".join(cell.text for cell in record)
        report.add(FindingKind.ERROR, text, file=grid.file, row=number, words=words)
        return False
    if len(record) < width:
        text = _("The row ends early; what is missing was taken as empty.")
        report.add(FindingKind.NOTE, text, file=grid.file, row=number)
    return True


def _is_blank(record: list[Cell]) -> bool:
    return all(cell.is_blank for cell in record)
