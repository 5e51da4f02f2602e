"""Telling all guests of an event: stored once for everybody, then sent a batch at a time.

What all are told is that something has changed, that it is called off, and the day before that it is near.
"""

from collections.abc import Sequence
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, event_letters, outbox, people, places, quiet
from models.db import Database, today_in, zone_of
from models.event_letters import KIND, News
from models.events import Event, EventState
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.preferences import Chosen, Topic
from models.registrations import Registration, RegistrationState
from models.settings import Settings

BATCH = 100  # letters in one transaction
MORNING, EVENING = time(9), time(18)  # local; reminders go out between them
SPREADING = timedelta(days=1)  # how long letters that did not fit into their first batch are looked for
SOON = timedelta(days=1)  # an event so near cannot wait for the morning
_STANDING = (RegistrationState.REGISTERED, RegistrationState.WAITING)


def _key(event: Event, news: News) -> str:
    """Return what marks a letter to all: each version is told once, and each day is reminded of once."""
    version = event.held_on if news is News.REMINDER else event.version
    return f"event:{event.id}:{version}:{news.value}"


def announce(session: Session, event: Event, news: News, *, words: str = "") -> None:
    """Tell all guests; those who do not fit into the first batch hear of it from the clockwork.

    What was to be said about the event before, and has not left yet, is no longer said; of what is over,
    nothing.
    """
    if event.held_on is not None and event.held_on < today_in(session):
        return
    letter = event_letters.letter(places.card(session, event.id), news, words=words)
    message_id = outbox.write(session, letter, kind=KIND, key=_key(event, news))
    if message_id is None:
        return
    older = sa.select(Message.id).where(Message.key.like(f"event:{event.id}:%"), Message.id != message_id)
    session.execute(
        sa.update(Delivery)
        .where(Delivery.message_id.in_(older), Delivery.state.in_([DeliveryState.QUEUED, DeliveryState.HELD]))
        .values(state=DeliveryState.DROPPED, error="superseded", settled_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    send_batch(session, message_id, event, news)


def send_batch(session: Session, message_id: int, event: Event, news: News) -> int:
    """Send a stored letter to some more guests; return to how many, 0 when all have it."""
    guests = waiting(session, message_id, event, news)
    chosen = Chosen(session, [one.id for one in guests], Topic.REMINDERS)
    zone, now = zone_of(session), clock.now()
    is_soon = event.held_on is not None and event.held_on <= today_in(session) + SOON
    usual = now if is_soon else quiet.after_quiet(zone)
    for person in guests:
        wish = chosen.wish(person.id)
        not_before = wish.not_before(usual, zone)
        outbox.send_to(session, message_id, person, not_before=not_before, channel=wish.way_to(person))
    return len(guests)


def waiting(session: Session, message_id: int, event: Event, news: News) -> Sequence[Person]:
    """Return guests whom a letter is for and has not been sent to; who came later knows it already."""
    written = sa.select(Message.created_at).where(Message.id == message_id).scalar_subquery()
    states = (RegistrationState.REGISTERED,) if news is News.REMINDER else _STANDING
    told = sa.select(Delivery.person_id).where(
        Delivery.message_id == message_id, Delivery.person_id.is_not(None)
    )
    return session.scalars(
        sa.select(Person)
        .join(Registration, Registration.person_id == Person.id)
        .where(
            Registration.event_id == event.id, Registration.state.in_(states),
            Registration.changed_at <= written, Person.id.not_in(told), people.is_reachable(),
        )
        .order_by(Person.id)
        .limit(BATCH)
    ).all()  # fmt: skip


def tick(db: Database, settings: Settings) -> int:
    """Remind of tomorrow, send on what is still to be told, and let people move up; return how much."""
    done = _spread(db) + _move_up(db)
    local = clock.now().astimezone(ZoneInfo(settings.zone))
    if MORNING <= local.time() < EVENING:
        done += _remind(db)
    return done


def _remind(db: Database) -> int:
    """Tell of tomorrow's events, each once: the key of the letter decides."""
    with db.reading() as session:
        tomorrow = today_in(session) + timedelta(days=1)
        said = sa.select(Message.id).where(
            Message.key
            == sa.literal("event:").concat(sa.cast(Event.id, sa.String)).concat(f":{tomorrow}:reminder")
        )
        found = session.scalars(
            sa.select(Event.id).where(
                Event.state == EventState.OPEN, Event.held_on == tomorrow, ~said.exists()
            )
        ).all()
    for event_id in found:
        with db.transaction() as session:
            event = places.hold(session, event_id)  # who changes it now waits, and then takes our letter back
            if event.state is EventState.OPEN and event.held_on == tomorrow:
                announce(session, event, News.REMINDER)
    return len(found)


def _spread(db: Database) -> int:
    """Send letters to those who did not fit into the first batch, a batch in each transaction."""
    with db.reading() as session:
        fresh = session.execute(
            sa.select(Message.id, Message.key).where(
                Message.kind == KIND, Message.key.like("event:%"),
                Message.created_at >= clock.now() - SPREADING,
            )
        ).all()  # fmt: skip
    done = 0
    for message_id, key in fresh:
        while sent := _spread_some(db, message_id, key or ""):
            done += sent
    return done


def _spread_some(db: Database, message_id: int, key: str) -> int:
    _kind, event_id, _version, news = key.split(":")
    with db.reading() as session:  # mostly all have it, and writing would hold others up
        event = session.get(Event, int(event_id))
        is_current = event is not None and _key(event, News(news)) == key
        if event is None or not is_current or not waiting(session, message_id, event, News(news)):
            return 0
    with db.transaction() as session:
        # Held: two who spread at once would send it twice, and one who changes it now has to come after us.
        event = places.hold(session, int(event_id))
        return send_batch(session, message_id, event, News(news)) if _key(event, News(news)) == key else 0


def _move_up(db: Database) -> int:
    """Go on where more people move up than fit into one transaction."""
    has_room = sa.or_(Event.capacity.is_(None), Event.taken < Event.capacity)
    with db.reading() as session:
        found = session.scalars(
            sa.select(Event.id).where(Event.state == EventState.OPEN, Event.waiting > 0, has_room)
        ).all()
    done = 0
    for event_id in found:
        with db.transaction() as session:
            done += places.move_up(session, places.hold(session, event_id))
    return done
