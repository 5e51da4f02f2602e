"""Arrivals: who has come through the door of an event, each counted once, however often it is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, places
from models.errors import Conflict, InvalidAnswer, NotFound
from models.events import Event, EventState
from models.prepared import Prepared
from models.prepared import parameter as p
from models.registrations import Arrival, Registration, RegistrationState
from translations import _

OLDEST = timedelta(days=3)  # of an arrival that was noted without network; older ones come from a wrong clock


class Outcome(StrEnum):
    """What came of somebody at the door."""

    ARRIVED = "arrived"
    HERE = "here"  # all of them have been let in before
    WAITING = "waiting"  # for a place: the officer decides
    CANCELLED = "cancelled"
    GONE = "gone"  # taken back: not here any more


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it, of whom, and how many more or fewer are in the hall now."""

    outcome: Outcome
    registration_id: int
    change: int = 0


_NOTE = Prepared(
    lambda insert: insert(Arrival)
    .values(
        registration_id=p("registration_id"), tick=p("tick"), at=p("at"), seats=p("seats"), staff_id=p("by")
    )
    .on_conflict_do_nothing(index_elements=["registration_id", "tick"])
)  # fmt: skip


def arrive(
    session: Session,
    event: Event,
    code: str,
    *,
    seats: int | None = None,
    at: datetime,
    by: int | None,
    skew: timedelta = timedelta(),
    anyway: bool = False,
) -> Answer:
    """Let somebody in: `seats` of a registration, else all; the earliest moment is the one that is kept.

    `at` is the moment by the clock of the device, and names the arrival: the same one again changes nothing.
    `skew` puts that clock right. Who waits or has cancelled is let in `anyway` only, and has a place then.
    """
    event = places.hold(session, event.id)
    if event.state is EventState.CANCELLED:
        raise Conflict(_("This event does not take place."))
    if seats is not None and seats < 1:
        raise InvalidAnswer(_("How many of them are here?"))
    one = _held(session, event, code)
    if one.state is not RegistrationState.REGISTERED:
        if not anyway:
            return Answer(Outcome(one.state.value), one.id)
        places.admit(session, event, one)
    moment = min(max(at + skew, clock.now() - OLDEST), clock.now())
    _NOTE.run(
        session,
        {
            "registration_id": one.id, "tick": round(at.timestamp() * 1000), "at": moment,
            "seats": min(seats or one.seats, one.seats), "by": by,
        },
    )  # fmt: skip
    change = places.count(session, event, one)
    return Answer(Outcome.ARRIVED if change else Outcome.HERE, one.id, change)


def undo(session: Session, event: Event, code: str, *, at: datetime, skew: timedelta = timedelta()) -> Answer:
    """Take back that somebody has arrived, as far as it was noted before `at`."""
    event = places.hold(session, event.id)
    one = _held(session, event, code)
    session.execute(
        sa.update(Arrival)
        .where(Arrival.registration_id == one.id, Arrival.at <= min(at + skew, clock.now()))
        .values(seats=0)
        .execution_options(synchronize_session=False)
    )
    return Answer(Outcome.GONE, one.id, places.count(session, event, one))


def _held(session: Session, event: Event, code: str) -> Registration:
    found = session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event.id, Registration.code == code.strip().upper())
        .execution_options(populate_existing=True)  # nobody else changes it: the event is held
    ).first()
    if found is None:
        raise NotFound(_("Nobody is registered with this code."))
    return found
