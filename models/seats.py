"""Codes for the further places of a registration: in a vote, each person of a group has dots of their own.

The first place votes with the code of the registration itself. The others' codes follow from it and from a
key that stays here, so that nobody reads one further place's code off another's.
"""

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.door import Guest
from models.groups import CODE_ALPHABET
from models.registrations import CODE_LENGTH, SEAT_CODE_LENGTH, Registration, RegistrationState
from translations import _

WHY = _(
    "When you vote, each of you has dots of their own. Please give each of the others one of these codes."
)
_ENDING = SEAT_CODE_LENGTH - CODE_LENGTH


def code_of(code: str, key: str, seat: int) -> str:
    """Return the code of a further place, the second one being 2."""
    number = int.from_bytes(hashlib.sha256(f"{key}:{seat}".encode()).digest()[:8])
    signs = []
    for _sign in range(_ENDING):
        number, rest = divmod(number, len(CODE_ALPHABET))
        signs.append(CODE_ALPHABET[rest])
    return code + "".join(signs)


def codes_of(one: Registration) -> list[str]:
    """Return the codes of all further places of a registration; none where it is for one person."""
    return _codes(one.code, one.seat_key, one.seats)


def _codes(code: str, key: str, seats: int) -> list[str]:
    """Return them in the order of the places; of two that are alike the later one is left out."""
    made = (code_of(code, key, seat) for seat in range(2, seats + 1) if key)
    return list(dict.fromkeys(made))


def said(code: str) -> str:
    """Return a code as it is easily read and typed: three signs at a time."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def found(session: Session, event_id: int, code: str) -> tuple[int, int] | None:
    """Return which registration of an event and which of its places a code names; None where it is none."""
    if len(code) != SEAT_CODE_LENGTH:
        return None
    row = session.execute(
        sa.select(Registration.id, Registration.code, Registration.seat_key, Registration.seats).where(
            Registration.event_id == event_id, Registration.code == code[:CODE_LENGTH],
            Registration.state == RegistrationState.REGISTERED,
        )
    ).first()  # fmt: skip
    codes = _codes(row.code, row.seat_key, row.seats) if row else []
    return (row.id, 2 + codes.index(code)) if row and code in codes else None


def each(session: Session, guests: list[Guest]) -> list[Guest]:
    """Return guests, one for each person: who comes along has the organisation's name, and an own code."""
    ids = [one.id for one in guests if one.seats > 1]
    keys: dict[int, str] = {}
    if ids:
        rows = session.execute(
            sa.select(Registration.id, Registration.seat_key).where(Registration.id.in_(ids))
        )
        keys = {row.id: row.seat_key for row in rows}
    made: list[Guest] = []
    for one in guests:
        made.append(one)
        others = _codes(one.code, keys.get(one.id, ""), one.seats)
        made += [
            one._replace(code=code, name=one.organisation or one.name, organisation="", languages=[])
            for code in others
        ]
    return made
