"""What the wall of an event shows: numbers only, no names; in a handful of statements, however many came."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import event_cards, groups
from models.event_cards import EventCard
from models.events import Event
from models.groups import GroupCard, WorkingGroup
from models.people import Person
from models.registrations import Registration, RegistrationState
from translations import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Filling:
    """A group and how many have signed up for it; `share` is of the fullest one, 0 to 100."""

    card: GroupCard
    many: int
    share: float


@dataclass(frozen=True, slots=True)
class Wall:
    """An event as the hall sees it now."""

    card: EventCard
    registered: int
    arrived: int
    groups: tuple[Filling, ...]
    languages: tuple[tuple[Language, int], ...] = field(default=())

    @property
    def signed_up(self) -> int:
        """Return how many sign-ups all groups have together."""
        return sum(one.many for one in self.groups)


def now(session: Session, code: str) -> Wall:
    """Return the wall of the event with this code; NotFound where it is not published."""
    card = event_cards.published(session).get(code)
    here = session.execute(sa.select(Event.taken, Event.arrived).where(Event.id == card.id)).one()
    return Wall(card, here.taken, here.arrived, _groups(session, card), _languages(session, card.id))


def _groups(session: Session, event: EventCard) -> tuple[Filling, ...]:
    """Return the groups that have a workshop, or all where none has, in the order of their numbers."""
    cards: Sequence[GroupCard] = groups.directory(session).cards
    there = {one.group_id for one in event.workshops if one.group_id is not None}
    shown = [card for card in cards if card.id in there] or list(cards)
    rows = session.execute(sa.select(WorkingGroup.id, WorkingGroup.signups))
    many = {row.id: row.signups for row in rows}
    most = max((many.get(card.id, 0) for card in shown), default=0) or 1
    return tuple(
        Filling(card, many.get(card.id, 0), round(100 * many.get(card.id, 0) / most, 1)) for card in shown
    )


def _languages(session: Session, event_id: int) -> tuple[tuple[Language, int], ...]:
    """Return the languages that people read who are there, or who are coming while nobody is there yet."""
    rows = session.execute(
        sa.select(
            Person.language,
            sa.func.sum(Registration.seats).label("coming"),
            sa.func.sum(Registration.arrived_seats).label("there"),
        )
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.REGISTERED)
        .group_by(Person.language)
    ).all()
    has_begun = any(row.there for row in rows)
    found = {row.language: row.there if has_begun else row.coming for row in rows}
    shown = [(one, int(found[one.tag])) for one in LANGUAGES if found.get(one.tag)]
    return tuple(sorted(shown, key=lambda pair: -pair[1]))
