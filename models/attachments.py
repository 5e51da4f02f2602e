"""Attachments: photos, voice notes and documents that people send with a form.

A file is named by a random token. It belongs to a draft or to nothing until its form is sent; then to the
submission. What arrived by Telegram is fetched later, as a job, so that its row exists before its bytes do.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.people import Person
from models.submissions import Submission


class AttachmentKind(StrEnum):
    """What sort of file it is, for those who look at it."""

    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"


class AttachmentState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"  # Telegram has it, we do not yet
    READY = "ready"
    REFUSED = "refused"  # looked at and not taken; `problem` says why
    LOST = "lost"  # Telegram no longer has it, or it never came


class Attachment(Base):
    """One file. `token` names it in answers and addresses; `stored` is its path in the store."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(32), unique=True)
    kind: Mapped[AttachmentKind] = mapped_column(choice_of(AttachmentKind))
    state: Mapped[AttachmentState] = mapped_column(choice_of(AttachmentState))
    problem: Mapped[str] = mapped_column(sa.String(40), default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")  # as the sender called it, cleaned
    caption: Mapped[str] = mapped_column(sa.Text, default="")
    media_type: Mapped[str] = mapped_column(sa.String(80), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes, as stored
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    stored: Mapped[str] = mapped_column(sa.String(80), default="")
    telegram_file: Mapped[str] = mapped_column(sa.String(200), default="")
    telegram_unique: Mapped[str] = mapped_column(sa.String(80), default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Submission.id, ondelete="SET NULL"), index=True
    )
    is_public: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    __table_args__ = (sa.Index("ix_attachments_state_not_before", "state", "not_before"),)
