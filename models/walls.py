"""What the wall of an event shows: numbers only, no names; in a handful of statements, however many came."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ballot_result, ballots, event_cards, feedback_summary, groups
from models.ballots import Ballot, Phase
from models.event_cards import EventCard
from models.events import Event
from models.groups import GroupCard, WorkingGroup
from models.people import Person
from models.registrations import Registration, RegistrationState
from translations import LANGUAGES, Language, Localised, Text

_TAKING_PART = (Phase.SUGGEST, Phase.VOTE)
_SHOWN = (Phase.VOTE, Phase.RESULT)


@dataclass(frozen=True, slots=True)
class Filling:
    """A group and how many have signed up for it; `share` is of the fullest one, 0 to 100."""

    card: GroupCard
    many: int
    share: float


@dataclass(frozen=True, slots=True)
class Voices:
    """A goal and how many points were made on it at the event."""

    card: GroupCard
    stays: int
    adapt: int
    no_remarks: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A topic of a vote with its dots and its place; `share` is of the one with most, 0 to 100."""

    id: int
    title: Localised
    dots: int
    place: Text
    share: float


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote: while it runs only how many have given dots, so that nobody votes after the others."""

    title: Localised
    turnout: int
    is_over: bool
    topics: tuple[Ranked, ...] = ()


@dataclass(frozen=True, slots=True)
class Wall:
    """An event as the hall sees it now; `way` is the address for the hall, within this installation."""

    card: EventCard
    registered: int
    arrived: int
    groups: tuple[Filling, ...]
    languages: tuple[tuple[Language, int], ...] = field(default=())
    voices: tuple[Voices, ...] = ()
    vote: Vote | None = None
    way: str = ""

    @property
    def signed_up(self) -> int:
        """Return how many sign-ups all groups have together."""
        return sum(one.many for one in self.groups)


def now(session: Session, code: str) -> Wall:
    """Return the wall of the event with this code; NotFound where it is not published."""
    card = event_cards.published(session).get(code)
    here = session.execute(sa.select(Event.taken, Event.arrived).where(Event.id == card.id)).one()
    held = ballots.of_event(session, card.id)
    return Wall(
        card, here.taken, here.arrived, _groups(session, card), _languages(session, card.id),
        _voices(session, card.id), _vote(session, held), _way(card, held),
    )  # fmt: skip


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


def _voices(session: Session, event_id: int) -> tuple[Voices, ...]:
    """Return the goals on which something was said, as numbers: words wait until the office has read them."""
    return tuple(
        Voices(one.card, one.stays.count, one.adapt.count, one.no_remarks)
        for one in feedback_summary.listed(session, event_id=event_id)
        if one.stays.count or one.adapt.count or one.no_remarks
    )


def _vote(session: Session, held: Sequence[Ballot]) -> Vote | None:
    """Return the latest vote with something to show."""
    ballot = next((one for one in held if one.phase in _SHOWN), None)
    if ballot is None:
        return None
    if ballot.phase is Phase.VOTE:
        return Vote(ballot.title, ballot_result.turnout(session, ballot), is_over=False)
    found = ballot_result.results(session, ballot)
    most = found[0].total if found and found[0].total else 1
    topics = tuple(
        Ranked(one.topic.id, one.topic.title, one.total, one.place, round(100 * one.total / most, 1))
        for one in found
    )
    return Vote(ballot.title, ballot.turnout, is_over=True, topics=topics)


def _way(card: EventCard, held: Sequence[Ballot]) -> str:
    """Return where the hall is led: to the latest vote that takes cards or dots, else to the event."""
    ballot = next((one for one in held if one.phase in _TAKING_PART), None)
    return f"/v/{ballot.code}" if ballot else f"/e/{card.code}"
