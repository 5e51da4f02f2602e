"""Photos of the flip-charts of a workshop: everybody sees them once the office has released them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import attachments, workshop_sheets, workshop_writing
from models.attachments import Attachment, AttachmentState
from models.db import Base
from models.errors import InvalidAnswer, NotAllowed, NotFound
from models.events import Event, Workshop
from models.staff import OFFICE, StaffMember
from translations import _

MOST = 10  # of one workshop


class WorkshopPicture(Base):
    """A photo that belongs to a workshop; whether everybody sees it, its attachment says."""

    __tablename__ = "workshop_pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(sa.ForeignKey(Workshop.id, ondelete="CASCADE"), index=True)
    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey(Attachment.id, ondelete="CASCADE"), unique=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo with the number of its row."""

    id: int
    workshop_id: int
    file: Attachment


def add(session: Session, workshop_id: int, attachment_id: int, *, by: StaffMember) -> WorkshopPicture:
    """Give a photo that has been taken in to its workshop; nobody else sees it yet."""
    workshop_sheets.of_desk(session, workshop_id, by)
    workshop_sheets.held(session, workshop_id)
    if len(of_workshop(session, workshop_id)) >= MOST:
        raise InvalidAnswer(_("Please send at most {n} files at once.")(n=MOST))
    made = WorkshopPicture(workshop_id=workshop_id, attachment_id=attachment_id, staff_id=by.id)
    session.add(made)
    workshop_writing.grow(session, workshop_id)
    return made


def of_workshop(session: Session, workshop_id: int) -> list[Picture]:
    """Return the photos of a workshop, the first one first: one statement."""
    return _read(session, WorkshopPicture.workshop_id == workshop_id)


def public_of_group(session: Session, group_id: int) -> list[Picture]:
    """Return the photos of a group's workshops that everybody may see: one statement."""
    mine = sa.select(Workshop.id).where(Workshop.group_id == group_id)
    return _read(session, WorkshopPicture.workshop_id.in_(mine), Attachment.is_public.is_(True))


def public_of_event(session: Session, event_id: int) -> list[Picture]:
    """Return the photos of an event's workshops that everybody may see: one statement."""
    its = sa.select(Workshop.id).where(Workshop.event_id == event_id)
    return _read(session, WorkshopPicture.workshop_id.in_(its), Attachment.is_public.is_(True))


def set_public(
    session: Session, workshop_id: int, picture_id: int, *, is_public: bool, by: StaffMember
) -> None:
    """Let everybody see a photo, or no longer: the office decides."""
    if by.role not in OFFICE:
        raise NotAllowed(_("Only the office can do this."))
    _one(session, workshop_id, picture_id).file.is_public = is_public
    workshop_writing.grow(session, workshop_id)


def remove(session: Session, workshop_id: int, picture_id: int, *, by: StaffMember) -> None:
    """Let go of a photo; of one that everybody sees, the office only."""
    workshop_sheets.of_desk(session, workshop_id, by)
    found = _one(session, workshop_id, picture_id)
    if found.file.is_public and by.role not in OFFICE:
        raise NotAllowed(_("Only the office can do this."))
    _let_go(session, [found])
    workshop_writing.grow(session, workshop_id)


def of_events_until(day: date) -> sa.Select[int]:
    """Select the photos that nobody has released, of workshops whose event was on this day or before."""
    return (
        sa.select(WorkshopPicture.id)
        .join(Attachment, Attachment.id == WorkshopPicture.attachment_id)
        .join(Workshop, Workshop.id == WorkshopPicture.workshop_id)
        .join(Event, Event.id == Workshop.event_id)
        .where(
            Event.held_on <= day, Attachment.is_public.is_(False), Attachment.state == AttachmentState.READY
        )
    )


def forget_old(session: Session, picture_ids: Sequence[int]) -> None:
    """Let go of photos that nobody has released."""
    still = Attachment.is_public.is_(False)
    _let_go(session, _read(session, WorkshopPicture.id.in_(picture_ids), still))


def keeps() -> sa.ColumnElement[bool]:
    """Return the condition that an attachment belongs to a workshop."""
    return sa.select(WorkshopPicture.id).where(WorkshopPicture.attachment_id == Attachment.id).exists()


def _let_go(session: Session, pictures: Sequence[Picture]) -> None:
    numbers = [one.file.id for one in pictures]
    session.execute(
        sa.delete(WorkshopPicture)
        .where(WorkshopPicture.attachment_id.in_(numbers))
        .execution_options(synchronize_session=False)
    )
    attachments.forget(session, Attachment.id.in_(numbers))


def _one(session: Session, workshop_id: int, picture_id: int) -> Picture:
    found = _read(session, WorkshopPicture.workshop_id == workshop_id, WorkshopPicture.id == picture_id)
    if not found:
        raise NotFound(_("This picture is no longer there. Please choose it once more."))
    return found[0]


def _read(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Picture]:
    rows = session.execute(
        sa.select(WorkshopPicture.id, WorkshopPicture.workshop_id, Attachment)
        .join(Attachment, Attachment.id == WorkshopPicture.attachment_id)
        .where(*conditions, Attachment.state == AttachmentState.READY)
        .order_by(WorkshopPicture.id)
    )
    return [Picture(*row) for row in rows]
