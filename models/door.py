"""The door of an event: who is on the list, whom a typed code means, how many are here."""

from collections.abc import Mapping
from datetime import datetime
from itertools import product
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock
from models.errors import NotFound
from models.events import Event, WalkIns
from models.groups import new_code
from models.people import Person
from models.registrations import Registration, RegistrationState
from translations import Text, _

# Codes are made without these; who typed one has misread the sign of which it is the twin.
TWINS: Mapping[str, str] = {"0": "DQ", "O": "DQ", "1": "7JT", "I": "7JT", "L": "7JT"}
_MOST_TWINS = 3
LONGEST_CODE = 8

WALK_IN_WORDS: dict[WalkIns, Text] = {
    WalkIns.ROOM: _("Yes, as long as there are places; then they wait"),
    WalkIns.ALWAYS: _("Yes, even when all places are taken"),
    WalkIns.NONE: _("No, only who has registered before"),
}


class Guest(NamedTuple):
    """Somebody on the list of an event, as the door needs to know them."""

    id: int
    code: str
    name: str
    organisation: str
    seats: int
    arrived_seats: int
    arrived_at: datetime | None
    state: RegistrationState
    walked_in: bool
    badge_at: datetime | None
    languages: list[str]

    @property
    def left(self) -> int:
        """How many of them are still to come."""
        return self.seats - self.arrived_seats


_LIST = sa.select(
    Registration.id, Registration.code, Person.name,
    sa.func.coalesce(sa.func.nullif(Registration.organisation, ""), Person.organisation),
    Registration.seats, Registration.arrived_seats, Registration.arrived_at, Registration.state,
    Registration.walked_in, Registration.badge_at, Registration.languages,
).join(Person, Person.id == Registration.person_id)  # fmt: skip


def get(session: Session, number: int) -> Event:
    """Return the event of this number; NotFound in plain words otherwise."""
    found = session.get(Event, number)
    if found is None:
        raise NotFound(_("There is no event with this code."))
    return found


def guests(session: Session, event_id: int) -> list[Guest]:
    """Return everybody on the list in the order of names; who has cancelled comes last."""
    rows = session.execute(_LIST.where(Registration.event_id == event_id))
    found = [Guest(*row) for row in rows]
    return sorted(
        found, key=lambda one: (one.state is RegistrationState.CANCELLED, one.name.casefold(), one.id)
    )


def by_id(session: Session, registration_id: int) -> Guest:
    """Return one of the list."""
    return Guest(*session.execute(_LIST.where(Registration.id == registration_id)).one())


def matching(everybody: list[Guest], words: str) -> list[Guest]:
    """Return those in whose name, organisation or code all the words occur."""
    wanted = words.casefold().split()
    return [
        one
        for one in everybody
        if all(word in f"{one.name} {one.organisation} {one.code}".casefold() for word in wanted)
    ]


def read_code(typed: str) -> str:
    """Return what was typed or scanned as a code: in capitals, without spaces, out of an address."""
    last = typed.strip().rstrip("/").rpartition("/")[2].rpartition("=")[2]
    return "".join(sign for sign in last.upper() if sign.isascii() and sign.isalnum())


def meant(session: Session, event_id: int, typed: str) -> Guest | None:
    """Return whom a typed code means, also where a sign was misread, if that is only one."""
    code = read_code(typed)
    twins = [TWINS.get(sign, sign) for sign in code]
    if not code or len(code) > LONGEST_CODE or sum(len(one) > 1 for one in twins) > _MOST_TWINS:
        return None
    wanted = ["".join(signs) for signs in product(*twins)]
    rows = session.execute(
        _LIST.where(Registration.event_id == event_id, Registration.code.in_(wanted)).limit(2)
    ).all()
    return Guest(*rows[0]) if len(rows) == 1 else None


def set_walk_ins(session: Session, event: Event, walk_ins: WalkIns) -> None:
    """Decide whether people may come without having registered."""
    event.walk_ins, event.changed_at = walk_ins, clock.now()
    session.flush()


def renew_hall_code(session: Session, event: Event) -> None:
    """Give the hall another code; the old one opens nothing any more."""
    event.hall_code, event.changed_at = new_code(), clock.now()
    session.flush()


def by_hall_code(session: Session, code: str) -> Event | None:
    """Return the event in whose hall this code hangs."""
    return session.scalars(sa.select(Event).where(Event.hall_code == code.strip().upper())).first()


def mark_badges(session: Session, registration_ids: list[int]) -> None:
    """Note that these badges have been printed."""
    session.execute(
        sa.update(Registration)
        .where(Registration.id.in_(registration_ids))
        .values(badge_at=clock.now())
        .execution_options(synchronize_session=False)
    )
