"""The whole programme as a workbook that can be changed offline and imported back.

It has the sheets and columns of an import. Every cell is text, so that no spreadsheet makes a day of “10/18”.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import sqlalchemy as sa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session, selectinload

from models import clock, regions
from models.events import Event, EventKind
from models.goals import Field, Goal, Ownership
from models.groups import WorkingGroup
from models.importing.job import WRITTEN_AT
from models.importing.layout import EXPORT
from models.importing.programme import PROGRAMME, REGION
from models.plain_text import plain
from models.programmes import Body, Programme
from models.sheets import MILESTONE_WORDS, GoalSheet, Meeting, Milestone
from models.when import When
from translations import SOURCE, Localised

Rows = Iterable[Sequence[object]]
_WIDE = {"measure": 70, "title": 40, "summary": 60, "notes": 40, "participants": 40, "value": 60, "what": 60}


def write_workbook(session: Session, target: BinaryIO) -> None:
    """Write the newest programme of the region, with its goal sheets, and when that was."""
    book = Workbook(write_only=True)
    programme = session.scalars(sa.select(Programme).order_by(Programme.starts.desc(), Programme.id)).first()
    for name, header, rows in _sheets(session, programme):
        _write(book, name, header, rows)
    marked = [(WRITTEN_AT, clock.now().isoformat())]
    _write(book, EXPORT, ("key", "value"), marked, is_hidden=True)
    book.save(target)


def _write(book: Any, name: str, header: Sequence[str], rows: Rows, *, is_hidden: bool = False) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.sheet_state = "hidden" if is_hidden else "visible"
    for position, column in enumerate(header, start=1):
        at = sheet.column_dimensions[get_column_letter(position)]
        at.width, at.number_format = _WIDE.get(column.partition("_")[0], 18), "@"
    sheet.append([_cell(sheet, column, is_bold=True) for column in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: object, *, is_bold: bool = False) -> Any:
    words = "" if value is None else str(value)
    cell = WriteOnlyCell(sheet, plain(words) or None)
    cell.number_format, cell.font = "@", Font(bold=is_bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if words:
        cell.data_type = "s"  # openpyxl would make a formula of a leading "="
        cell.quotePrefix = words.startswith(("=", "+", "-", "@"))
    return cell


def _sheets(session: Session, programme: Programme | None) -> Iterator[tuple[str, Sequence[str], Rows]]:
    yield "programme", ("key", "value"), _programme(session, programme)
    bodies = session.scalars(sa.select(Body).order_by(Body.id))
    yield "bodies", ("name", "kind"), [(one.name, one.kind.value) for one in bodies]
    if programme is None:
        return
    fields = session.scalars(sa.select(Field).where(Field.programme_id == programme.id)).all()
    tags = _tags(field.name for field in fields)
    named = [(one.number, *_spoken(one.name, tags)) for one in sorted(fields, key=lambda one: one.number)]
    yield "fields", ("number", *_columns("name", tags)), [row for row in named if any(row[1:])]
    groups = _groups(session, programme)
    yield "goals", *_goals(groups)
    yield "milestones", _MILESTONES, [row for group in groups for row in _milestones(group)]
    yield "meetings", _MEETINGS, [row for group in groups for row in _meetings(group)]
    yield "agenda", ("from", "to", "what"), _agenda(session, programme)


def _groups(session: Session, programme: Programme) -> Sequence[WorkingGroup]:
    whole = selectinload(WorkingGroup.sheet)
    return session.scalars(
        sa.select(WorkingGroup)
        .join(Goal, Goal.id == WorkingGroup.goal_id)
        .where(Goal.programme_id == programme.id)
        .order_by(Goal.position)
        .options(
            selectinload(WorkingGroup.goal).selectinload(Goal.ownerships),
            whole.selectinload(GoalSheet.participants),
            whole.selectinload(GoalSheet.milestones),
            whole.selectinload(GoalSheet.meetings),
        )
    ).all()


def _programme(session: Session, programme: Programme | None) -> list[tuple[str, str]]:
    pairs = [(key, getattr(regions.the_region(session), name)) for key, (name, _read) in REGION.items()]
    if programme is not None:
        pairs += [(key, getattr(programme, name)) for key, (name, _read) in PROGRAMME.items()]
    return [(key, _plain(value)) for key, value in pairs]


def _plain(value: Any) -> str:
    if isinstance(value, When):
        return value.wording
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, list):
        return ";".join(str(one) for one in value)
    return "" if value is None else str(value)


def _tags(texts: Iterable[Localised]) -> list[str]:
    """Return the languages, besides the source, in which any of these is told."""
    return sorted({tag for text in texts for tag in text.words} - {SOURCE})


def _columns(name: str, tags: Sequence[str]) -> list[str]:
    return [name, *(f"{name}_{tag}" for tag in tags)]


def _spoken(text: Localised, tags: Sequence[str]) -> list[str]:
    return [text.words.get(tag, "") for tag in (SOURCE, *tags)]


def _goals(groups: Sequence[WorkingGroup]) -> tuple[Sequence[str], Rows]:
    tags = _tags(text for group in groups for text in (group.goal.title, group.goal.summary))
    header = (
        "number", "colour", *_columns("title", tags), *_columns("summary", tags), "deadline",
        "lead_organisation", "participants", "interim_target", "interim_due", "notes", "base", "target",
        "unit",
    )  # fmt: skip
    rows = []
    for group in groups:
        goal, sheet = group.goal, group.sheet
        names = "; ".join(one.name for one in sheet.participants) if sheet else ""
        words = (
            (sheet.lead_organisation, names, sheet.interim_target, sheet.interim_due.wording, sheet.notes)
            if sheet
            else ("",) * 5
        )
        rows.append(
            (
                goal.number, _colour(goal.ownerships), *_spoken(goal.title, tags),
                *_spoken(goal.summary, tags), goal.deadline.wording, *words, _number(goal.base),
                _number(goal.target), goal.unit,
            )
        )  # fmt: skip
    return header, rows


def _colour(ownerships: Sequence[Ownership]) -> str:
    return ownerships[-1].carrier.value if ownerships else "green"


def _number(value: Any) -> str:
    return "" if value is None else f"{value:f}".rstrip("0").rstrip(".")


_MILESTONES = (
    "goal", "position", "when_written", "measure", "report_written", "state", "weight", "id",
)  # fmt: skip


def _milestones(group: WorkingGroup) -> Iterator[Sequence[object]]:
    found: Sequence[Milestone] = group.sheet.milestones if group.sheet else ()
    for one in found:
        yield (
            group.goal.number, one.position, one.due.wording, one.measure, one.report_due.wording,
            MILESTONE_WORDS[one.state].to(SOURCE), one.weight, one.id,
        )  # fmt: skip


_MEETINGS = ("goal", "when_written", "checked", "from", "to", "place")


def _meetings(group: WorkingGroup) -> Iterator[Sequence[object]]:
    found: Sequence[Meeting] = group.sheet.meetings if group.sheet else ()
    for one in found:
        yield group.goal.number, one.held.wording, checked(one.held), one.starts, one.ends, one.place


def checked(held: When) -> str:
    """Return the days of a date in words that are read as just these days; "" where its own words do."""
    written = When.parse(held.wording)
    if (written.earliest, written.latest) == (held.earliest, held.latest):
        return ""
    if held.earliest and held.latest:
        first, last = held.earliest.isoformat(), held.latest.isoformat()
        return first if first == last else f"{first} bis {last}"
    if held.latest:
        return f"bis {held.latest:%d.%m.%Y}"
    return f"ab {held.earliest:%d.%m.%Y}" if held.earliest else ""


def _agenda(session: Session, programme: Programme) -> Rows:
    event = session.scalars(
        sa.select(Event)
        .where(Event.programme_id == programme.id, Event.kind == EventKind.CONFERENCE)
        .order_by(Event.held_on == programme.starts, Event.id)
        .options(selectinload(Event.agenda))
    ).first()
    return [(one.starts, one.ends, one.what) for one in event.agenda] if event else []
