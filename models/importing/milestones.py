"""milestones.csv: the measures of the goal sheets.

A workbook that this programme wrote names each milestone by its id. In other files one is known by its goal
and its words, or by its place where the words have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models.goals import Goal
from models.groups import WorkingGroup
from models.importing import numbers, reading
from models.importing.align import align
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Programme
from models.sheets import MILESTONE_WORDS, GoalSheet, Milestone, MilestoneState
from models.when import When
from translations import LANGUAGES, _

NOWHERE = -1  # the place of a row that must not be taken for another one
STATES: dict[str, MilestoneState] = {state.value: state for state in MilestoneState} | {
    words.to(entry.tag).lower(): state for state, words in MILESTONE_WORDS.items() for entry in LANGUAGES
}


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A row of milestones.csv that could be read; `id` is 0 where the file names none."""

    row: Row
    position: int
    id: int
    values: dict[str, Any]


def take_milestones(job: Job, programme: Programme) -> None:
    """Take the milestones; the state of one that is there changes only where the file has states."""
    query = sa.select(Goal.number, Milestone).join(GoalSheet, GoalSheet.id == Milestone.sheet_id)
    query = query.join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
    query = query.join(Goal, Goal.id == WorkingGroup.goal_id).where(Goal.programme_id == programme.id)
    stored: dict[str, list[Milestone]] = {}
    for number, milestone in job.session.execute(query.order_by(Milestone.position)):
        stored.setdefault(number, []).append(milestone)
    seen: set[tuple[str, int]] = set()
    wanted: dict[str, list[MilestoneRow]] = {}
    for row in job.rows("milestones"):
        with job.one(Noun.MILESTONES):
            number = numbers.known_goal(job, row, "goal")
            wanted.setdefault(number, []).append(_read(job, row, number, seen))
    named: set[int] = set()
    for number, rows in wanted.items():
        named |= _write(job, number, stored.get(number, []), rows)
    sheet = job.sheet("milestones")
    for number, milestones in stored.items():
        for one in milestones:
            if sheet is not None and one.id not in named and (number, one.position) not in seen:
                job.keep(Noun.MILESTONES, sheet, f"{number}, {one.position}")
    job.session.flush()


def _read(job: Job, row: Row, number: str, seen: set[tuple[str, int]]) -> MilestoneRow:
    position = reading.whole(row, "position", 1, 9999)
    if (number, position) in seen:
        row.refuse("position", _("This is there twice; the first one has been taken."))
    seen.add((number, position))
    one_id = reading.whole(row, "id", 1, 2**31 - 1) if not row.cell("id").is_blank else 0
    values: dict[str, Any] = {"measure": row.text("measure", longest=5000, required=True, lines=True)}
    for column, attribute in (("when_written", "due"), ("report_written", "report_due")):
        if row.has(column):
            values[attribute] = _when(job, row, column)
    if not row.cell("state").is_blank:
        values["state"] = reading.choice(row, "state", STATES)
    if not row.cell("weight").is_blank:
        values["weight"] = reading.whole(row, "weight", 1, 100)
    return MilestoneRow(row, position, one_id, values)


def _when(job: Job, row: Row, column: str) -> When:
    written = reading.when(row, column, today=job.written_on)
    if written.weekday_mismatch:
        row.warn(column, _("The weekday is not that of this day. Which of the two is right?"))
    return written


def _match(job: Job, found: Sequence[Milestone], rows: Sequence[MilestoneRow]) -> list[Milestone | None]:
    """Return for each row the milestone that it is, None for a new one.

    It has the words of the row, or had them before they were changed here. Its place says something only as
    long as nobody changed the order here.
    """
    by_id = {one.id: one for one in found}
    match = [by_id.get(row.id) for row in rows]
    taken = {one.id for one in match if one}
    left = [one for one in found if one.id not in taken]
    open_rows = [n for n, one in enumerate(match) if one is None]
    is_moved = any(row.id for row in rows) or _theirs_holds(job, found)
    place_of = {one.position: place for place, one in enumerate(left)}
    places = [NOWHERE if is_moved else place_of.get(rows[n].position, NOWHERE) for n in open_rows]
    keys = [(rows[n].values["measure"],) * 2 for n in open_rows]
    known = [(one.measure, job.memory.first_words.get(one.id, one.measure)) for one in left]
    for n, index in zip(open_rows, align(known, keys, places), strict=True):
        match[n] = None if index is None else left[index]
    return match


def _write(job: Job, number: str, found: Sequence[Milestone], rows: Sequence[MilestoneRow]) -> set[int]:
    """Write the milestones of a goal; return the ids of those that the file names."""
    match = _match(job, found, rows)
    if job.memory.written_at is None and _theirs_holds(job, found):
        rows, match = _without_new(job, number, rows, match)
    sheet_id = job.sheets[number].id
    places = _places(job, found, rows, match)
    for one in found:
        if one.position != places[id(one)]:
            one.position = -places[id(one)]
    job.session.flush()  # now that all have left their places, nobody stands in another's way
    for row, known in zip(rows, match, strict=True):
        values = dict(row.values)
        for attribute in ("due", "report_due"):
            if attribute in values:
                values[attribute] = reading.settled(getattr(known, attribute, None), values[attribute])
        birth = {"due": When.nothing(), "report_due": When.nothing()} | {
            "sheet_id": sheet_id, "position": places.get(id(row), 0)
        }  # fmt: skip
        job.put(Noun.MILESTONES, f"{number}, {row.position}", known, Milestone, values, **birth)
    for one in found:
        one.position = places[id(one)]
    job.session.flush()
    return {known.id for known in match if known}


def _without_new(
    job: Job, number: str, rows: Sequence[MilestoneRow], match: Sequence[Milestone | None]
) -> tuple[list[MilestoneRow], list[Milestone | None]]:
    """Return the rows that are known: of an old file, where the others belong in the order is not known."""
    for row, known in zip(rows, match, strict=True):
        if known is None:
            job.hold(Noun.MILESTONES, f"{number}, {row.position}")
    pairs = [(row, known) for row, known in zip(rows, match, strict=True) if known]
    return [row for row, _known in pairs], [known for _row, known in pairs]


def _theirs_holds(job: Job, found: Sequence[Milestone]) -> bool:
    """Return whether people changed the order of these here after the file was written."""
    return bool(found) and job.memory.keeps(found[0], "position")


def _places(
    job: Job, found: Sequence[Milestone], rows: Sequence[MilestoneRow], match: Sequence[Milestone | None]
) -> dict[int, int]:
    """Return the place of each milestone and each new row, by `id()`: as the file says, without clashes.

    Where people changed the order here after the file was written, theirs holds.
    """
    theirs_holds = _theirs_holds(job, found)
    places = {id(one): one.position for one in found} if theirs_holds else {}
    for row, known in zip(rows, match, strict=True):
        if known is None or not theirs_holds:
            _give_place(places, known or row, row.position)
    for one in found:
        if id(one) not in places:
            _give_place(places, one, one.position)
    return places


def _give_place(places: dict[int, int], one: object, wished: int) -> None:
    places[id(one)] = wished if wished not in places.values() else max(places.values()) + 1
