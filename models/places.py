"""Places of an event that are given back, and who moves up to them.

Whatever changes the line holds the row of the event first, so one comes after the other.
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from models import clock, event_cards, event_letters, outbox, quiet, registrations
from models.db import today_in, zone_of
from models.errors import Conflict, NotFound
from models.event_cards import EventCard
from models.event_letters import News
from models.events import Event, EventState, Workshop
from models.people import Person
from models.registrations import Arrival, Registration, RegistrationState, WorkshopPlace
from translations import _

BATCH = 200  # who moves up in one transaction; the clockwork goes on with the others
_BEST_FIRST = (RegistrationState.REGISTERED, RegistrationState.WAITING, RegistrationState.CANCELLED)
SOON = timedelta(days=1)  # an event so near cannot wait for the morning


def hold(session: Session, event_id: int) -> Event:
    """Return an event as it is now; until the transaction ends nobody else changes its registrations."""
    session.flush()
    found = session.scalars(
        sa.select(Event)
        .where(Event.id == event_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(_("There is no event with this code."))
    return found


def cancel(session: Session, registration_id: int, *, person_id: int | None = None) -> bool:
    """Give a place back, tell the person, and let others move up; False where it was cancelled already.

    With `person_id` it has to be their own: NotFound otherwise. Conflict once somebody has arrived.
    """
    row = session.execute(
        sa.select(Registration.event_id, Registration.person_id).where(Registration.id == registration_id)
    ).first()
    if row is None or person_id not in (None, row.person_id):
        raise NotFound(_("There is no such registration."))
    event = hold(session, row.event_id)
    registration = session.get(Registration, registration_id, populate_existing=True)
    if registration is None or registration.state is RegistrationState.CANCELLED:
        return False
    if registration.arrived_at is not None:
        raise Conflict(_("You have arrived already. Please speak to the people at the entrance."))
    _release(session, event, registration)
    person = session.get_one(Person, registration.person_id)
    ticket = registrations.ticket_of(registration)
    letter = event_letters.letter(card(session, event.id), News.GIVEN_UP, ticket)
    key = event_letters.key_of(ticket, News.GIVEN_UP)
    outbox.tell(session, person, letter, kind=event_letters.KIND, priority=outbox.ANSWER_FIRST, key=key)
    move_up(session, event)
    return True


def _release(session: Session, event: Event, registration: Registration) -> None:
    """Give everything back that a registration holds."""
    if registration.state is RegistrationState.WAITING:
        event.waiting -= registration.seats
    else:
        event.taken -= registration.seats
        for workshop in registrations.workshops_of(session, registration.id):
            _leave_workshop(session, workshop, registration.seats)
    session.execute(sa.delete(WorkshopPlace).where(WorkshopPlace.registration_id == registration.id))
    registration.state, registration.changed_at = RegistrationState.CANCELLED, clock.now()
    registration.version += 1
    session.flush()


def _leave_workshop(session: Session, workshop_id: int, seats: int) -> None:
    session.execute(
        sa.update(Workshop)
        .where(Workshop.id == workshop_id)
        .values(taken=Workshop.taken - seats)
        .execution_options(synchronize_session=False)
    )


def _next_in_line(session: Session, event_id: int) -> Sequence[Registration]:
    return session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.WAITING)
        .order_by(Registration.queued_at, Registration.id)
        .limit(BATCH)
        .options(joinedload(Registration.person))
        .execution_options(populate_existing=True)
    ).all()


def move_up(session: Session, event: Event) -> int:
    """Give free places of an event that is held to who waits, in their order, and tell them.

    A group moves when all its places are free; until then nobody behind it does.
    """
    if not event.waiting or event.state is not EventState.OPEN:
        return 0
    shown, moved = card(session, event.id), 0
    for one in _next_in_line(session, event.id):
        if event.capacity is not None and event.taken + one.seats > event.capacity:
            break
        _move(session, event, one, shown)
        moved += 1
    session.flush()
    return moved


def _move(session: Session, event: Event, registration: Registration, shown: EventCard) -> None:
    _give_place(event, registration)
    session.flush()
    lost = []
    for workshop in registrations.workshops_of(session, registration.id):
        if not registrations.take_workshops(session, event.id, [workshop], registration.seats):
            lost.append(workshop)
            gone = sa.delete(WorkshopPlace).where(
                WorkshopPlace.registration_id == registration.id, WorkshopPlace.workshop_id == workshop
            )
            session.execute(gone)
    notes = [_("The workshop that you had chosen is full. You find a free one on the day.")] if lost else []
    ticket = registrations.ticket_of(registration)
    zone, is_soon = zone_of(session), bool(shown.held_on and shown.held_on <= today_in(session) + SOON)
    outbox.tell(
        session, registration.person, event_letters.letter(shown, News.MOVED_UP, ticket, *notes),
        kind=event_letters.KIND, key=event_letters.key_of(ticket, News.MOVED_UP),
        not_before=None if is_soon else quiet.after_quiet(zone),
    )  # fmt: skip


def admit(session: Session, event: Event, registration: Registration) -> None:
    """Give somebody who waits or has cancelled a place at an event that is held, whether one is free or not.

    For the door, where somebody decides who sees the hall; in a workshop they have no place, and nobody is
    told of it.
    """
    if registration.state is RegistrationState.REGISTERED:
        return
    _give_place(event, registration)
    session.execute(sa.delete(WorkshopPlace).where(WorkshopPlace.registration_id == registration.id))
    session.flush()


def _give_place(event: Event, registration: Registration) -> None:
    if registration.state is RegistrationState.WAITING:
        event.waiting -= registration.seats
    event.taken += registration.seats
    registration.state, registration.changed_at = RegistrationState.REGISTERED, clock.now()
    registration.version += 1


def card(session: Session, event_id: int) -> EventCard:
    """Return an event as it is now, with plan and workshops."""
    event = session.scalars(
        sa.select(Event)
        .where(Event.id == event_id)
        .options(selectinload(Event.agenda), selectinload(Event.workshops))
    ).one()
    return event_cards.card_of(session, event)


def count(session: Session, event: Event, registration: Registration) -> int:
    """Count anew who of a registration has arrived; return by how many people it has changed."""
    came = sa.select(sa.func.sum(Arrival.seats), sa.func.min(Arrival.at)).where(
        Arrival.registration_id == registration.id, Arrival.seats > 0
    )
    total, first = session.execute(came).one()
    here = min(total or 0, registration.seats)
    change = here - registration.arrived_seats
    if (here, first) != (registration.arrived_seats, registration.arrived_at):
        registration.changed_at = clock.now()  # while the event is held: later changes have later moments
    registration.arrived_seats, registration.arrived_at = here, first
    event.arrived += change
    session.flush()
    return change


def let_go(session: Session, person_id: int) -> None:
    """Give back all places of somebody who is erased, without a word to them; others move up."""
    mine = session.scalars(
        sa.select(Registration.event_id)
        .where(Registration.person_id == person_id)
        .order_by(Registration.event_id)  # always in this order: two who are erased wait, and not in a ring
    ).all()
    if mine:
        _hold_people(session, person_id)
    for event_id in mine:
        event = hold(session, event_id)
        registration = registrations.of(session, person_id, event_id)
        if registration is not None:
            _drop(session, event, registration)


def merge(session: Session, keep_id: int, gone_id: int) -> None:
    """Of two registrations for an event, of a page and of a chat that are one person, keep the better one."""
    other = aliased(Registration)
    both = session.scalars(
        sa.select(Registration.event_id)
        .join(other, other.event_id == Registration.event_id)
        .where(Registration.person_id == keep_id, other.person_id == gone_id)
        .order_by(Registration.event_id)
    ).all()
    if both:
        _hold_people(session, keep_id, gone_id)
    for event_id in both:
        event = hold(session, event_id)
        mine, theirs = (registrations.of(session, one, event_id) for one in (keep_id, gone_id))
        if mine is not None and theirs is not None:
            _keep_better(session, event, mine, theirs)


def _keep_better(session: Session, event: Event, one: Registration, other: Registration) -> Registration:
    """Drop the worse of two registrations of one person; who came by it has come by the other."""
    better, worse = sorted((one, other), key=lambda each: (_BEST_FIRST.index(each.state), each.id))
    known = sa.select(Arrival.tick).where(Arrival.registration_id == better.id)
    session.execute(
        sa.update(Arrival)
        .where(Arrival.registration_id == worse.id, Arrival.tick.not_in(known))
        .values(registration_id=better.id)
        .execution_options(synchronize_session=False)
    )
    event.arrived -= worse.arrived_seats
    count(session, event, better)
    _drop(session, event, worse)
    return better


def adopt(session: Session, person_id: int, submission_id: int) -> None:
    """Give what was registered by a form to the person whose chat shows its code, unless they have one."""
    row = session.execute(
        sa.select(Registration.id, Registration.event_id).where(Registration.submission_id == submission_id)
    ).first()
    if row is None:
        return
    event = hold(session, row.event_id)
    found = session.get_one(Registration, row.id, populate_existing=True)
    own = registrations.of(session, person_id, row.event_id)
    better = _keep_better(session, event, own, found) if own is not None and own is not found else found
    better.person_id, better.changed_at = person_id, clock.now()
    session.flush()


def _hold_people(session: Session, *ids: int) -> None:
    """Hold people before their events, as who registers does: so nobody waits in a ring."""
    people = sa.select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    session.execute(people.with_for_update(key_share=True))


def _drop(session: Session, event: Event, registration: Registration) -> None:
    if registration.state is not RegistrationState.CANCELLED:
        _release(session, event, registration)
    session.delete(registration)
    session.flush()
    move_up(session, event)
