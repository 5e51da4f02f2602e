"""The nights that there were: when the nightly job ran, and how much it let go of. Numbers only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, marks
from models.columns import UTCDateTime
from models.db import Base
from models.marks import Deed

NIGHT = time(3, 15)  # in the region's zone; nobody signs up then
LATE = timedelta(days=2)  # after that somebody has to look why it does not run
SHOWN = 14


class Night(Base):
    """One run of the nightly job that came to its end."""

    __tablename__ = "nights"

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed: Mapped[dict[str, Any]]  # how much of what, where there was any


def note(session: Session, began: datetime, counts: Mapping[str, int]) -> None:
    """Note that a run has come to its end, and how much it let go of."""
    removed = {name: number for name, number in counts.items() if number}
    session.add(Night(began_at=began, ended_at=clock.now(), removed=removed))
    session.flush()
    marks.note(session, Deed.NIGHT)


def watch(session: Session) -> None:
    """Begin to expect nights, where there has been none yet: a new installation is not late."""
    if marks.last(session, Deed.NIGHT) is None:
        marks.note(session, Deed.NIGHT)


def latest(session: Session, most: int = SHOWN) -> Sequence[Night]:
    """Return the last runs, the latest first."""
    return session.scalars(
        sa.select(Night).order_by(Night.began_at.desc(), Night.id.desc()).limit(most)
    ).all()


def is_late(session: Session) -> bool:
    """Return whether the job has not come to its end for too long."""
    last = marks.last(session, Deed.NIGHT)
    return last is not None and last <= clock.now() - LATE


def next_night(zone: str) -> datetime:
    """Return when it is next a quarter past three in the region."""
    now = clock.now().astimezone(ZoneInfo(zone))
    night = datetime.combine(now.date(), NIGHT, tzinfo=ZoneInfo(zone))
    if night <= now:
        night = datetime.combine(now.date() + timedelta(days=1), NIGHT, tzinfo=ZoneInfo(zone))
    return night
