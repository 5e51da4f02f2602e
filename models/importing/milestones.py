"""milestones.csv: the measures of the goal sheets, each known by its goal and its place."""

from collections.abc import Mapping

import sqlalchemy as sa

from models.goals import Goal
from models.groups import WorkingGroup
from models.importing import numbers, reading
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Programme
from models.sheets import GoalSheet, Milestone
from models.when import When
from translations import _

Key = tuple[str, int]


def take_milestones(job: Job, programme: Programme) -> None:
    """Take the milestones; the state of one that is there already is left to the people."""
    query = sa.select(Goal.number, Milestone).join(GoalSheet, GoalSheet.id == Milestone.sheet_id)
    query = query.join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
    query = query.join(Goal, Goal.id == WorkingGroup.goal_id).where(Goal.programme_id == programme.id)
    found = {(number, one.position): one for number, one in job.session.execute(query)}
    seen: set[Key] = set()
    for row in job.rows("milestones"):
        with job.one(Noun.MILESTONES):
            _take(job, row, found, seen)
    sheet = job.sheet("milestones")
    for number, position in found:
        if sheet is not None and (number, position) not in seen:
            job.keep(Noun.MILESTONES, sheet, f"{number}, {position}")
    job.session.flush()


def _take(job: Job, row: Row, found: Mapping[Key, Milestone], seen: set[Key]) -> None:
    number = numbers.known_goal(job, row, "goal")
    key = number, reading.whole(row, "position", 1, 9999)
    if key in seen:
        row.refuse("position", _("This is there twice; the first one has been taken."))
    seen.add(key)
    known = found.get(key)
    values: dict[str, object] = {"measure": row.text("measure", longest=5000, required=True, lines=True)}
    for column, attribute in (("when_written", "due"), ("report_written", "report_due")):
        if row.has(column) or known is None:
            values[attribute] = _when(job, row, column, getattr(known, attribute) if known else None)
    job.put(
        Noun.MILESTONES, f"{number}, {key[1]}", known, Milestone, values,
        sheet_id=job.sheets[number].id, position=key[1],
    )  # fmt: skip


def _when(job: Job, row: Row, column: str, found: When | None) -> When:
    written = reading.when(row, column, today=job.written_on)
    if written.weekday_mismatch:
        row.warn(column, _("The weekday is not that of this day. Which of the two is right?"))
    return reading.settled(found, written)
