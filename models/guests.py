"""Guests of an event as the office lists them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from models.errors import NotFound
from models.events import Event, Workshop
from models.registrations import Registration, RegistrationState, WorkshopPlace
from translations import Text, _

PAGE = 100
STATE_NAMES: dict[RegistrationState, Text] = {
    RegistrationState.REGISTERED: _("Has a place"),
    RegistrationState.WAITING: _("Waits"),
    RegistrationState.CANCELLED: _("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many registrations and places stand in each state, and how many need something."""

    by_state: dict[RegistrationState, tuple[int, int]]
    with_needs: int

    def of(self, state: str) -> tuple[int, int]:
        """Return registrations and places of a state."""
        return self.by_state.get(RegistrationState(state), (0, 0))


def events(session: Session) -> Sequence[Event]:
    """Return all events, the latest first, those without a day before them."""
    return session.scalars(
        sa.select(Event).order_by(Event.held_on.is_not(None), Event.held_on.desc(), Event.id.desc())
    ).all()


def event(session: Session, event_id: int) -> Event:
    """Return an event with its plan and its workshops; NotFound in plain words otherwise."""
    found = session.scalars(
        sa.select(Event)
        .where(Event.id == event_id)
        .options(selectinload(Event.agenda), selectinload(Event.workshops))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(_("There is no event with this code."))
    return found


def counts(session: Session, event_id: int) -> Counts:
    """Count an event's guests."""
    rows = session.execute(
        sa.select(Registration.state, sa.func.count(), sa.func.sum(Registration.seats))
        .where(Registration.event_id == event_id)
        .group_by(Registration.state)
    )
    needs = sa.select(sa.func.count()).where(
        Registration.event_id == event_id, Registration.needs != "",
        Registration.state != RegistrationState.CANCELLED,
    )  # fmt: skip
    return Counts({state: (n, seats) for state, n, seats in rows}, session.scalar(needs) or 0)


def wanted(
    event_id: int, state: RegistrationState | None = None, *, with_needs: bool = False
) -> sa.Select[Registration]:
    """Return the statement of an event's guests, in the order in which they came."""
    statement = (
        sa.select(Registration)
        .where(Registration.event_id == event_id)
        .options(joinedload(Registration.person))
        .order_by(Registration.queued_at, Registration.id)
    )
    if with_needs:
        statement = statement.where(
            Registration.needs != "", Registration.state != RegistrationState.CANCELLED
        )
    return statement if state is None else statement.where(Registration.state == state)


def listed(
    session: Session, event_id: int, state: RegistrationState | None, *, with_needs: bool, start: int
) -> Sequence[Registration]:
    """Return some guests from a place in the list on; one more than a page where there are more."""
    return session.scalars(wanted(event_id, state, with_needs=with_needs).offset(start).limit(PAGE + 1)).all()


def workshops_of(session: Session, registration_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of the workshops of these registrations, in the order of the day."""
    found: dict[int, list[int]] = {}
    rows = session.execute(
        sa.select(WorkshopPlace.registration_id, WorkshopPlace.workshop_id)
        .join(Workshop, Workshop.id == WorkshopPlace.workshop_id)
        .where(WorkshopPlace.registration_id.in_(registration_ids))
        .order_by(Workshop.phase, Workshop.position)
    )
    for registration_id, workshop_id in rows:
        found.setdefault(registration_id, []).append(workshop_id)
    return found
