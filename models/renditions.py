"""Renditions: what somebody has put into another language, from the proposal to the approval.

An approved rendition stands in the subject's own words too, so that readers need no second look-up. Where the
source has changed since, its mark differs, and the rendition counts as outdated.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.staff import StaffMember


class RenditionState(StrEnum):
    """Where a rendition stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Rendition(Base):
    """The words of one subject in one language; `words` has the text of each of its parts."""

    __tablename__ = "renditions"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24))  # update, goal, …
    subject_id: Mapped[int]
    tag: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[dict[str, Any]]
    source_mark: Mapped[str] = mapped_column(sa.String(64))  # a hash of the source when this was written
    state: Mapped[RenditionState] = mapped_column(choice_of(RenditionState))
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was sent back
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id", "tag"),
        sa.Index("ix_renditions_tag_state", "tag", "state"),
    )
