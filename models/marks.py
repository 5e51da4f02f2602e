"""When something was last done that nothing else in the database tells of, such as a backup."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.prepared import Prepared
from models.prepared import parameter as p


class Deed(StrEnum):
    """What is noted."""

    BACKUP = "backup"
    NIGHT = "night"


class Mark(Base):
    """The last time that something was done."""

    __tablename__ = "marks"

    deed: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


_NOTE = Prepared(
    lambda insert: (
        insert(Mark)
        .values(deed=p("deed"), at=p("at"))
        .on_conflict_do_update(index_elements=["deed"], set_={"at": p("at")})
    )
)


def note(session: Session, deed: Deed) -> None:
    """Note that something has been done now."""
    _NOTE.run(session, {"deed": deed.value, "at": clock.now()})


def last(session: Session, deed: Deed) -> datetime | None:
    """Return when something was last done, None for never."""
    return session.scalar(sa.select(Mark.at).where(Mark.deed == deed.value))
