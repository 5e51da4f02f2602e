"""Goal sheets: what a group has agreed, its milestones and its meetings."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, composite, mapped_column, relationship

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.when import When
from translations import _


class GoalSheet(Base):
    """What a group has agreed: who leads, who takes part, what comes first."""

    __tablename__ = "goal_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("working_groups.id", ondelete="CASCADE"), unique=True)
    lead_organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    interim_target: Mapped[str] = mapped_column(sa.Text, default="")
    interim_due: Mapped[When] = composite(
        When.from_parts,
        mapped_column("interim_due_wording", sa.String(200), default=""),
        mapped_column("interim_due_earliest", sa.Date, nullable=True),
        mapped_column("interim_due_latest", sa.Date, nullable=True),
    )
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)  # grows with every edit, so that two do not overwrite

    participants: Mapped[list["Participant"]] = relationship(order_by="Participant.position", lazy="raise")
    milestones: Mapped[list["Milestone"]] = relationship(order_by="Milestone.position", lazy="raise")
    meetings: Mapped[list["Meeting"]] = relationship(order_by="Meeting.id", lazy="raise")


class ParticipantKind(StrEnum):
    """Whether a name on a goal sheet is an organisation's or a person's."""

    ORGANISATION = "organisation"
    PERSON = "person"


class Participant(Base):
    """Somebody named on a goal sheet, as written there: mostly an organisation."""

    __tablename__ = "participants"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey(GoalSheet.id, ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    confirmed: Mapped[bool] = mapped_column(default=True)
    kind: Mapped[ParticipantKind] = mapped_column(
        choice_of(ParticipantKind), default=ParticipantKind.ORGANISATION
    )

    __table_args__ = (sa.UniqueConstraint("sheet_id", "position"),)


class MilestoneState(StrEnum):
    """How far a milestone is."""

    NOT_BEGUN = "not-begun"
    UNDER_WAY = "under-way"
    DONE = "done"
    STUCK = "stuck"
    DROPPED = "dropped"


MILESTONE_WORDS = {
    MilestoneState.NOT_BEGUN: _("Not begun"),
    MilestoneState.UNDER_WAY: _("Under way"),
    MilestoneState.DONE: _("Done"),
    MilestoneState.STUCK: _("Stuck"),
    MilestoneState.DROPPED: _("Dropped"),
}


class Milestone(Base):
    """A measure of a goal sheet with its due date as people wrote it."""

    __tablename__ = "milestones"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey(GoalSheet.id, ondelete="CASCADE"))
    position: Mapped[int]
    measure: Mapped[str] = mapped_column(sa.Text)
    due: Mapped[When] = composite(
        When.from_parts,
        mapped_column("due_wording", sa.String(200), default=""),
        mapped_column("due_earliest", sa.Date, nullable=True),
        mapped_column("due_latest", sa.Date, nullable=True, index=True),
    )
    report_due: Mapped[When] = composite(
        When.from_parts,
        mapped_column("report_due_wording", sa.String(200), default=""),
        mapped_column("report_due_earliest", sa.Date, nullable=True),
        mapped_column("report_due_latest", sa.Date, nullable=True),
    )
    state: Mapped[MilestoneState] = mapped_column(choice_of(MilestoneState), default=MilestoneState.NOT_BEGUN)
    weight: Mapped[int] = mapped_column(default=1)  # how much it counts beside the goal's other milestones
    dropped_reason: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (sa.UniqueConstraint("sheet_id", "position"),)


class MeetingState(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Meeting(Base):
    """An agreed meeting of a group. `held_on` is the day it must be where the writing slipped."""

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey(GoalSheet.id, ondelete="CASCADE"))
    held: Mapped[When] = composite(
        When.from_parts,
        mapped_column("held_wording", sa.String(200), default=""),
        mapped_column("held_earliest", sa.Date, nullable=True),
        mapped_column("held_latest", sa.Date, nullable=True),
    )
    starts: Mapped[str] = mapped_column(sa.String(5), default="")
    ends: Mapped[str] = mapped_column(sa.String(5), default="")
    place: Mapped[str] = mapped_column(sa.String(300), default="")
    state: Mapped[MeetingState] = mapped_column(choice_of(MeetingState), default=MeetingState.PLANNED)
    agenda: Mapped[str] = mapped_column(sa.Text, default="")
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # tags of those spoken there
    minutes: Mapped[str] = mapped_column(sa.Text, default="")
    decisions: Mapped[str] = mapped_column(sa.Text, default="")
    present: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0)  # of the calendar entry, RFC 5545 §3.8.7.4
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )

    __table_args__ = (sa.UniqueConstraint("sheet_id", "held_wording"),)


def hold(session: Session, group_id: int) -> None:
    """Let nobody else change this group's goal sheet, milestones and meetings until the transaction ends.

    Whoever changes any of them holds the sheet first: what is read after that is as it is, and two who work
    at once wait for each other instead of waiting in a ring.
    """
    session.execute(sa.select(GoalSheet.id).where(GoalSheet.group_id == group_id).with_for_update())
