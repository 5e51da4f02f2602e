"""goals.csv: the goals with their fields, who carries them, their groups and goal sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models import renditions
from models.goals import Carrier, Field, Goal, position_of
from models.importing import numbers, reading
from models.importing.cells import Row
from models.importing.fields import take_fields
from models.importing.goal_sheets import SheetWords, read_sheet_words, take_goal_sheets
from models.importing.job import Job
from models.importing.ownerships import COLOURS, take_ownerships
from models.importing.report import Noun
from models.importing.working_groups import take_working_groups
from models.programmes import Programme
from models.translating import KINDS
from translations import _


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A row of goals.csv that could be read whole."""

    row: Row
    number: str
    carrier: Carrier
    values: dict[str, Any]
    words: SheetWords

    @property
    def field(self) -> int:
        """Return the number of the field."""
        return int(self.number.split(".")[0])


def take_goals(job: Job, programme: Programme) -> None:
    """Take the goals with all that a row says; known ones are found by their numbers."""
    stored = sa.select(Goal).where(Goal.programme_id == programme.id).order_by(Goal.position)
    job.goals = {goal.number: goal for goal in job.session.scalars(stored)}
    before = list(job.goals)
    sheet = job.sheet("goals")
    numbered = _numbered(job, sheet.rows if sheet else ())
    taken: list[GoalRow] = []
    approved = renditions.approved_here(job.session, KINDS["goal"], job.written_at)
    for number, row in numbered.items():
        with job.one(Noun.GOALS):
            taken.append(_read(job, number, row, approved))
    fields = take_fields(job, programme, {entry.field for entry in taken})
    with renditions.following(job.session, KINDS["goal"], by=job.author.staff_id):
        _write(job, programme, taken, fields)
    take_ownerships(job, [(entry.row, entry.number, entry.carrier) for entry in taken])
    take_working_groups(job, [entry.number for entry in taken])
    take_goal_sheets(job, programme, [(entry.row, entry.number, entry.words) for entry in taken])
    for number in before:
        if sheet is not None and number not in numbered:
            job.keep(Noun.GOALS, sheet, number)


def _numbered(job: Job, rows: Sequence[Row]) -> dict[str, Row]:
    """Return the rows by their goal numbers; those without one of their own are refused."""
    read: list[tuple[str, Row]] = []
    for row in rows:
        with job.one(Noun.GOALS):
            read.append((numbers.written(row, "number"), row))
    others = {*job.goals, *(number for number, _row in read)}
    kept: dict[str, Row] = {}
    for number, row in read:
        with job.one(Noun.GOALS):
            if numbers.may_lack_zero(row, "number", number, others):
                row.refuse("number", numbers.TWO_MEANINGS(first=number, second=f"{number}0"))
            if number in kept:
                row.refuse("number", _("This is there twice; the first one has been taken."))
            kept[number] = row
    return kept


def _read(job: Job, number: str, row: Row, approved: set[tuple[int, str]]) -> GoalRow:
    """Read all cells of a row before anything of it is written."""
    found = job.goals.get(number)
    title, summary = (found.title, found.summary) if found else (None, None)
    kept = {tag for goal, tag in approved if found and goal == found.id} - {job.source}
    values: dict[str, Any] = {
        "title": reading.spoken(row, "title", job.source, title, longest=300, required=True, kept=kept),
        "summary": reading.spoken(row, "summary", job.source, summary, longest=5000, lines=True, kept=kept),
    }
    if row.has("deadline") or found is None:
        written = reading.when(row, "deadline", today=job.written_on)
        values["deadline"] = reading.settled(found.deadline if found else None, written)
    for column in ("base", "target"):
        if row.has(column):
            values[column] = reading.decimal(row, column)
    if row.has("unit"):
        values["unit"] = row.text("unit", longest=40)
    carrier = reading.choice(row, "colour", COLOURS)
    return GoalRow(row, number, carrier, values, read_sheet_words(row))


def _write(job: Job, programme: Programme, taken: Sequence[GoalRow], fields: dict[int, Field]) -> None:
    for entry in taken:
        values = {"field_id": fields[entry.field].id, **entry.values}
        job.goals[entry.number] = job.put(
            Noun.GOALS, entry.number, job.goals.get(entry.number), Goal, values,
            programme_id=programme.id, number=entry.number, position=position_of(entry.number),
        )  # fmt: skip
    job.session.flush()
