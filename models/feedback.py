"""Feedback on goals at the gallery walk: what can stay, what must be adapted, or no remarks.

It is anonymous: no entry knows from whom it is, nor at what time of the day it came. A sheet gathers what was
said on one goal, at one event or outside of any.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.columns import UTCDateTime, choice_of
from models.db import Base, today_in
from models.events import Event
from models.groups import GroupCard, WorkingGroup
from models.staff import OFFICE, StaffMember, StaffRole
from models.submissions import hashed
from translations import Text, _

LONGEST_POINT = 500
MOST_TIMES = 999  # a point from paper counts as often as it was written
MODERATING = OFFICE | {StaffRole.MODERATOR}


class Side(StrEnum):
    """The two columns of the sheet on the wall."""

    STAYS = "stays"
    ADAPT = "adapt"


SIDE_WORDS: Mapping[Side, Text] = {
    Side.STAYS: _("This goal can stay as it is, because …"),
    Side.ADAPT: _("This goal must be adapted, because …"),
}


class FeedbackSheet(Base):
    """What was said on one goal at one event; everybody sees it once the office has released it."""

    __tablename__ = "feedback_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Event.id, ondelete="CASCADE"), index=True)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        sa.UniqueConstraint("group_id", "event_id"),
        sa.Index(
            "uq_feedback_sheets_group", "group_id", unique=True,
            sqlite_where=sa.text("event_id IS NULL"), postgresql_where=sa.text("event_id IS NULL"),
        ),
    )  # fmt: skip


class FeedbackEntry(Base):
    """One form that somebody gave, or so many from paper. It knows the day, and nobody's name."""

    __tablename__ = "feedback_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey(FeedbackSheet.id, ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # hashed; makes a form posted twice one
    channel: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(20))
    no_remarks: Mapped[bool] = mapped_column(default=False)
    times: Mapped[int] = mapped_column(default=1)
    given_on: Mapped[date] = mapped_column(index=True)


class FeedbackTopic(Base):
    """What several points have in common, in the office's words."""

    __tablename__ = "feedback_topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey(FeedbackSheet.id, ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(choice_of(Side))
    title: Mapped[str] = mapped_column(sa.String(200))


class FeedbackPoint(Base):
    """One point, in the words and the language of whoever wrote it, with the office's German beside it."""

    __tablename__ = "feedback_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey(FeedbackEntry.id, ondelete="CASCADE"), index=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey(FeedbackSheet.id, ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(choice_of(Side))
    words: Mapped[str] = mapped_column(sa.Text)
    german: Mapped[str] = mapped_column(sa.Text, default="")
    times: Mapped[int] = mapped_column(default=1)
    is_hidden: Mapped[bool] = mapped_column(default=False)
    topic_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(FeedbackTopic.id, ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)


class Noted(NamedTuple):
    """A point as it is taken in: in which column, in which words, how often."""

    side: Side
    words: str
    times: int = 1


class Arrived(NamedTuple):
    """What somebody sees again who has just given feedback."""

    group_id: int
    given_on: date


def may_moderate(member: StaffMember) -> bool:
    """Return whether somebody of the staff works with what people wrote on the walls."""
    return member.role in MODERATING


def sheet_of(session: Session, group_id: int, event_id: int | None) -> int:
    """Return the sheet of a goal at an event; a first point makes it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    wanted = sa.select(FeedbackSheet.id).where(
        FeedbackSheet.group_id == group_id, FeedbackSheet.event_id.is_not_distinct_from(event_id)
    )
    found = session.scalar(wanted)
    if found is None:
        new = insert(FeedbackSheet).values(group_id=group_id, event_id=event_id)
        session.execute(new.on_conflict_do_nothing())
        found = session.scalars(wanted).one()
    return found


def take(
    session: Session,
    card: GroupCard,
    event_id: int | None,
    points: Sequence[Noted],
    *,
    key: str,
    channel: str,
    language: str,
    times: int = 1,
) -> bool:
    """Take feedback in; without points it says that there are no remarks. False when it was there before."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    sheet_id = sheet_of(session, card.id, event_id)
    new = insert(FeedbackEntry).values(
        sheet_id=sheet_id, key=hashed(key), channel=channel, language=language, no_remarks=not points,
        times=times, given_on=today_in(session),
    )  # fmt: skip
    entry_id = session.scalar(
        new.on_conflict_do_nothing(index_elements=["key"]).returning(FeedbackEntry.__table__.c.id)
    )
    if entry_id is None:
        return False
    session.add_all(
        FeedbackPoint(
            entry_id=entry_id, sheet_id=sheet_id, side=one.side, words=one.words,
            times=max(1, min(one.times, MOST_TIMES)),
        )
        for one in points
    )  # fmt: skip
    session.flush()
    return True


def arrived(session: Session, key: str) -> Arrived | None:
    """Return what came with this form key."""
    row = session.execute(
        sa.select(FeedbackSheet.group_id, FeedbackEntry.given_on)
        .join(FeedbackSheet, FeedbackSheet.id == FeedbackEntry.sheet_id)
        .where(FeedbackEntry.key == hashed(key))
    ).first()
    return Arrived(*row) if row else None


def old_words(until: date) -> sa.Select[int]:
    """Select the points with words that came on this day or before."""
    return (
        sa.select(FeedbackPoint.id)
        .join(FeedbackEntry, FeedbackEntry.id == FeedbackPoint.entry_id)
        .where(FeedbackEntry.given_on <= until, FeedbackPoint.words != "")
    )


def forget_words(session: Session, point_ids: Sequence[int]) -> None:
    """Empty points; that they were there still counts."""
    session.execute(
        sa.update(FeedbackPoint)
        .where(FeedbackPoint.id.in_(point_ids))
        .values(words="", german="", version=FeedbackPoint.version + 1)
        .execution_options(synchronize_session=False)
    )
