"""Readings: the measured figure of a goal's target over time, each with its day and its source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import changes, clock, figures, sheets
from models.changes import Author, Subject
from models.columns import UTCDateTime
from models.db import Base, today_in
from models.errors import InvalidAnswer, NotAllowed, NotFound
from models.figures import Figure
from models.goals import Goal
from models.groups import WorkingGroup
from models.programmes import Programme
from models.staff import StaffMember
from models.when import When
from translations import _

LONGEST_SOURCE, LONGEST_UNIT = 300, 40
BASE, TARGET, DEADLINE = "base", "target", "deadline"  # which part of the measure a change is about


class Reading(Base):
    """A figure in the goal's unit, as measured on a day. One a day: a second one corrects the first."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey(Goal.id, ondelete="CASCADE"))
    measured_on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3))
    source: Mapped[str] = mapped_column(sa.String(300))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("goal_id", "measured_on"),)


@dataclass(frozen=True, slots=True)
class Point:
    """A figure on a day. The base has no id: it is the goal's own, as of the programme's beginning."""

    day: date
    value: Decimal
    source: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A goal's figure over time, whole and plain: all that a chart, a table or a wall needs."""

    goal_id: int
    unit: str
    base: Decimal | None
    base_day: date | None
    target: Decimal | None
    deadline: When
    readings: tuple[Point, ...] = ()

    @property
    def is_measurable(self) -> bool:
        """Tell whether there is anything to show: a target, or figures."""
        return self.target is not None or bool(self.readings)

    @property
    def points(self) -> tuple[Point, ...]:
        """Return what is joined by a line: the base, if it comes first, and the readings by day."""
        first = self.readings[0].day if self.readings else None
        if self.base is None or self.base_day is None or (first is not None and first <= self.base_day):
            return self.readings
        return (Point(self.base_day, self.base), *self.readings)

    @property
    def is_reached(self) -> bool:
        """Tell whether the newest figure is at the target or beyond, seen from the base (else from below)."""
        if self.target is None or not self.readings:
            return False
        newest = self.readings[-1].value
        falls = self.base is not None and self.base > self.target
        return newest <= self.target if falls else newest >= self.target

    def figure(self, value: Decimal) -> Figure:
        """Return a value with the goal's unit."""
        return Figure(value, self.unit)


def courses(session: Session, goal_ids: Iterable[int] | None = None) -> dict[int, Course]:
    """Return the course of every measurable goal, or of these, by the goal's id: two statements."""
    of_goals = sa.select(Goal, Programme.starts).join(Programme, Programme.id == Goal.programme_id)
    wanted = Goal.target.is_not(None) if goal_ids is None else Goal.id.in_(list(goal_ids))
    measured = sa.select(Reading.goal_id)
    rows = session.execute(
        of_goals.where(sa.or_(wanted, Goal.id.in_(measured)) if goal_ids is None else wanted)
    )
    found = {
        goal.id: Course(goal.id, goal.unit, goal.base, starts, goal.target, goal.deadline)
        for goal, starts in rows
    }
    points: dict[int, list[Point]] = {}
    for one in session.scalars(
        sa.select(Reading).where(Reading.goal_id.in_(list(found))).order_by(Reading.measured_on)
    ):
        points.setdefault(one.goal_id, []).append(Point(one.measured_on, one.value, one.source, one.id))
    return {
        number: Course(
            goal_id=number, unit=one.unit, base=one.base, base_day=one.base_day, target=one.target,
            deadline=one.deadline, readings=tuple(points.get(number, ())),
        )
        for number, one in found.items()
    }  # fmt: skip


def course(session: Session, goal_id: int) -> Course:
    """Return the course of one goal, whether it is measurable or not."""
    return courses(session, [goal_id])[goal_id]


def _begin(session: Session, staff: StaffMember, goal_id: int) -> tuple[Goal, int]:
    """Return the goal and its group's id; NotAllowed for who no longer works here, NotFound."""
    if staff.disabled_at is not None:
        raise NotAllowed(_("Your account is closed."))
    group_id = session.scalar(sa.select(WorkingGroup.id).where(WorkingGroup.goal_id == goal_id))
    sheets.hold(session, group_id or 0)  # before the goal, as whoever records a new carrier does
    row = session.execute(
        sa.select(Goal, WorkingGroup.id)
        .join(WorkingGroup, WorkingGroup.goal_id == Goal.id)
        .where(Goal.id == goal_id)
        .with_for_update(of=Goal)  # two who enter the same day at once: the second one corrects
    ).first()
    if row is None:
        raise NotFound(_("There is no such goal."))
    return row[0], row[1]


def _day(session: Session, raw: str) -> date:
    """Return the day that somebody wrote; a year or a month is not exact enough to be drawn."""
    day = When.parse(raw.strip()[:80])
    if day.earliest is None or not day.is_exact:
        raise InvalidAnswer(_("Please give a day, for example 31.12.2025."))
    if day.earliest > today_in(session):
        raise InvalidAnswer(_("This day is still to come."))
    return day.earliest


def take(
    session: Session, staff: StaffMember, goal_id: int, value: str, measured_on: str, source: str
) -> Reading:
    """Put a measured figure of a day onto the goal, in the goal's unit; a figure of that day is corrected."""
    goal, group_id = _begin(session, staff, goal_id)
    number, day, said = figures.read(value, goal.unit), _day(session, measured_on), source.strip()
    if not said:
        raise InvalidAnswer(_("Please say where the figure comes from."))
    if len(said) > LONGEST_SOURCE:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=LONGEST_SOURCE))
    known = session.scalars(
        sa.select(Reading).where(Reading.goal_id == goal_id, Reading.measured_on == day)
    ).first()
    before = Figure(known.value, goal.unit).kept() if known else ""
    one = known or Reading(goal_id=goal_id, measured_on=day)
    one.value, one.source, one.staff_id, one.recorded_at = number, said, staff.id, clock.now()
    session.add(one)
    session.flush()
    changes.record(
        session, group_id, Subject.READING, by=Author(staff_id=staff.id), before=before,
        after=Figure(number, goal.unit).kept(), about=day.isoformat(),
    )  # fmt: skip
    return one


def remove(session: Session, staff: StaffMember, goal_id: int, reading_id: int) -> None:
    """Take a figure off the goal; NotFound where it is gone already."""
    goal, group_id = _begin(session, staff, goal_id)
    one = session.get(Reading, reading_id)
    if one is None or one.goal_id != goal_id:
        raise NotFound(_("This figure is not there any more."))
    session.delete(one)
    changes.record(
        session, group_id, Subject.READING, by=Author(staff_id=staff.id),
        before=Figure(one.value, goal.unit).kept(), about=one.measured_on.isoformat(),
    )  # fmt: skip


def set_target(
    session: Session, staff: StaffMember, goal_id: int, *, base: str, target: str, unit: str, deadline: str
) -> None:
    """Say what the goal is measured by: base and target in a unit, "" where there is none, and by when."""
    goal, group_id = _begin(session, staff, goal_id)
    unit = " ".join(unit.split())
    if len(unit) > LONGEST_UNIT:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=LONGEST_UNIT))
    before = _measure(goal)
    goal.base = figures.read(base, unit) if base.strip() else None
    goal.target = figures.read(target, unit) if target.strip() else None
    goal.unit = unit
    if deadline.strip() != goal.deadline.wording:
        goal.deadline = When.parse(deadline.strip()[:80])
    for (about, was), (_about, now) in zip(before, _measure(goal), strict=True):
        changes.record(
            session,
            group_id,
            Subject.TARGET,
            by=Author(staff_id=staff.id),
            before=was,
            after=now,
            about=about,
        )
    session.flush()


def _measure(goal: Goal) -> Sequence[tuple[str, str]]:
    def kept(value: Decimal | None) -> str:
        return Figure(value, goal.unit).kept() if value is not None else ""

    return ((BASE, kept(goal.base)), (TARGET, kept(goal.target)), (DEADLINE, goal.deadline.wording))
