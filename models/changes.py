"""What changed on a goal sheet: every field, before and after, when and by whom.

Timeline, feed, subscriptions and the history at the desk are all read from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.groups import WorkingGroup
from models.people import Person
from models.sheets import GoalSheet
from models.staff import StaffMember
from models.submissions import Submission
from translations import Text, _


class Subject(StrEnum):
    """Which part of a goal sheet changed."""

    LEAD = "lead"
    PARTICIPANT = "participant"
    INTERIM_TARGET = "interim-target"
    INTERIM_DUE = "interim-due"
    NOTES = "notes"
    MILESTONE = "milestone"  # its measure; added where `before` is empty, removed where `after` is
    MILESTONE_STATE = "milestone-state"
    MILESTONE_DUE = "milestone-due"
    MILESTONE_WEIGHT = "milestone-weight"
    MILESTONE_ORDER = "milestone-order"
    MEETING = "meeting"
    OWNERSHIP = "ownership"
    READING = "reading"
    TARGET = "target"  # base, target, unit or date of the goal's measure
    REPORT = "report"  # an accepted report; `after` is its public wording


SUBJECT_WORDS: dict[Subject, Text] = {
    Subject.LEAD: _("Who leads"),
    Subject.PARTICIPANT: _("Who takes part"),
    Subject.INTERIM_TARGET: _("Interim target"),
    Subject.INTERIM_DUE: _("Interim target, date"),
    Subject.NOTES: _("Notes"),
    Subject.MILESTONE: _("Milestone"),
    Subject.MILESTONE_STATE: _("How far it is"),
    Subject.MILESTONE_DUE: _("Due"),
    Subject.MILESTONE_WEIGHT: _("How much it counts"),
    Subject.MILESTONE_ORDER: _("Order of the milestones"),
    Subject.MEETING: _("Meeting"),
    Subject.OWNERSHIP: _("Carried by"),
    Subject.READING: _("Measured figure"),
    Subject.TARGET: _("Measurable target"),
    Subject.REPORT: _("Report"),
}


class Origin(StrEnum):
    """Where a change comes from. What people changed here is not overwritten by an older file."""

    HERE = "here"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something: a member of staff, a lead, or both (an officer on a lead's behalf)."""

    staff_id: int | None = None
    person_id: int | None = None
    origin: Origin = Origin.HERE


class SheetChange(Base):
    """One field of a goal sheet, before and after. States are stored as their keys, dates as written."""

    __tablename__ = "sheet_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"))
    subject: Mapped[Subject] = mapped_column(choice_of(Subject))
    milestone_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestones.id", ondelete="SET NULL"))
    about: Mapped[str] = mapped_column(sa.Text, default="")  # what it is called: the measure, a name, a day
    before: Mapped[str] = mapped_column(sa.Text, default="")
    after: Mapped[str] = mapped_column(sa.Text, default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Submission.id, ondelete="SET NULL"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    origin: Mapped[Origin] = mapped_column(choice_of(Origin), default=Origin.HERE)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    staff: Mapped[StaffMember | None] = relationship(lazy="raise")

    __table_args__ = (sa.Index("ix_sheet_changes_group_id_id", "group_id", "id"),)


ABOUT_PERSON = "person/"


def about_person(person_id: int) -> str:
    """Return what to write as `about` for a person: not the name, so that it goes when they are erased."""
    return f"{ABOUT_PERSON}{person_id}"


def person_in(about: str) -> int | None:
    """Return the id of the person whom a change is about, if it is about one."""
    return int(about.removeprefix(ABOUT_PERSON)) if about.startswith(ABOUT_PERSON) else None


def record(
    session: Session,
    group_id: int,
    subject: Subject,
    *,
    by: Author,
    before: str = "",
    after: str = "",
    about: str = "",
    reason: str = "",
    milestone_id: int | None = None,
    submission_id: int | None = None,
) -> bool:
    """Note a change in the transaction that makes it; nothing is noted where nothing changed.

    The goal sheet gets a new number, so that who looked at it before does not overwrite the change.
    """
    if before == after and subject is not Subject.REPORT:
        return False
    session.add(
        SheetChange(
            group_id=group_id, subject=subject, milestone_id=milestone_id, about=about, before=before,
            after=after, reason=reason, submission_id=submission_id, staff_id=by.staff_id,
            person_id=by.person_id, origin=by.origin, at=clock.now(),
        )
    )  # fmt: skip
    session.execute(
        sa.update(GoalSheet)
        .where(GoalSheet.group_id == group_id)
        .values(version=GoalSheet.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    return True


def of_group(session: Session, group_id: int, *, limit: int = 100) -> Sequence[SheetChange]:
    """Return what changed on a group's goal sheet, the newest first."""
    return session.scalars(
        sa.select(SheetChange)
        .where(SheetChange.group_id == group_id)
        .order_by(SheetChange.id.desc())
        .limit(limit)
    ).all()


def of_person(session: Session, person_id: int) -> Sequence[SheetChange]:
    """Return what a person has changed on goal sheets, the oldest first."""
    return session.scalars(
        sa.select(SheetChange).where(SheetChange.person_id == person_id).order_by(SheetChange.id)
    ).all()
