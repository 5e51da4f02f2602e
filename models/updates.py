"""Updates: what the office or a lead writes once for many people, in several languages."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.attachments import Attachment
from models.columns import UTCDateTime, choice_of
from models.db import Base
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
