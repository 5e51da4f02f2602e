"""Broadcasts: one row and a cursor for a message to many, however many they are.

The courier turns a broadcast into deliveries, a few hundred at a time, so nothing ever waits for all of them.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.outbox import Message
from models.updates import Update


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    RUNNING = "running"
    DONE = "done"  # everybody has a delivery; these may still be on their way
    CANCELLED = "cancelled"


class Broadcast(Base):
    """A message on its way to an audience. `cursor` is the last person who has got a delivery."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(sa.ForeignKey(Update.id, ondelete="CASCADE"))
    edition: Mapped[int]
    message_id: Mapped[int] = mapped_column(sa.ForeignKey(Message.id, ondelete="CASCADE"), index=True)
    audience: Mapped[dict[str, Any]]  # as it was when the broadcast began
    state: Mapped[BroadcastState] = mapped_column(choice_of(BroadcastState), index=True)
    cursor: Mapped[int] = mapped_column(default=0)
    planned: Mapped[int] = mapped_column(default=0)  # recipients, counted when it began
    made: Mapped[int] = mapped_column(default=0)  # deliveries so far
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("update_id", "edition"),)
