"""When something was last done that nothing else in the database tells of, such as a backup."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.prepared import Prepared
from models.prepared import parameter as p


class Deed(StrEnum):
    """What is noted."""

    NIGHT = "night"
    BACKUP = "backup"  # with its size in bytes
    BACKUP_FAILED = "backup-failed"
    DRILL = "drill"  # a backup was brought back for a trial, and was whole; with the milliseconds it took
    SEEN = "seen"  # the clock, as it was when the clockwork last looked
    LEAP = "leap"  # since when the clock shows a time that it cannot have come to by itself


class Mark(Base):
    """The last time that something was done."""

    __tablename__ = "marks"

    deed: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")


class Noted(NamedTuple):
    """When something was last done, and how much of it."""

    at: datetime
    amount: int


_NOTE = Prepared(
    lambda insert: (
        insert(Mark)
        .values(deed=p("deed"), at=p("at"), amount=p("amount"))
        .on_conflict_do_update(index_elements=["deed"], set_={"at": p("at"), "amount": p("amount")})
    )
)


def note(session: Session, deed: Deed, amount: int = 0) -> None:
    """Note that something has been done now."""
    _NOTE.run(session, {"deed": deed.value, "at": clock.now(), "amount": amount})


def forget(session: Session, deed: Deed) -> None:
    """Forget that something was ever done."""
    session.execute(sa.delete(Mark).where(Mark.deed == deed.value))


def last(session: Session, deed: Deed) -> datetime | None:
    """Return when something was last done, if it ever was."""
    return session.scalar(sa.select(Mark.at).where(Mark.deed == deed.value))


def everything(session: Session) -> Mapping[str, Noted]:
    """Return all that is noted, by deed."""
    rows = session.execute(sa.select(Mark.deed, Mark.at, Mark.amount))
    return {deed: Noted(at, amount) for deed, at, amount in rows}
