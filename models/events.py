"""Events: the conference and its plan of the day."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.columns import choice_of
from models.db import Base
from models.programmes import Programme


class EventKind(StrEnum):
    """What sort of event it is."""

    CONFERENCE = "conference"
    WORKSHOP = "workshop"
    MEETING = "meeting"


class Event(Base):
    """A conference, workshop or meeting of the programme."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    kind: Mapped[EventKind] = mapped_column(choice_of(EventKind))
    title: Mapped[str] = mapped_column(sa.String(200))
    held_on: Mapped[date | None]

    agenda: Mapped[list["AgendaItem"]] = relationship(order_by="AgendaItem.position", lazy="raise")

    __table_args__ = (sa.UniqueConstraint("programme_id", "title"),)


class AgendaItem(Base):
    """One item of an event's plan, from and to as HH:MM in the region's zone."""

    __tablename__ = "agenda_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id, ondelete="CASCADE"))
    position: Mapped[int]
    starts: Mapped[str] = mapped_column(sa.String(5))
    ends: Mapped[str] = mapped_column(sa.String(5), default="")
    what: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("event_id", "position"),)
