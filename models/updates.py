"""Updates: what the office or a lead writes once for many people, in several languages."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.attachments import Attachment
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import NotFound
from models.groups import WorkingGroup
from models.people import Person
from models.staff import StaffMember
from translations import Localised, Text, _


class UpdateState(StrEnum):
    """Where an update stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # for a second officer's release
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"


UPDATE_WORDS: dict[UpdateState, Text] = {
    UpdateState.DRAFT: _("Draft"),
    UpdateState.WAITING: _("Waits for release"),
    UpdateState.SCHEDULED: _("Planned"),
    UpdateState.SENDING: _("Is being sent"),
    UpdateState.SENT: _("Sent"),
    UpdateState.CANCELLED: _("Stopped"),
}


class ButtonKind(StrEnum):
    """What the button below an update leads to."""

    NONE = "none"
    JOIN = "join"  # joining a group; target: its code
    REPORT = "report"  # reporting progress; target: the group's code
    FORM = "form"  # any other form; target: its slug
    GROUP = "group"  # a group's page; target: its number
    EVENT = "event"  # an event's page; target: its code
    SHEETS = "sheets"  # the goal sheets of a guest's own groups; target: the event's code
    LINK = "link"  # any page; target: an https address


class Update(Base):
    """One update. Its words are the office's; `source` is the language in which they were written first."""

    __tablename__ = "updates"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[UpdateState] = mapped_column(choice_of(UpdateState), index=True)
    source: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[Localised]
    body: Mapped[Localised]  # Markdown, as `models.markup` reads it
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Attachment.id, ondelete="SET NULL"))
    picture_words: Mapped[Localised]  # what the picture shows, for who does not see it
    button: Mapped[ButtonKind] = mapped_column(choice_of(ButtonKind))
    button_target: Mapped[str] = mapped_column(sa.String(300), default="")
    button_label: Mapped[Localised]
    audience: Mapped[dict[str, Any]]
    is_public: Mapped[bool] = mapped_column(default=True)  # stands on the news page once it is sent
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey(WorkingGroup.id))  # a lead's: its only group
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    send_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)  # of the row: nobody overwrites anybody
    edition: Mapped[int] = mapped_column(default=1)  # of what was sent: each correction is one more


class UpdateGroup(Base):
    """A group of which an update tells, for its page and its feed."""

    __tablename__ = "update_groups"

    update_id: Mapped[int] = mapped_column(sa.ForeignKey(Update.id, ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"), primary_key=True, index=True
    )


class StepKind(StrEnum):
    """What somebody did with an update."""

    BEGUN = "begun"
    CHANGED = "changed"
    ASKED = "asked"  # for the release
    GIVEN_BACK = "given-back"  # instead of a release; the words say why
    RELEASED = "released"
    PLANNED = "planned"  # for later
    TAKEN_BACK = "taken-back"  # before anything was sent
    SENT = "sent"  # the sending began
    STOPPED = "stopped"  # while it was being sent
    CORRECTED = "corrected"
    TESTED = "tested"  # sent to the tester alone
    RETRIED = "retried"  # what had failed


STEP_WORDS: dict[StepKind, Text] = {
    StepKind.BEGUN: _("Begun"),
    StepKind.CHANGED: _("Changed"),
    StepKind.ASKED: _("Release asked for"),
    StepKind.GIVEN_BACK: _("Given back"),
    StepKind.RELEASED: _("Released"),
    StepKind.PLANNED: _("Planned"),
    StepKind.TAKEN_BACK: _("Taken back"),
    StepKind.SENT: _("Sending began"),
    StepKind.STOPPED: _("Stopped"),
    StepKind.CORRECTED: _("Corrected"),
    StepKind.TESTED: _("Test sent"),
    StepKind.RETRIED: _("Failed ones tried again"),
}


class UpdateStep(Base):
    """One thing that somebody did with an update; neither for what the clock did by itself."""

    __tablename__ = "update_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(sa.ForeignKey(Update.id, ondelete="CASCADE"), index=True)
    kind: Mapped[StepKind] = mapped_column(choice_of(StepKind))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def get(session: Session, number: int) -> Update:
    """Return an update; NotFound in plain words where there is none."""
    found = session.get(Update, number)
    if found is None:
        raise NotFound(_("There is no such update."))
    return found


def note(
    session: Session,
    update_id: int,
    kind: StepKind,
    *,
    staff_id: int | None = None,
    person_id: int | None = None,
    words: str = "",
) -> None:
    """Note what was done, in the transaction that does it."""
    session.add(
        UpdateStep(
            update_id=update_id, kind=kind, staff_id=staff_id, person_id=person_id, words=words[:500],
            at=clock.now(),
        )
    )  # fmt: skip
    session.flush()


def note_change(session: Session, update_id: int, *, staff_id: int | None, person_id: int | None) -> None:
    """Note that somebody changed an update; one who saves again is noted once, with the last time."""
    last = session.scalars(
        sa.select(UpdateStep).where(UpdateStep.update_id == update_id).order_by(UpdateStep.id.desc()).limit(1)
    ).first()
    if last is not None and (last.kind, last.staff_id, last.person_id) == (
        StepKind.CHANGED, staff_id, person_id,
    ):  # fmt: skip
        last.at = clock.now()
        session.flush()
        return
    note(session, update_id, StepKind.CHANGED, staff_id=staff_id, person_id=person_id)


def of_person(session: Session, person_id: int) -> list[Update]:
    """Return the updates that a person has written, the oldest first."""
    return list(
        session.scalars(sa.select(Update).where(Update.person_id == person_id).order_by(Update.id)).all()
    )
