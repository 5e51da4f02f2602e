"""Preferences: what somebody wants to get, of which group, how often, over which channel.

A row stands only where somebody wished for something else than usual.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.groups import WorkingGroup
from models.people import ChannelKind, Person
from models.updates import Update
from translations import Text, _


class Topic(StrEnum):
    """What a message is about."""

    UPDATES = "updates"
    MEETINGS = "meetings"
    REMINDERS = "reminders"


TOPIC_WORDS: dict[Topic, Text] = {
    Topic.UPDATES: _("Updates"),
    Topic.MEETINGS: _("Meetings"),
    Topic.REMINDERS: _("Reminders"),
}


class Rhythm(StrEnum):
    """How often somebody wants to hear."""

    INSTANT = "instant"
    WEEKLY = "weekly"
    NEVER = "never"


RHYTHM_WORDS: dict[Rhythm, Text] = {
    Rhythm.INSTANT: _("At once"),
    Rhythm.WEEKLY: _("Once a week, together"),
    Rhythm.NEVER: _("Not at all"),
}


class Preference(Base):
    """One wish of a person: of one group, or of all where `group_id` is None; the narrower one counts."""

    __tablename__ = "preferences"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(choice_of(Topic))
    rhythm: Mapped[Rhythm] = mapped_column(choice_of(Rhythm))
    channel: Mapped[ChannelKind | None] = mapped_column(choice_of(ChannelKind))  # None: as usual
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        sa.UniqueConstraint("person_id", "group_id", "topic"),
        sa.Index(
            "uq_preferences_everywhere", "person_id", "topic", unique=True,
            sqlite_where=sa.text("group_id IS NULL"), postgresql_where=sa.text("group_id IS NULL"),
        ),
    )  # fmt: skip


class DigestItem(Base):
    """An update that waits for the next weekly letter to a person."""

    __tablename__ = "digest_items"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    update_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Update.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
