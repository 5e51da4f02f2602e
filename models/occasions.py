"""Events as far as feedback and dots need them: which one is it about, and which is happening now."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.db import today_in
from models.events import Event, EventState
from translations import Localised

RECENT = timedelta(days=30)  # so long before and after a day its posters lead somewhere
_SHOWN = (EventState.OPEN, EventState.OVER)


def by_code(session: Session, code: str) -> Event | None:
    """Return the event of a code that people may know of."""
    wanted = sa.select(Event).where(Event.code == code.strip().upper(), Event.state.in_(_SHOWN))
    return session.scalars(wanted).first()


def recent(session: Session) -> Sequence[Event]:
    """Return the events that feedback may be about now, the latest first."""
    today = today_in(session)
    near = Event.held_on.between(today - RECENT, today + RECENT)
    wanted = sa.select(Event).where(Event.state.in_(_SHOWN), near)
    return session.scalars(wanted.order_by(Event.held_on.desc(), Event.id.desc())).all()


def today(session: Session) -> Event | None:
    """Return the one event that happens today; None where there is none, or more than one."""
    wanted = sa.select(Event).where(Event.state == EventState.OPEN, Event.held_on == today_in(session))
    found = session.scalars(wanted.limit(2)).all()
    return found[0] if len(found) == 1 else None


def every(session: Session) -> Sequence[Event]:
    """Return all events for the office to choose from, the latest first."""
    return session.scalars(sa.select(Event).order_by(Event.held_on.desc(), Event.id.desc())).all()


def name(event: Event) -> Localised:
    """Return what an event is called, for people where there is such a title."""
    return event.heading or Localised({"de": event.title})
