"""What the half-year documentation says, read in a few statements, however many goals there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, regions
from models.db import today_in
from models.errors import NotFound
from models.goals import Carrier, Field, Goal, Ownership, has_public_goals
from models.groups import WorkingGroup
from models.programmes import Body, Programme
from models.progress import ProgressReport, Standing, standings, together
from models.readings import Reading
from models.sheets import (
    GoalSheet,
    Meeting,
    MeetingState,
    Milestone,
    MilestoneState,
    Participant,
    ParticipantKind,
)
from models.when import When
from translations import Localised, _

T = TypeVar("T")
HALF_YEARS = (5, 11)  # months in which half-years end where the programme names none
_OPEN = (MilestoneState.NOT_BEGUN, MilestoneState.UNDER_WAY, MilestoneState.STUCK)


@dataclass(frozen=True, slots=True)
class CarrierLine:
    """A step in the history of who carries a goal."""

    carrier: Carrier
    body: str
    decided_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """An accepted report as everybody may read it."""

    published_at: datetime
    state: MilestoneState | None
    public: Localised


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone with its reports, the newest first."""

    due: When
    measure: str
    state: MilestoneState
    is_overdue: bool
    dropped_reason: str
    reports: tuple[ReportLine, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurable target of a goal and the figure that was measured last."""

    base: Decimal | None
    target: Decimal | None
    unit: str
    latest: Decimal | None = None
    on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting that is to come."""

    held: When
    starts: str
    ends: str
    place: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One goal with its goal sheet."""

    group_id: int
    number: str
    field_number: int
    field_name: Localised
    title: Localised
    summary: Localised
    lead: str
    participants: tuple[tuple[str, bool], ...]  # the name, and whether it is confirmed
    carried: tuple[CarrierLine, ...]  # the whole history, the last one holds
    deadline: When
    measured: Measured | None
    interim_target: str
    interim_due: When
    milestones: tuple[MilestoneLine, ...]
    other_reports: tuple[ReportLine, ...]  # about no milestone
    notes: str
    next_meeting: MeetingLine | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Documentation:
    """All goals of a programme, or one of them, as they stand on a day."""

    region: str
    office: str
    accent: str
    programme: str
    starts: date | None
    ends: date | None
    period: tuple[date, date]  # first and last day of the half-year
    today: date
    sheets: tuple[SheetLine, ...]

    @property
    def standing(self) -> Standing:
        """How far all goals together are."""
        return together(sheet.standing for sheet in self.sheets)


def read(
    session: Session, *, today: date | None = None, group_id: int | None = None, public: bool = False
) -> Documentation:
    """Return the goals of the programme that runs, or the one goal of a group.

    For the public the names of single persons and the office's reasons are left out. NotFound where there is
    nothing to document.
    """
    today = today or today_in(session)
    region = regions.the_region(session)
    rows = _groups(session, group_id, today)
    if not rows:
        raise NotFound(_("There are no goals yet. Import the region first."))
    programme = rows[0].Programme
    goals = sa.select(Goal.id).where(Goal.programme_id == programme.id)
    if group_id is not None:
        goals = goals.where(Goal.id == rows[0].Goal.id)
    parts = _Parts(session, goals, public=public, today=today)
    counted = standings(session, today, group_id=group_id)
    return Documentation(
        region=region.name, office=region.office, accent=region.accent, programme=programme.title,
        starts=programme.starts, ends=programme.ends,
        period=half_year(today, programme.status_months), today=today,
        sheets=tuple(parts.sheet(row, counted.get(row.id, Standing())) for row in rows),
    )  # fmt: skip


def half_year(today: date, months: Sequence[int]) -> tuple[date, date]:
    """Return the first and last day of the half-year that was asked about last, or is being asked about.

    A half-year ends with a month of status rounds: in May and June it is December to May.
    """
    chosen = sorted(set(months)) or list(HALF_YEARS)
    ends = sorted((today.year - years, month) for years in range(3) for month in chosen)
    past = [end for end in ends if end <= (today.year, today.month)]
    return _month_after(past[-2]), _month_after(past[-1]) - timedelta(days=1)


def _month_after(month: tuple[int, int]) -> date:
    year, number = month
    return date(year + number // 12, number % 12 + 1, 1)


def _groups(session: Session, group_id: int | None, today: date) -> Sequence[Any]:
    statement = (
        sa.select(WorkingGroup.id, Goal, Field, Programme, GoalSheet)
        .join(Goal, Goal.id == WorkingGroup.goal_id)
        .join(Field, Field.id == Goal.field_id)
        .join(Programme, Programme.id == Goal.programme_id)
        .outerjoin(GoalSheet, GoalSheet.group_id == WorkingGroup.id)
        .order_by(Goal.position)
    )
    if group_id is not None:
        return session.execute(statement.where(WorkingGroup.id == group_id)).all()
    begun = sa.case((Programme.starts > today, 1), else_=0)
    order = (begun, Programme.starts.desc(), Programme.id.desc())
    running = sa.select(Programme.id).where(has_public_goals()).order_by(*order).limit(1)
    wanted = statement.where(Programme.id == running.scalar_subquery(), Goal.is_draft.is_(False))
    return session.execute(wanted).all()


def _grouped(rows: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    made: defaultdict[int, list[T]] = defaultdict(list)
    for key, one in rows:
        made[key].append(one)
    return made


class _Parts:
    """What hangs on the goals, by the id of goal or sheet: one statement for each kind."""

    def __init__(self, session: Session, goals: sa.Select[int], *, public: bool, today: date) -> None:
        self._today, self._public = today, public
        groups = sa.select(WorkingGroup.id).where(WorkingGroup.goal_id.in_(goals))
        sheets = sa.select(GoalSheet.id).where(GoalSheet.group_id.in_(groups))

        self._carried = _grouped(
            (row.goal_id, _decided(row, public=public))
            for row in session.execute(
                sa.select(
                    Ownership.goal_id, Ownership.carrier, Body.name, Ownership.decided_on, Ownership.reason
                )
                .outerjoin(Body, Body.id == Ownership.body_id)
                .where(Ownership.goal_id.in_(goals))
                .order_by(Ownership.position)
            )
        )
        named = sa.select(Participant).where(Participant.sheet_id.in_(sheets)).order_by(Participant.position)
        if public:
            named = named.where(Participant.kind == ParticipantKind.ORGANISATION)
        self._participants = _grouped((one.sheet_id, one) for one in session.scalars(named))
        self._milestones = _grouped(
            (one.sheet_id, one)
            for one in session.scalars(
                sa.select(Milestone).where(Milestone.sheet_id.in_(sheets)).order_by(Milestone.position)
            )
        )
        planned = sa.select(Meeting).where(
            Meeting.sheet_id.in_(sheets), Meeting.state == MeetingState.PLANNED
        )
        self._meetings = _grouped(
            (one.sheet_id, one) for one in session.scalars(planned.order_by(Meeting.id))
        )
        self._reports = _grouped(
            (one.group_id, one)
            for one in session.scalars(
                sa.select(ProgressReport)
                .where(ProgressReport.group_id.in_(groups), ProgressReport.published_at.is_not(None))
                .order_by(ProgressReport.published_at.desc(), ProgressReport.id.desc())
            )
        )
        measured = sa.select(Reading).where(Reading.goal_id.in_(goals), Reading.measured_on <= today)
        self._readings = {one.goal_id: one for one in session.scalars(measured.order_by(Reading.measured_on))}

    def sheet(self, row: Any, standing: Standing) -> SheetLine:
        """Put one goal together."""
        goal, sheet = row.Goal, row.GoalSheet
        sheet_id = sheet.id if sheet else 0
        reports = self._reports.get(row.id, [])
        milestones = tuple(self._milestone(one, reports) for one in self._milestones.get(sheet_id, []))
        interim = sheet.interim_target if sheet else ""
        due = sheet.interim_due if sheet else When.nothing()
        return SheetLine(
            group_id=row.id, number=goal.number, field_number=row.Field.number, field_name=row.Field.name,
            title=goal.title, summary=goal.summary, lead=sheet.lead_organisation if sheet else "",
            participants=tuple((one.name, one.confirmed) for one in self._participants.get(sheet_id, [])),
            carried=tuple(self._carried.get(goal.id, [])), deadline=goal.deadline,
            measured=self._measured(goal), interim_target=interim,
            interim_due=due or (row.Programme.interim_due if interim else due), milestones=milestones,
            other_reports=tuple(_line(one) for one in reports if one.milestone_id is None and one.public),
            notes=sheet.notes if sheet else "", next_meeting=self._next(sheet_id),
            standing=standing,
        )  # fmt: skip

    def _milestone(self, one: Milestone, reports: Sequence[ProgressReport]) -> MilestoneLine:
        is_said = one.state is MilestoneState.DROPPED and not self._public
        return MilestoneLine(
            due=one.due,
            measure=one.measure,
            state=one.state,
            is_overdue=one.state in _OPEN and one.due.overdue_on(self._today),
            dropped_reason=one.dropped_reason if is_said else "",
            reports=tuple(_line(report) for report in reports if report.milestone_id == one.id),
        )

    def _measured(self, goal: Goal) -> Measured | None:
        reading = self._readings.get(goal.id)
        if goal.target is None and reading is None:
            return None
        if reading is None:
            return Measured(goal.base, goal.target, goal.unit)
        return Measured(goal.base, goal.target, goal.unit, reading.value, reading.measured_on, reading.source)

    def _next(self, sheet_id: int) -> MeetingLine | None:
        """Return the meeting that comes next; one without days counts as still to come, after the others."""
        ahead = [
            one for one in self._meetings.get(sheet_id, [])
            if one.held.latest is None or one.held.latest >= self._today
        ]  # fmt: skip
        if not ahead:
            return None
        one = min(ahead, key=lambda meeting: meeting.held.earliest or meeting.held.latest or date.max)
        return MeetingLine(one.held, one.starts, one.ends, one.place)


def _decided(row: Any, *, public: bool) -> CarrierLine:
    return CarrierLine(row.carrier, row.name or "", row.decided_on, "" if public else row.reason)


def _line(one: ProgressReport) -> ReportLine:
    return ReportLine(one.published_at or clock.now(), one.state, one.public)
