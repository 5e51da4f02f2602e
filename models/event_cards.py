"""Events as people see them: read once for many, and kept in memory for a moment."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from models import groups
from models.db import cache_of, today_in
from models.errors import NotFound
from models.events import AgendaItem, Event, EventKind, EventState, WalkIns, Workshop
from translations import SOURCE, Localised, _

HEARD = timedelta(days=30)  # so long after its day people are asked what they think
SHOWN_AFTERWARDS = timedelta(days=400)  # so long the page of an event that is over is still found


@dataclass(frozen=True, slots=True)
class WorkshopCard:
    """A workshop of an event; `number` is that of its group's goal, where it has one."""

    id: int
    phase: int
    group_id: int | None
    number: str
    field_number: int
    title: Localised
    room: str
    moderator: str
    languages: tuple[str, ...]
    capacity: int | None
    taken: int

    @property
    def free(self) -> int | None:
        """How many places are left; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def has_room(self, seats: int = 1) -> bool:
        """Tell whether so many find a place."""
        return self.free is None or self.free >= seats

    def to(self, tag: str) -> str:
        """Say number and title."""
        return f"{self.number} {self.title.to(tag)}".strip()


@dataclass(frozen=True, slots=True)
class AgendaCard:
    """An item of the plan of the day."""

    starts: str
    ends: str
    words: Localised
    phase: int | None


@dataclass(frozen=True, slots=True)
class EventCard:
    """What people see of an event wherever it is listed; safe to keep in memory.

    How many places are left may be out of date by seconds: who is in is decided while registering.
    """

    id: int
    code: str
    kind: EventKind
    state: EventState
    title: Localised
    held_on: date | None
    starts: str
    ends: str
    place: str
    about: Localised
    access: Localised
    languages: tuple[str, ...]
    interpreters: tuple[str, ...]
    capacity: int | None
    taken: int
    waiting: int
    register_until: date | None
    version: int
    changed_at: datetime
    agenda: tuple[AgendaCard, ...] = ()
    workshops: tuple[WorkshopCard, ...] = field(default=(), repr=False)
    hall_of: str = ""  # the public code, where this is the event as the code in its hall names it
    lets_all_in: bool = False  # who comes unregistered, even when all places are taken

    @property
    def is_hall(self) -> bool:
        """Whether who registers by this card stands in the hall."""
        return bool(self.hall_of)

    def public(self) -> "EventCard":
        """Return the card that everybody may see: without the hall's code."""
        return replace(self, code=self.hall_of, hall_of="") if self.hall_of else self

    @property
    def free(self) -> int | None:
        """How many places are left; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def is_full(self) -> bool:
        """Whether who registers now has to wait."""
        return self.waiting > 0 or self.free == 0

    @property
    def phases(self) -> tuple[int, ...]:
        """The phases in which there are workshops, the first first."""
        return tuple(sorted({one.phase for one in self.workshops}))

    def of_phase(self, phase: int | None) -> list[WorkshopCard]:
        """Return the workshops of a phase."""
        return [one for one in self.workshops if one.phase == phase]

    def item_of(self, phase: int) -> AgendaCard | None:
        """Return the item of the plan in which a phase happens."""
        return next((one for one in self.agenda if one.phase == phase), None)

    def is_ahead(self, today: date) -> bool:
        """Tell whether it is still to come, or is today."""
        return self.state in (EventState.OPEN, EventState.CANCELLED) and (self.held_on or today) >= today

    def takes_people(self, today: date) -> bool:
        """Tell whether one can register."""
        last = self.held_on if self.is_hall else self.register_until or self.held_on
        return self.state is EventState.OPEN and (last is None or last >= today)

    def hears(self, today: date) -> bool:
        """Tell whether people are asked what they think: from its day on, for some weeks."""
        is_held = self.state in (EventState.OPEN, EventState.OVER) and self.held_on is not None
        return is_held and timedelta() <= today - (self.held_on or today) <= HEARD

    def to(self, tag: str) -> str:
        """Say the title."""
        return self.title.to(tag)


class Events:
    """The events that people may see, the next one first."""

    def __init__(self, cards: list[EventCard], halls: list[EventCard]) -> None:
        self.cards = tuple(cards)
        self._found = {card.code: card for card in (*cards, *halls)}
        self._by_id = {card.id: card for card in cards}

    def find(self, code: str) -> EventCard | None:
        """Return the event of a code, in any case; a hall's code is good while people can come in by it."""
        return self._found.get(code.strip().upper())

    def get(self, code: str) -> EventCard:
        """Return the event of a code; NotFound in plain words otherwise."""
        found = self.find(code)
        if found is None:
            raise NotFound(_("There is no event with this code."))
        return found

    def by_id(self, event_id: int) -> EventCard | None:
        """Return the event of this id."""
        return self._by_id.get(event_id)

    def ahead(self, today: date) -> list[EventCard]:
        """Return those that are still to come."""
        return [card for card in self.cards if card.is_ahead(today)]


def published(session: Session) -> Events:
    """Return all events that people may see, from memory where they have been read a moment ago."""
    return cache_of(session).get("events", lambda: _load(session))


def card_of(session: Session, event: Event) -> EventCard:
    """Return the card of an event as it is now, also of a draft; its plan and workshops must be loaded."""
    directory = groups.directory(session)
    return EventCard(
        event.id, event.code, event.kind, event.state, title_of(event), event.held_on, event.starts,
        event.ends, event.place, event.about, event.access, tuple(event.languages),
        tuple(event.interpreters), event.capacity, event.taken, event.waiting, event.register_until,
        event.version, event.changed_at, tuple(_item(one) for one in event.agenda),
        tuple(workshop_card(one, directory) for one in event.workshops),
    )  # fmt: skip


def title_of(event: Event) -> Localised:
    """Return what an event is called for people; the office's own name where nobody has written more."""
    return event.heading if event.heading.words else Localised({SOURCE: event.title})


def _item(item: AgendaItem) -> AgendaCard:
    words = item.words if item.words.words else Localised({SOURCE: item.what})
    return AgendaCard(item.starts, item.ends, words, item.phase)


def workshop_card(workshop: Workshop, directory: groups.Directory) -> WorkshopCard:
    """Return the card of a workshop as it is now; without a title of its own it is called like its group."""
    group = directory.by_id(workshop.group_id) if workshop.group_id else None
    title = workshop.title if workshop.title.words or group is None else group.title
    return WorkshopCard(
        workshop.id, workshop.phase, workshop.group_id, group.number if group else "",
        group.field_number if group else 0, title, workshop.room, workshop.moderator,
        tuple(workshop.languages), workshop.capacity, workshop.taken,
    )  # fmt: skip


def _load(session: Session) -> Events:
    since = today_in(session) - SHOWN_AFTERWARDS
    events = session.scalars(
        sa.select(Event)
        .where(Event.state != EventState.DRAFT, sa.or_(Event.held_on.is_(None), Event.held_on >= since))
        .order_by(Event.held_on.is_(None), Event.held_on, Event.starts, Event.id)
        .options(selectinload(Event.agenda), selectinload(Event.workshops))
    ).all()
    cards, today = {one.id: card_of(session, one) for one in events}, today_in(session)
    halls = [
        replace(
            cards[one.id], code=one.hall_code, hall_of=one.code, lets_all_in=one.walk_ins is WalkIns.ALWAYS
        )
        for one in events
        if one.held_on == today and one.state is EventState.OPEN and one.walk_ins is not WalkIns.NONE
    ]
    return Events(list(cards.values()), halls)
