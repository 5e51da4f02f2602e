"""What the office does with events: makes them, changes them, publishes them, calls them off.

Who has registered is told of a new time or place; of more places those who wait hear by moving up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, event_announcing, groups, places, programmes, renditions, workshop_sheets
from models.db import cache_of
from models.errors import Conflict, InvalidAnswer
from models.event_letters import News
from models.events import AgendaItem, Event, EventKind, EventState, Workshop
from models.registrations import Registration, RegistrationState
from models.translating import KINDS
from translations import LANGUAGES, SOURCE, Localised, _


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to know of an event. Words are given by language; others stay as they are."""

    title: str
    kind: EventKind = EventKind.CONFERENCE
    held_on: date | None = None
    starts: str = ""
    ends: str = ""
    place: str = ""
    heading: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    access: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    capacity: int | None = None
    register_until: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the plan; `id` is that of a known one."""

    starts: str
    ends: str
    what: str
    phase: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class WorkshopFacts:
    """What there is to know of a workshop; `id` is that of a known one."""

    title: str = ""
    phase: int = 1
    group_id: int | None = None
    room: str = ""
    moderator: str = ""
    moderator_id: int | None = None
    languages: tuple[str, ...] = ()
    capacity: int | None = None
    id: int | None = None


def create(session: Session, facts: Facts) -> Event:
    """Make an event that only the office sees yet, of the programme that runs.

    Conflict where one is called so already; NotFound without any programme.
    """
    programme = programmes.running(session)
    made = Event(programme_id=programme.id, kind=facts.kind, title=facts.title)
    _must_be_called_differently(session, made, facts.title)
    session.add(made)
    session.flush()
    _put(session, made, facts)
    return made


def change(session: Session, event_id: int, facts: Facts, *, version: int, by: int | None = None) -> Event:
    """Change an event; Conflict where somebody else was quicker, or a group would wait for ever."""
    event = _held(session, event_id, version)
    _must_be_called_differently(session, event, facts.title)
    _must_have_room_for_groups(session, event, facts.capacity)
    before = (event.held_on, event.starts, event.ends, event.place)
    with renditions.following(session, KINDS["event"], [event.id], by=by):
        _put(session, event, facts)
    _grow(session, event)
    if event.state is EventState.OPEN:
        if before != (event.held_on, event.starts, event.ends, event.place):
            event_announcing.announce(session, event, News.CHANGED)
        places.move_up(session, event)
    return event


def publish(session: Session, event_id: int, *, version: int) -> Event:
    """Let everybody see it and register; who had registered before it was called off hears that it is on."""
    event = _held(session, event_id, version)
    if event.held_on is None:
        raise InvalidAnswer(_("Please say on which day it is, before it is published."))
    was_off = event.state is EventState.CANCELLED
    event.state = EventState.OPEN
    _grow(session, event)
    if was_off:
        event_announcing.announce(session, event, News.CHANGED)
    places.move_up(session, event)
    return event


def call_off(session: Session, event_id: int, *, version: int, reason: str = "") -> Event:
    """Say that it does not take place, and tell everybody who has registered or waits."""
    event = _held(session, event_id, version)
    if event.state is EventState.CANCELLED:
        return event
    was_seen = event.state is EventState.OPEN
    event.state = EventState.CANCELLED
    _grow(session, event)
    if was_seen:
        event_announcing.announce(session, event, News.CALLED_OFF, words=reason)
    return event


def close(session: Session, event_id: int, *, version: int) -> Event:
    """Note that it is over: nobody can register any more, and its page stays."""
    event = _held(session, event_id, version)
    event.state = EventState.OVER
    _grow(session, event)
    return event


def set_agenda(
    session: Session, event_id: int, items: Sequence[Item], *, version: int, by: int | None = None
) -> Event:
    """Put another plan in the place of the one before; items that are named keep their translations."""
    event = _held(session, event_id, version)
    known = {one.id: one for one in session.scalars(_items(event_id))}
    ordered = sorted((one for one in items if one.what), key=lambda one: one.starts or "99")
    kept = {one.id for one in ordered}
    with renditions.following(
        session, KINDS["agenda"], [number for number in known if number in kept], by=by
    ):
        for number, item in known.items():
            item.position = (
                -item.position
            )  # now that all have left their places, nobody stands in another's way
            if number not in kept:
                renditions.forget(session, KINDS["agenda"], number)
                session.delete(item)
        session.flush()
        for position, one in enumerate(ordered, start=1):
            record = known.get(one.id or 0) or AgendaItem(event_id=event_id, words=Localised({}))
            record.position, record.starts, record.ends = position, one.starts, one.ends
            record.what, record.phase = one.what, one.phase
            record.words = Localised({**record.words.words, SOURCE: one.what})
            session.add(record)
    _grow(session, event)
    return event


def _items(event_id: int) -> sa.Select[AgendaItem]:
    return sa.select(AgendaItem).where(AgendaItem.event_id == event_id).order_by(AgendaItem.position)


def set_workshops(
    session: Session, event_id: int, rows: Sequence[WorkshopFacts], *, version: int, by: int | None = None
) -> Event:
    """Put these workshops in the place of those before; one that people have chosen cannot be left out."""
    event = _held(session, event_id, version)
    known = {one.id: one for one in session.scalars(_workshops(event_id))}
    kept = {one.id for one in rows}
    with renditions.following(
        session, KINDS["workshop"], [number for number in known if number in kept], by=by
    ):
        for number, workshop in known.items():
            workshop.position = -workshop.position
            if number not in kept:
                _must_be_empty(session, workshop)
                renditions.forget(session, KINDS["workshop"], number)
                session.delete(workshop)
        session.flush()
        for position, one in enumerate(rows, start=1):
            record = known.get(one.id or 0) or Workshop(event_id=event_id, title=Localised({}))
            _put_workshop(record, one, position)
            session.add(record)
    _grow(session, event)
    return event


def _workshops(event_id: int) -> sa.Select[Workshop]:
    return sa.select(Workshop).where(Workshop.event_id == event_id).order_by(Workshop.position)


def _must_be_empty(session: Session, workshop: Workshop) -> None:
    if workshop.taken:
        raise Conflict(_("People have chosen this workshop. It cannot be removed."))
    if workshop_sheets.has_words(session, workshop.id):
        raise Conflict(_("Something has been written in this workshop. It cannot be removed."))


def _put_workshop(record: Workshop, one: WorkshopFacts, position: int) -> None:
    record.position, record.phase, record.group_id = position, one.phase, one.group_id
    record.room, record.moderator, record.moderator_id = one.room, one.moderator, one.moderator_id
    record.languages, record.capacity = list(one.languages), one.capacity
    record.title = _merged(record.title, {SOURCE: one.title})


def add_for_each_goal(session: Session, event_id: int, *, version: int) -> int:
    """Add a workshop for each group that has none at this event yet; return how many."""
    event = _held(session, event_id, version)
    found = session.scalars(_workshops(event_id)).all()
    there = {one.group_id for one in found}
    missing = [card for card in groups.directory(session).open if card.id not in there]
    last = max((one.position for one in found), default=0)
    for position, card in enumerate(missing, start=last + 1):
        session.add(Workshop(event_id=event_id, position=position, phase=1, group_id=card.id))
    _grow(session, event)
    return len(missing)


def _held(session: Session, event_id: int, version: int) -> Event:
    event = places.hold(session, event_id)
    if event.version != version:
        raise Conflict(_("Somebody else has just changed this event. Please look at it again."))
    return event


def _grow(session: Session, event: Event) -> None:
    """Let calendars see that there is something newer, and readers see it at once."""
    event.version += 1
    event.changed_at = clock.now()
    session.flush()
    cache_of(session).drop()


def _must_be_called_differently(session: Session, event: Event, title: str) -> None:
    if not title:
        raise InvalidAnswer(_("Please write a title."))
    with session.no_autoflush:
        taken = session.scalar(
            sa.select(Event.id).where(
                Event.programme_id == event.programme_id, Event.title == title, Event.id != (event.id or 0)
            )
        )
    if taken is not None:
        raise Conflict(_("Another event is called so already."))


def _must_have_room_for_groups(session: Session, event: Event, capacity: int | None) -> None:
    """Refuse fewer places than a group waits for: it would wait for ever, and all behind it."""
    largest = session.scalar(
        sa.select(sa.func.max(Registration.seats)).where(
            Registration.event_id == event.id, Registration.state == RegistrationState.WAITING
        )
    )
    if capacity is not None and largest is not None and capacity < largest:
        raise Conflict(_("A group of {n} waits for places. There cannot be fewer than that.")(n=largest))


def _put(session: Session, event: Event, facts: Facts) -> None:
    if facts.starts and facts.ends and facts.ends <= facts.starts:
        raise InvalidAnswer(_("The event would end before it begins."))
    event.title, event.kind, event.held_on = facts.title, facts.kind, facts.held_on
    event.starts, event.ends, event.place = facts.starts, facts.ends, facts.place
    event.heading = _merged(event.heading, facts.heading)
    event.about = _merged(event.about, facts.about)
    event.access = _merged(event.access, facts.access)
    event.languages, event.interpreters = list(facts.languages), list(facts.interpreters)
    event.capacity, event.register_until = facts.capacity, facts.register_until
    session.flush()


def _merged(before: Localised | None, given: Mapping[str, str]) -> Localised:
    """Return the words with those of some languages replaced, in the order of the languages."""
    together = {**(before.words if before else {}), **given}
    return Localised({entry.tag: together[entry.tag] for entry in LANGUAGES if together.get(entry.tag)})
