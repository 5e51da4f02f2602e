"""Passkeys of staff: keys on a phone, a computer or a stick that open the desk without a password.

Only public keys rest here. The device asks for a finger, a face or its own code before it signs, so that a
passkey is both steps of a log-in at once.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.errors import Conflict, InvalidAnswer, NotFound
from models.staff import StaffMember
from translations import _

MOST = 10  # for one account
LONGEST_NAME = 60
NO_NAME = _("Please give the passkey a name, so that you know it again.")
_USUAL_PORT = {"https": 443, "http": 80}


class Passkey(Base):
    """A public key, known by the number that its device gave it."""

    __tablename__ = "staff_passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(StaffMember.id, ondelete="CASCADE"), index=True)
    credential: Mapped[str] = mapped_column(sa.String(1400), unique=True)  # base64url of up to 1023 bytes
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    uses: Mapped[int] = mapped_column(sa.BigInteger)  # what the device itself counts; many count nothing
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a passkey is for, as browsers know us: a name of the network, and the address of the pages."""

    id: str
    origin: str


def party_of(base_url: str) -> Party | None:
    """Return whom passkeys are for at this address; None for one that browsers want none for.

    They want https and a name; for trials, `localhost` will do.
    """
    parts = urlsplit(base_url)
    host = (parts.hostname or "").encode("idna").decode()
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    if not host or not is_safe or _is_number(host):
        return None
    port = "" if parts.port in (None, _USUAL_PORT[parts.scheme]) else f":{parts.port}"
    return Party(host, f"{parts.scheme}://{host}{port}")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def handle_of(staff_id: int) -> bytes:
    """Return by what a device knows an account; it tells of nobody."""
    return hashlib.sha256(f"mitwirken staff {staff_id}".encode()).digest()


def of_member(session: Session, staff_id: int) -> Sequence[Passkey]:
    """Return somebody's passkeys, the oldest first."""
    return session.scalars(sa.select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id)).all()


def owners(session: Session) -> frozenset[int]:
    """Return the accounts that have passkeys."""
    return frozenset(session.scalars(sa.select(Passkey.staff_id).distinct()))


def by_credential(session: Session, credential: str) -> Passkey | None:
    """Return the passkey of this number, held until the transaction ends: its uses are counted in line."""
    wanted = sa.select(Passkey).where(Passkey.credential == credential)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()


def add(
    session: Session, staff_id: int, *, credential: str, public_key: bytes, uses: int, name: str
) -> Passkey:
    """Give an account a passkey; Conflict for one that is known already, or one too many."""
    session.get_one(StaffMember, staff_id, with_for_update=True)  # two at once come one after the other
    if not name:
        raise InvalidAnswer(NO_NAME)
    if len(of_member(session, staff_id)) >= MOST:
        raise Conflict(_("You have {n} passkeys already. Please remove one first.")(n=MOST))
    if by_credential(session, credential) is not None:
        raise Conflict(_("This passkey is known already."))
    made = Passkey(
        staff_id=staff_id, credential=credential, public_key=public_key, uses=uses, name=name[:LONGEST_NAME],
        added_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def note_use(session: Session, passkey: Passkey, uses: int) -> None:
    """Note that a passkey has opened the desk, and what its device has counted."""
    passkey.uses, passkey.used_at = uses, clock.now()
    session.flush()


def remove(session: Session, staff_id: int, number: int) -> Passkey:
    """Take a passkey of one's own away; NotFound for others'."""
    found = session.get(Passkey, number)
    if found is None or found.staff_id != staff_id:
        raise NotFound(_("There is no such passkey."))
    session.delete(found)
    session.flush()
    return found


def remove_all(session: Session, staff_id: int) -> int:
    """Take all of somebody's passkeys away; return how many there were."""
    found = of_member(session, staff_id)
    for one in found:
        session.delete(one)
    session.flush()
    return len(found)
