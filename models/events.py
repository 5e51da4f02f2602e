"""Events: a conference with its plan of the day and its workshops. People register; some wait for a place."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock
from models.columns import LocalisedWords, UTCDateTime, choice_of
from models.db import Base
from models.groups import WorkingGroup, new_code
from models.programmes import Programme
from models.staff import StaffMember
from translations import Localised


class EventKind(StrEnum):
    """What sort of event it is."""

    CONFERENCE = "conference"
    WORKSHOP = "workshop"
    MEETING = "meeting"


class EventState(StrEnum):
    """Where an event stands: seen by the office only, by everybody, or called off."""

    DRAFT = "draft"
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"


class WalkIns(StrEnum):
    """Whether people may come without having registered, by the code that hangs in the hall."""

    ROOM = "room"  # as long as there are places; then they wait
    ALWAYS = "always"
    NONE = "none"


class Event(Base):
    """A conference, workshop or meeting of the programme.

    `taken` counts the places that people have, so that the last one is given once, and `waiting` those that
    people wait for; no `capacity` means that everybody finds a place. Times are HH:MM in the region's zone.
    Whoever changes its registrations holds its row first: the order of the line depends on it. The code is
    public; the hall's code is only shown in the hall, and who signs up by it on the day has arrived.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    kind: Mapped[EventKind] = mapped_column(choice_of(EventKind))
    title: Mapped[str] = mapped_column(sa.String(200))  # as the office's tables call it
    held_on: Mapped[date | None]
    code: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_code)
    hall_code: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_code)
    walk_ins: Mapped[WalkIns] = mapped_column(choice_of(WalkIns), default=WalkIns.ROOM)
    state: Mapped[EventState] = mapped_column(choice_of(EventState), default=EventState.DRAFT)
    starts: Mapped[str] = mapped_column(sa.String(5), default="")
    ends: Mapped[str] = mapped_column(sa.String(5), default="")
    place: Mapped[str] = mapped_column(sa.String(300), default="")
    heading: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))  # the title for people
    about: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))
    access: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))  # steps, lifts, loops
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # spoken on the stage
    interpreters: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # languages there is help in
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)  # places waited for; nobody overtakes them
    arrived: Mapped[int] = mapped_column(default=0)
    register_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    agenda: Mapped[list["AgendaItem"]] = relationship(order_by="AgendaItem.position", lazy="raise")
    workshops: Mapped[list["Workshop"]] = relationship(order_by="Workshop.position", lazy="raise")

    __table_args__ = (sa.UniqueConstraint("programme_id", "title"),)


class AgendaItem(Base):
    """One item of an event's plan, from and to as HH:MM in the region's zone.

    A `phase` is an item in which workshops happen side by side: those that carry its number.
    """

    __tablename__ = "agenda_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id, ondelete="CASCADE"))
    position: Mapped[int]
    starts: Mapped[str] = mapped_column(sa.String(5))
    ends: Mapped[str] = mapped_column(sa.String(5), default="")
    what: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))  # the same for people
    phase: Mapped[int | None]

    __table_args__ = (sa.UniqueConstraint("event_id", "position"),)


class Workshop(Base):
    """A workshop of an event, mostly one for each goal; it has a room, somebody who moderates, and places."""

    __tablename__ = "workshops"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id, ondelete="CASCADE"))
    position: Mapped[int]
    phase: Mapped[int] = mapped_column(default=1)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey(WorkingGroup.id), index=True)
    title: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))
    room: Mapped[str] = mapped_column(sa.String(120), default="")
    moderator: Mapped[str] = mapped_column(sa.String(120), default="")  # as announced; office people
    moderator_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(StaffMember.id)
    )  # who may write at its desk
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)

    __table_args__ = (sa.UniqueConstraint("event_id", "position"),)
