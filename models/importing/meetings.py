"""meetings.csv: agreed meetings. `checked` is the day it must be where the writing slipped."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from models.changes import Subject
from models.goals import Goal
from models.groups import WorkingGroup
from models.importing import numbers, reading
from models.importing.align import align
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Programme
from models.sheets import GoalSheet, Meeting
from models.when import LONGEST_WORDING, When
from translations import _


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A row of meetings.csv that could be read; `is_checked` tells that its days were settled there."""

    place: int
    held: When
    is_checked: bool
    values: dict[str, str]


def take_meetings(job: Job, programme: Programme) -> None:
    """Take the meetings; one is known by its goal and its date as written."""
    query = sa.select(Goal.number, Meeting).join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
    query = query.join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
    query = query.join(Goal, Goal.id == WorkingGroup.goal_id).where(Goal.programme_id == programme.id)
    stored: dict[str, list[Meeting]] = {}
    for number, meeting in job.session.execute(query.order_by(Meeting.id)):
        stored.setdefault(number, []).append(meeting)
    named: dict[str, list[str]] = {}  # the wordings by goal, of rows that could not be read too
    wanted: dict[str, list[MeetingRow]] = {}
    for row in job.rows("meetings"):
        with job.one(Noun.MEETINGS):
            number = numbers.known_goal(job, row, "goal")
            wanted.setdefault(number, []).append(_read(job, row, named.setdefault(number, [])))
    for number, rows in wanted.items():
        _write(job, number, stored.get(number, []), rows)
    sheet = job.sheet("meetings")
    for number, meetings in stored.items():
        for meeting in meetings:
            if sheet is not None and meeting.held.wording not in named.get(number, ()):
                job.keep(Noun.MEETINGS, sheet, f"{number} {meeting.held.wording}")
    job.session.flush()


def _read(job: Job, row: Row, named: list[str]) -> MeetingRow:
    place = len(named)
    wording = row.text("when_written", longest=LONGEST_WORDING)
    wording = wording or row.text("checked", longest=LONGEST_WORDING)
    if wording in named:
        row.refuse("when_written", _("This is there twice; the first one has been taken."))
    named.append(wording)
    values = {}
    for column, attribute in (("from", "starts"), ("to", "ends")):
        if row.has(column):
            values[attribute] = reading.clock(row, column)
    if row.has("place"):
        values["place"] = row.text("place", longest=300)
    if not wording and not any(values.values()):
        row.refuse("when_written", _("This meeting has neither a date nor a place."))
    held, is_checked = _held(job, row)
    return MeetingRow(place, held, is_checked, values)


def _held(job: Job, row: Row) -> tuple[When, bool]:
    """Return the date with its words as written and its days as checked, and whether they were checked."""
    wording = row.text("when_written", longest=LONGEST_WORDING)
    if not row.text("checked", longest=LONGEST_WORDING):
        written = reading.when(row, "when_written", today=job.written_on)
        if written.weekday_mismatch:
            row.warn("when_written", _("The weekday is not that of this day. Which of the two is right?"))
        return written, False
    checked = reading.when(row, "checked", today=job.written_on)
    if not checked.is_known:
        return reading.when(row, "when_written", today=job.written_on), False
    written = When.parse(wording, today=job.written_on)
    if written.is_known and (written.earliest, written.latest) != (checked.earliest, checked.latest):
        text = _("Written otherwise than checked, so the checked day counts: {checked}.")
        row.note("when_written", text(checked=checked.wording))
    return When.from_parts(wording or checked.wording, checked.earliest, checked.latest), True


def _write(job: Job, number: str, found: Sequence[Meeting], rows: Sequence[MeetingRow]) -> None:
    match = align(
        [(one.held.wording,) for one in found],
        [(row.held.wording,) for row in rows],
        [row.place for row in rows],
    )
    for index, row in zip(match, rows, strict=True):
        known = None if index is None else found[index]
        if known is None and job.memory.is_kept_whole(Subject.MEETING, job.sheets[number].id):
            job.hold(Noun.MEETINGS, f"{number} {row.held.wording}")
            continue
        held = row.held if row.is_checked else reading.settled(known.held if known else None, row.held)
        job.put(
            Noun.MEETINGS, f"{number} {row.held.wording}", known, Meeting, {"held": held, **row.values},
            sheet_id=job.sheets[number].id,
        )  # fmt: skip
