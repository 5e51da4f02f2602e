"""An event of the demo's region, with people on its list."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, people
from models.db import Database
from models.events import Event, EventKind, EventState
from models.people import Person
from models.programmes import Programme
from models.registrations import Registration, RegistrationState
from translations import Localised

DAY = date(2026, 9, 19)
NOON = datetime(2026, 9, 19, 12, 2, tzinfo=UTC)  # two minutes past two in the hall


def an_event(session: Session, *, capacity: int | None = None, held_on: date = DAY) -> Event:
    """Make a conference that people can register for."""
    event = Event(
        programme_id=session.scalars(sa.select(Programme.id)).one(), kind=EventKind.CONFERENCE,
        title="Meilensteinkonferenz", held_on=held_on, state=EventState.OPEN, capacity=capacity,
        starts="09:00", ends="16:00",
        heading=Localised({"de": "Meilensteinkonferenz", "en": "Milestone conference"}),
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def a_guest(
    session: Session, event: Event, name: str, code: str, *, seats: int = 1, organisation: str = "",
    state: RegistrationState = RegistrationState.REGISTERED, languages: tuple[str, ...] = ("de",),
) -> Registration:  # fmt: skip
    """Put somebody on the list."""
    number, _confirmed = people.meet(session, name=name, language="de", email=f"{code.lower()}@example.org")
    one = Registration(
        event_id=event.id, person_id=number, state=state, seats=seats, organisation=organisation,
        languages=list(languages), code=code, queued_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    session.add(one)
    event.taken += seats if state is RegistrationState.REGISTERED else 0
    event.waiting += seats if state is RegistrationState.WAITING else 0
    session.flush()
    return one


def a_hall(
    db: Database, *, capacity: int | None = None, held_on: date = DAY, with_waiting: bool = True
) -> Event:
    """Make a conference with four on its list: one alone, a group, one who waits, one who has cancelled."""
    with db.transaction() as session:
        event = an_event(session, capacity=capacity, held_on=held_on)
        a_guest(session, event, "Amina Beispiel", "AMNA22", organisation="Elternverein Muster")
        a_guest(session, event, "Boris Muster", "BRRS33", seats=5, organisation="Schule am Beispielweg")
        if with_waiting:
            a_guest(session, event, "Clara Muster", "CCRA44", state=RegistrationState.WAITING)
        a_guest(session, event, "Dilan Beispiel", "DXQN55", state=RegistrationState.CANCELLED)
        return event


def counted(db: Database, event: Event) -> tuple[int, int]:
    """Return how many are here and how many have a place, as counters say; rows say the same."""
    with db.reading() as session:
        here = session.scalar(
            sa.select(sa.func.sum(Registration.arrived_seats)).where(Registration.event_id == event.id)
        )
        one = session.get_one(Event, event.id)
        assert one.arrived == (here or 0)
        return one.arrived, one.taken


def named(db: Database, code: str) -> tuple[Person, Registration]:
    """Return somebody and their place on the list."""
    with db.reading() as session:
        one = session.scalars(sa.select(Registration).where(Registration.code == code)).one()
        return session.get_one(Person, one.person_id), one
