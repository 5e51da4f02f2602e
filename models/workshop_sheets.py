"""What is written at a workshop's desk, and by whom: tables, who may write there, and what stands there now.

Each field has a version of its own, so that several people can write at once. Words that somebody else has
written over are kept beside the field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.columns import UTCDateTime
from models.db import Base
from models.errors import NotAllowed, NotFound
from models.events import Event, Workshop
from models.people import Person
from models.sheets import Milestone
from models.staff import OFFICE, StaffMember, StaffRole
from translations import Text, _

STEPS, MOST_STEPS = 3, 20
ANSWERS = ("where", "when", "who", "how", "notes")
STEP_PARTS = ("what", "due", "by")
QUESTIONS: dict[str, Text] = {
    "where": _("Where?"), "when": _("When?"), "who": _("Who?"), "how": _("How?"), "notes": _("Notes"),
}  # fmt: skip


class WorkshopSheet(Base):
    """What is known of a workshop's desk as a whole; whoever writes there holds this row.

    `revision` grows with everything that changes, so that tablets can ask whether anything has. `put_notes`
    are the words that were put on the goal sheet last. What stands in a step that was taken out is kept.
    """

    __tablename__ = "workshop_sheets"

    workshop_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Workshop.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    revision: Mapped[int] = mapped_column(default=1)
    steps: Mapped[int] = mapped_column(default=STEPS)
    removed: Mapped[list[int]] = mapped_column(sa.JSON, default=list)  # steps that were taken out
    put_notes: Mapped[str] = mapped_column(sa.Text, default="")
    put_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    put_by: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))


class WorkshopField(Base):
    """The words in a field: an answer, or a part of a step ("what-2"). `writer`: from which page."""

    __tablename__ = "workshop_fields"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(sa.ForeignKey(Workshop.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    writer: Mapped[str] = mapped_column(sa.String(32), default="")
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("workshop_id", "name"),)


class WorkshopEarlier(Base):
    """Words of a field that somebody else has written over: nothing is thrown away."""

    __tablename__ = "workshop_earlier"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(sa.ForeignKey(Workshop.id, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str] = mapped_column(sa.Text)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class WorkshopStep(Base):
    """The milestone that a step has become, with its words as they were put there."""

    __tablename__ = "workshop_steps"

    workshop_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Workshop.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    milestone_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Milestone.id, ondelete="SET NULL"), index=True
    )
    measure: Mapped[str] = mapped_column(sa.Text)
    due: Mapped[str] = mapped_column(sa.String(200), default="")


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a field as they are now, by whom, in which version; 0 where nobody has written yet."""

    words: str = ""
    version: int = 0
    by: str = ""
    writer: str = ""
    at: datetime | None = None


NOTHING = Written()


def taken_out(sheet: WorkshopSheet | None) -> frozenset[int]:
    """Return the numbers of the steps that were taken out."""
    return frozenset(sheet.removed if sheet else ())


def parts_of(step: int) -> list[str]:
    """Return the names of the fields of a step."""
    return [f"{part}-{step}" for part in STEP_PARTS]


def put_steps(session: Session, workshop_id: int) -> frozenset[int]:
    """Return the numbers of the steps that have become milestones which are still on the goal sheet."""
    wanted = sa.select(WorkshopStep.number).where(
        WorkshopStep.workshop_id == workshop_id, WorkshopStep.milestone_id.is_not(None)
    )
    return frozenset(session.scalars(wanted))


def names(steps: int) -> list[str]:
    """Return the names of all fields of a desk with so many steps."""
    return [*ANSWERS, *(f"{part}-{n}" for n in range(1, steps + 1) for part in STEP_PARTS)]


def may_write(workshop: Workshop, member: StaffMember) -> bool:
    """Return whether somebody may write at a workshop's desk: who moderates it, and the office."""
    if member.disabled_at is not None:
        return False
    moderates = member.role is StaffRole.MODERATOR and workshop.moderator_id == member.id
    return member.role in OFFICE or moderates


def of_desk(session: Session, workshop_id: int, by: StaffMember) -> Workshop:
    """Return a workshop to who may write at its desk; NotFound and NotAllowed in plain words."""
    found = session.get(Workshop, workshop_id)
    if found is None:
        raise NotFound(_("There is no such workshop."))
    if not may_write(found, by):
        raise NotAllowed(_("Only who moderates this workshop and the office can write here."))
    return found


def listed(
    session: Session, by: StaffMember, event_id: int | None = None
) -> Sequence[tuple[Workshop, Event]]:
    """Return the workshops at whose desks somebody may write, the latest event first."""
    wanted = (
        sa.select(Workshop, Event)
        .join(Event, Event.id == Workshop.event_id)
        .order_by(Event.held_on.desc(), Event.id.desc(), Workshop.phase, Workshop.position)
    )
    if by.role not in OFFICE:
        wanted = wanted.where(Workshop.moderator_id == by.id)
    if event_id is not None:
        wanted = wanted.where(Workshop.event_id == event_id)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def sheet(session: Session, workshop_id: int) -> WorkshopSheet | None:
    """Return what is known of a workshop's desk, None where nobody has written yet."""
    return session.get(WorkshopSheet, workshop_id)


def held(session: Session, workshop_id: int) -> WorkshopSheet:
    """Return it, held until the transaction ends; made where there is none, of two at once by one."""
    wanted = (
        sa.select(WorkshopSheet)
        .where(WorkshopSheet.workshop_id == workshop_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted).first()
    if found is None:
        try:
            with session.begin_nested():
                session.add(
                    WorkshopSheet(workshop_id=workshop_id, revision=0, steps=STEPS, removed=[], put_notes="")
                )
        except IntegrityError:
            pass  # somebody else was quicker, and we wait for them
        found = session.scalars(wanted).one()
    return found


def fields(session: Session, workshop_id: int) -> dict[str, Written]:
    """Return the words of a desk by the names of their fields: one statement."""
    rows = session.execute(
        sa.select(WorkshopField, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == WorkshopField.staff_id)
        .where(WorkshopField.workshop_id == workshop_id)
    )
    return {
        one.name: Written(one.words, one.version, by or "", one.writer, one.changed_at) for one, by in rows
    }


def earlier(session: Session, workshop_id: int) -> dict[str, list[tuple[WorkshopEarlier, str]]]:
    """Return what was written over, by field, with whose it was, the latest first: one statement."""
    found: dict[str, list[tuple[WorkshopEarlier, str]]] = {}
    rows = session.execute(
        sa.select(WorkshopEarlier, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == WorkshopEarlier.staff_id)
        .where(WorkshopEarlier.workshop_id == workshop_id)
        .order_by(WorkshopEarlier.id.desc())
    )
    for one, by in rows:
        found.setdefault(one.name, []).append((one, by or ""))
    return found


def has_words(session: Session, workshop_id: int) -> bool:
    """Return whether anything has been written at a workshop's desk."""
    wanted = sa.select(WorkshopField.id).where(
        WorkshopField.workshop_id == workshop_id, WorkshopField.words != ""
    )
    return session.scalar(wanted.limit(1)) is not None


def of_event(session: Session, event_id: int) -> dict[int, dict[str, str]]:
    """Return what was written in all workshops of an event, by workshop and field: two statements.

    What stands in steps that were taken out is left out.
    """
    found: dict[int, dict[str, str]] = {}
    rows = session.execute(
        sa.select(WorkshopField.workshop_id, WorkshopField.name, WorkshopField.words)
        .join(Workshop, Workshop.id == WorkshopField.workshop_id)
        .where(Workshop.event_id == event_id, WorkshopField.words != "")
    )
    out = session.execute(
        sa.select(WorkshopSheet.workshop_id, WorkshopSheet.removed)
        .join(Workshop, Workshop.id == WorkshopSheet.workshop_id)
        .where(Workshop.event_id == event_id)
    )
    removed = {(number, step) for number, steps in out for step in steps}
    for workshop_id, name, words in rows:
        if (workshop_id, step_of(name)) not in removed:
            found.setdefault(workshop_id, {})[name] = words
    return found


def step_of(name: str) -> int:
    """Return the number of the step of which a field is a part; 0 for an answer."""
    _part, _dash, number = name.partition("-")
    return int(number) if number else 0


def forget(session: Session, person: Person) -> None:
    """Take a person's name out of the fields that say who does a step, where it is all that stands there."""
    if not person.name:
        return
    for table in (WorkshopField, WorkshopEarlier):
        session.execute(
            sa.update(table)
            .where(table.name.like("by-%"), table.words == person.name)
            .values(words="")
            .execution_options(synchronize_session=False)
        )


def of_events_until(day: date) -> sa.Select[int]:
    """Select the workshops with words whose event was on this day or before."""
    return (
        sa.select(WorkshopSheet.workshop_id)
        .join(Workshop, Workshop.id == WorkshopSheet.workshop_id)
        .join(Event, Event.id == Workshop.event_id)
        .where(Event.held_on <= day)
    )


def forget_old(session: Session, workshop_ids: Sequence[int]) -> None:
    """Let go of what was written in workshops; what has been put on the goal sheet stays there."""
    for table in (WorkshopField, WorkshopEarlier, WorkshopStep, WorkshopSheet):
        session.execute(
            sa.delete(table)
            .where(table.workshop_id.in_(workshop_ids))
            .execution_options(synchronize_session=False)
        )
