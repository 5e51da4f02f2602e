"""The goal sheets: lead, interim target, notes, and who takes part."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from models.changes import Subject
from models.goals import Goal
from models.groups import WorkingGroup
from models.importing import reading
from models.importing.align import align
from models.importing.cells import Row, Sheet
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Programme
from models.sheets import GoalSheet, Participant
from models.when import When
from translations import _


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What a row of goals.csv says for the goal sheet; participants are None where the column is missing."""

    values: dict[str, str]
    participants: list[str] | None
    interim_due: When | None = None


def read_sheet_words(row: Row) -> SheetWords:
    """Read the cells of the goal sheet."""
    values = {}
    if row.has("lead_organisation"):
        values["lead_organisation"] = row.text("lead_organisation", longest=200)
    for column in ("interim_target", "notes"):
        if row.has(column):
            values[column] = row.text(column, lines=True)
    due = reading.when(row, "interim_due") if row.has("interim_due") else None
    return SheetWords(values, _names(row) if row.has("participants") else None, due)


def _names(row: Row) -> list[str]:
    names: dict[str, str] = {}
    for part in row.text("participants").split(";"):
        name = " ".join(part.split())
        if len(name) > 200:
            row.refuse("participants", _("This is too long. Please use at most {n} characters.")(n=200))
        if name:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def take_goal_sheets(job: Job, programme: Programme, taken: Sequence[tuple[Row, str, SheetWords]]) -> None:
    """Take the goal sheet of each of these goals, and find those of all others."""
    number_of = {goal.id: number for number, goal in job.goals.items()}
    mine = sa.select(WorkingGroup.goal_id, GoalSheet).join(GoalSheet, GoalSheet.group_id == WorkingGroup.id)
    mine = mine.join(Goal, Goal.id == WorkingGroup.goal_id).where(Goal.programme_id == programme.id)
    mine = mine.with_for_update(of=GoalSheet)  # who edits one now is done before it is compared, or waits
    job.sheets = {number_of[goal_id]: sheet for goal_id, sheet in job.session.execute(mine)}
    job.memory.begin(job.sheets)
    for _row, number, words in taken:
        found = job.sheets.get(number)
        values: dict[str, object] = dict(words.values)
        if words.interim_due is not None:
            values["interim_due"] = reading.settled(found.interim_due if found else None, words.interim_due)
        elif "interim_target" in words.values or found is None:
            due = programme.interim_due if words.values.get("interim_target") else When.nothing()
            values["interim_due"] = reading.settled(found.interim_due if found else None, due)
        group_id = job.groups[job.goals[number].id].id
        job.sheets[number] = job.put(Noun.SHEETS, number, found, GoalSheet, values, group_id=group_id)
    job.session.flush()
    _take_participants(job, [(number, words) for _row, number, words in taken])


def _take_participants(job: Job, taken: Sequence[tuple[str, SheetWords]]) -> None:
    stored: dict[int, list[Participant]] = {}
    query = sa.select(Participant).join(GoalSheet, GoalSheet.id == Participant.sheet_id)
    query = query.join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
    query = query.join(Goal, Goal.id == WorkingGroup.goal_id).order_by(Participant.position)
    programmes = {goal.programme_id for goal in job.goals.values()}
    for participant in job.session.scalars(query.where(Goal.programme_id.in_(programmes))):
        stored.setdefault(participant.sheet_id, []).append(participant)
    goals = job.sheet("goals")
    for number, words in taken:
        if words.participants is not None and goals is not None:
            sheet_id = job.sheets[number].id
            _name_all(job, goals, number, sheet_id, stored.get(sheet_id, []), words.participants)
    job.session.flush()


def _name_all(
    job: Job, file: Sheet, number: str, sheet_id: int, found: Sequence[Participant], names: Sequence[str]
) -> None:
    match = align([(one.name, one.name.casefold()) for one in found], [(n, n.casefold()) for n in names])
    position = max((one.position for one in found), default=0)
    for index, name in zip(match, names, strict=True):
        known = None if index is None else found[index]
        if known is None and job.memory.is_kept_whole(Subject.PARTICIPANT, sheet_id):
            job.hold(Noun.PARTICIPANTS, f"{number} {name}")
            continue
        position += known is None
        job.put(
            Noun.PARTICIPANTS, f"{number} {name}", known, Participant, {"name": name},
            sheet_id=sheet_id, position=position,
        )  # fmt: skip
    for index, one in enumerate(found):
        if index not in match:
            job.keep(Noun.PARTICIPANTS, file, f"{number} {one.name}")
