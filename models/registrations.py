"""Registrations: who comes to an event, who waits for a place, and who has arrived."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.events import Event, Workshop
from models.people import Person


class RegistrationState(StrEnum):
    """Where a registration stands."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Registration(Base):
    """A person at an event, alone or with others of an organisation; at most one of each pair.

    Who waits moves up in the order of `queued_at` and id. The code is shown to the person and read at the
    door; it names the registration and grants nothing else.
    """

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id, ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    state: Mapped[RegistrationState] = mapped_column(choice_of(RegistrationState))
    seats: Mapped[int] = mapped_column(default=1)
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    languages: Mapped[list[str]] = mapped_column(
        sa.JSON, default=list
    )  # that the person speaks, for the badge
    needs: Mapped[str] = mapped_column(sa.Text, default="")  # an interpreter, a ramp; in the person's words
    code: Mapped[str] = mapped_column(sa.String(8))
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_seats: Mapped[int] = mapped_column(default=0)
    walked_in: Mapped[bool] = mapped_column(default=False)  # signed up by the hall's code on the day

    event: Mapped[Event] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.UniqueConstraint("event_id", "code"),
        sa.Index("ix_registrations_line", "event_id", "state", "queued_at", "id"),
    )


class WorkshopPlace(Base):
    """A place in a workshop that a registration has."""

    __tablename__ = "workshop_places"

    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Registration.id, ondelete="CASCADE"), primary_key=True
    )
    workshop_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Workshop.id, ondelete="CASCADE"), primary_key=True, index=True
    )
