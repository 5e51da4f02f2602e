"""Progress: what people report on milestones, and what of it the office has made public."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, composite, joinedload, mapped_column, relationship

from models import changes, clock
from models.changes import Author, SheetChange, Subject
from models.columns import UTCDateTime, choice_of
from models.db import Base, today_in
from models.groups import WorkingGroup
from models.sheets import GoalSheet, Milestone, MilestoneState, hold
from models.submissions import Submission
from models.when import When
from translations import SOURCE, Localised

SILENCE = timedelta(days=183)
# Figures are measured, and carriers decided on, by others: neither says that the group is at work.
NOT_FROM_THE_GROUP = (Subject.READING, Subject.TARGET, Subject.OWNERSHIP)
_COUNTED = (
    "total", "done", "under_way", "stuck", "overdue", "dropped", "weight", "weight_done", "weight_under_way",
)  # fmt: skip


class ProgressReport(Base):
    """What somebody reported on a milestone (or on none); `public` is the wording that everybody may read.

    The reporter's own words stay with the submission and are never shown in public.
    """

    __tablename__ = "progress_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id))
    milestone_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Milestone.id, ondelete="SET NULL"))
    state: Mapped[MilestoneState | None] = mapped_column(choice_of(MilestoneState))
    new_due: Mapped[When] = composite(
        When.from_parts,
        mapped_column("new_due_wording", sa.String(200), default=""),
        mapped_column("new_due_earliest", sa.Date, nullable=True),
        mapped_column("new_due_latest", sa.Date, nullable=True),
    )
    happened: Mapped[str] = mapped_column(sa.Text, default="")  # where one form reports on many milestones
    needed: Mapped[str] = mapped_column(sa.Text, default="")
    public: Mapped[Localised]
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    milestone: Mapped[Milestone | None] = relationship(lazy="raise")

    __table_args__ = (
        sa.UniqueConstraint("submission_id", "milestone_id"),
        sa.Index("ix_progress_reports_group_id", "group_id", "published_at"),
    )


# One row from the end of an index for each group, however long its history is.
_LAST_CHANGE = (
    sa.select(SheetChange.at)
    .where(SheetChange.group_id == WorkingGroup.id, SheetChange.subject.not_in(NOT_FROM_THE_GROUP))
    .order_by(SheetChange.id.desc())
    .limit(1)
    .correlate(WorkingGroup)
    .scalar_subquery()
)
_LAST_REPORT = (
    sa.select(sa.func.max(ProgressReport.published_at))
    .where(ProgressReport.group_id == WorkingGroup.id)
    .correlate(WorkingGroup)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Change:
    """What accepting a report changes on the goal sheet: the state and the due date, before and after."""

    measure: str
    state: tuple[MilestoneState, MilestoneState] | None
    due: tuple[When, When] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a group's milestones are on a day. Dropped ones are named and count for nothing else.

    The shares are of the milestones' weights; who only reads the counts reads each milestone as one.
    """

    total: int = 0
    done: int = 0
    under_way: int = 0
    stuck: int = 0
    overdue: int = 0
    dropped: int = 0
    weight: int = 0
    weight_done: int = 0
    weight_under_way: int = 0
    silent_since: datetime | None = None  # the group's last report or change; None: nothing heard yet

    @property
    def share_done(self) -> float:
        """Return how much is done, in percent of all weights."""
        return 100 * self.weight_done / self.weight if self.weight else 0.0

    @property
    def share_under_way(self) -> float:
        """Return how much is under way, in percent of all weights; it counts as nothing done yet."""
        return 100 * self.weight_under_way / self.weight if self.weight else 0.0

    @property
    def is_weighted(self) -> bool:
        """Tell whether the milestones count differently, so that bar and counts may differ."""
        return self.weight != self.total

    @property
    def is_done(self) -> bool:
        """Tell whether there are milestones and all of them are done."""
        return 0 < self.total == self.done

    def is_silent(self, now: datetime) -> bool:
        """Tell whether nothing has been heard for half a year, which is as often as rounds ask."""
        return self.silent_since is None or self.silent_since <= now - SILENCE


def together(standings: Iterable[Standing]) -> Standing:
    """Return several standings as one; heard of is the group that spoke last."""
    found = list(standings)
    heard = [one.silent_since for one in found if one.silent_since]
    counted = {name: sum(getattr(one, name) for one in found) for name in _COUNTED}
    return Standing(**counted, silent_since=max(heard) if heard else None)


def milestones_of(session: Session, group_id: int, *, dropped: bool = False) -> Sequence[Milestone]:
    """Return the milestones of a group that can be reported on, in their order; or those `dropped`."""
    is_dropped = Milestone.state == MilestoneState.DROPPED
    return session.scalars(
        sa.select(Milestone)
        .join(GoalSheet, GoalSheet.id == Milestone.sheet_id)
        .where(GoalSheet.group_id == group_id, is_dropped if dropped else ~is_dropped)
        .order_by(Milestone.position)
    ).all()


def report(
    session: Session,
    *,
    submission_id: int,
    group_id: int,
    milestone_id: int | None,
    state: MilestoneState | None,
    new_due: When,
    happened: str = "",
    needed: str = "",
) -> ProgressReport:
    """Store a report; nothing on the goal sheet changes before the office accepts it."""
    made = ProgressReport(
        submission_id=submission_id, group_id=group_id, milestone_id=milestone_id, state=state,
        new_due=new_due, happened=happened, needed=needed, public=Localised({}), published_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def of_submission(session: Session, submission_id: int) -> Sequence[ProgressReport]:
    """Return the reports that came with a submission: one, or one per milestone in a status round."""
    return of_submissions(session, [submission_id])


def of_submissions(session: Session, submission_ids: Sequence[int]) -> Sequence[ProgressReport]:
    """Return the reports that came with several submissions, in the order in which they came."""
    return session.scalars(
        sa.select(ProgressReport)
        .where(ProgressReport.submission_id.in_(submission_ids))
        .order_by(ProgressReport.id)
        .options(joinedload(ProgressReport.milestone))
    ).all()


def change_of(one: ProgressReport) -> Change | None:
    """Return what accepting the report changes, or nothing where it is about no milestone.

    A milestone that has been dropped since stays so: to take it up again is a decision of its own.
    """
    milestone = one.milestone
    if milestone is None or milestone.state is MilestoneState.DROPPED:
        return None
    moved = one.state is not None and one.state is not milestone.state
    state = (milestone.state, one.state) if moved and one.state else None
    due = (milestone.due, one.new_due) if one.new_due and one.new_due != milestone.due else None
    return Change(milestone.measure, state, due)


def publish(session: Session, one: ProgressReport, public: Localised, *, by: Author) -> None:
    """Bring an accepted report onto the goal sheet, with the office's wording for everybody."""
    hold(session, one.group_id)
    milestone = one.milestone
    if milestone is not None:
        session.refresh(milestone)  # as it is now, and not as it was when the entry was read
        _move(session, one, milestone, by)
    one.public = public
    one.published_at = clock.now()
    about = milestone.measure if milestone else ""
    changes.record(
        session, one.group_id, Subject.REPORT, by=by, after=public.to(SOURCE), about=about,
        milestone_id=one.milestone_id, submission_id=one.submission_id,
    )  # fmt: skip
    session.flush()


def _move(session: Session, one: ProgressReport, milestone: Milestone, by: Author) -> None:
    """Give the milestone the state and the date of the report, and note both in the sheet's history."""
    if milestone.state is MilestoneState.DROPPED:
        return
    noted: list[tuple[Subject, str, str]] = []
    if one.state is not None:
        noted.append((Subject.MILESTONE_STATE, milestone.state.value, one.state.value))
        milestone.state = one.state
    if one.new_due:
        noted.append((Subject.MILESTONE_DUE, milestone.due.wording, one.new_due.wording))
        milestone.due = one.new_due
    for subject, before, after in noted:
        changes.record(
            session, one.group_id, subject, by=by, before=before, after=after, about=milestone.measure,
            milestone_id=milestone.id, submission_id=one.submission_id,
        )  # fmt: skip


def published(session: Session, group_id: int) -> Sequence[ProgressReport]:
    """Return the public reports of a group, the newest first."""
    return session.scalars(
        sa.select(ProgressReport)
        .where(ProgressReport.group_id == group_id, ProgressReport.published_at.is_not(None))
        .order_by(ProgressReport.published_at.desc(), ProgressReport.id.desc())
        .limit(100)
        .options(joinedload(ProgressReport.milestone))
    ).all()


def standings(
    session: Session, today: date | None = None, *, group_id: int | None = None
) -> dict[int, Standing]:
    """Return how far each group is today, by its id: one statement for the programme or for one group."""
    rows = session.execute(_standing_rows(today or today_in(session), group_id))
    found = {}
    for number, *counts, change, last in rows:
        counted = {name: int(count or 0) for name, count in zip(_COUNTED, counts, strict=True)}
        found[number] = Standing(**counted, silent_since=_later(change, last))
    return found


def _standing_rows(today: date, group_id: int | None) -> sa.Select[*tuple[Any, ...]]:
    counts, state = Milestone.state != MilestoneState.DROPPED, Milestone.state
    open_states = [MilestoneState.NOT_BEGUN, MilestoneState.UNDER_WAY, MilestoneState.STUCK]
    late = sa.and_(state.in_(open_states), Milestone.__table__.c.due_latest < today)

    def number(condition: sa.ColumnElement[bool], each: Any = 1) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, each), else_=0))

    statement = (
        sa.select(
            WorkingGroup.id, number(counts), number(state == MilestoneState.DONE),
            number(state == MilestoneState.UNDER_WAY), number(state == MilestoneState.STUCK), number(late),
            number(state == MilestoneState.DROPPED), number(counts, Milestone.weight),
            number(state == MilestoneState.DONE, Milestone.weight),
            number(state == MilestoneState.UNDER_WAY, Milestone.weight), _LAST_CHANGE, _LAST_REPORT,
        )
        .outerjoin(GoalSheet, GoalSheet.group_id == WorkingGroup.id)
        .outerjoin(Milestone, Milestone.sheet_id == GoalSheet.id)
        .group_by(WorkingGroup.id)
    )  # fmt: skip
    return statement if group_id is None else statement.where(WorkingGroup.id == group_id)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def forget(session: Session, submission_ids: sa.Select[int] | Collection[int]) -> None:
    """Remove a reporter's own words from their reports; what the office made public of them stays."""
    session.execute(
        sa.update(ProgressReport)
        .where(ProgressReport.submission_id.in_(submission_ids))
        .values(happened="", needed="")
        .execution_options(synchronize_session=False)
    )
