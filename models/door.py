"""The door of an event: who is on the list, whom a typed code means, how many are here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock
from models.errors import NotFound
from models.events import Event, WalkIns
from models.groups import new_code
from models.people import Person
from models.registrations import CODE_LENGTH, SEAT_CODE_LENGTH, Registration, RegistrationState
from translations import Text, _

# Codes are made without these; who typed one has misread the sign of which it is the twin.
TWINS: Mapping[str, str] = {"0": "DQ", "O": "DQ", "1": "7JT", "I": "7JT", "L": "7JT"}
_MOST_TWINS = 3
LONGEST_CODE = 8
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_MARK = re.compile(r"\d{1,16}(-\d{1,9}){4}", re.ASCII)

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


@dataclass(frozen=True, slots=True)
class Changes:
    """Who has changed on the list of an event since a device has looked, and the mark to look again with.

    `is_all` where the list has to be taken anew: somebody is gone, or the mark is not known.
    """

    mark: str
    guests: list[Guest]
    is_all: bool


def changes(session: Session, event: Event, since: str) -> Changes:
    """Return what has changed since a mark: all for an unknown one, nothing at all for the latest.

    Whoever changes the line holds the row of the event, so what is not seen yet has a later moment than all
    that is seen; what changed at the very moment of the mark comes once more.
    """
    rows = sa.select(sa.func.count(), sa.func.max(Registration.changed_at))
    many, latest = session.execute(rows.where(Registration.event_id == event.id)).one()
    mark = _mark(latest, many, event)
    before = _read_mark(since)
    if since == mark:
        return Changes(mark, [], is_all=False)
    if before is None or latest is None or before[1] > many:
        return Changes(mark, guests(session, event.id), is_all=True)
    found = session.execute(
        _LIST.where(Registration.event_id == event.id, Registration.changed_at >= before[0])
    )
    fresh = [Guest(*row) for row in found]
    if not fresh:  # a clock was put back: better all than nothing
        return Changes(mark, guests(session, event.id), is_all=True)
    return Changes(mark, fresh, is_all=False)


def _mark(latest: datetime | None, many: int, event: Event) -> str:
    at = (latest - _EPOCH) // _TICK if latest else 0
    return f"{at}-{many}-{event.arrived}-{event.taken}-{event.waiting}"


def _read_mark(since: str) -> tuple[datetime, int] | None:
    """Return the moment of a mark, and how many were on the list; None where it is none of ours."""
    if not _MARK.fullmatch(since):
        return None
    at, many = (int(part) for part in since.split("-")[:2])
    return _EPOCH + at * _TICK, many


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
    """Return what was typed or scanned as a code: in capitals, without spaces, out of an address.

    That of a further place lets its whole registration in.
    """
    last = typed.strip().rstrip("/").rpartition("/")[2].rpartition("=")[2]
    code = "".join(sign for sign in last.upper() if sign.isascii() and sign.isalnum())
    return code[:CODE_LENGTH] if len(code) == SEAT_CODE_LENGTH else code


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
