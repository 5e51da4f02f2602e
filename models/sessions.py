"""Sessions: who is logged in where, at the desk or on their own page. Only hashes of tokens are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.people import Person
from models.staff import StaffMember

STAFF_SPAN = timedelta(hours=10)
PERSON_SPAN = timedelta(hours=2)


class LogIn(Base):
    """A browser that has logged in, as a staff member or as a person who takes part."""

    __tablename__ = "logins"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id, ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, *, staff_id: int | None = None, person_id: int | None = None) -> str:
    """Begin a session and return its token: 256 random bits, for a cookie only."""
    token = secrets.token_urlsafe(32)
    span = STAFF_SPAN if staff_id else PERSON_SPAN
    session.execute(sa.delete(LogIn).where(LogIn.expires_at < clock.now()))
    session.add(
        LogIn(token_hash=_hash(token), staff_id=staff_id, person_id=person_id, expires_at=clock.now() + span)
    )
    session.flush()
    return token


def staff_of(session: Session, token: str) -> StaffMember | None:
    """Return the staff member whose session this is, unless it is over or the account is closed."""
    return session.scalars(
        sa.select(StaffMember)
        .join(LogIn, LogIn.staff_id == StaffMember.id)
        .where(
            LogIn.token_hash == _hash(token),
            LogIn.expires_at > clock.now(),
            StaffMember.disabled_at.is_(None),
        )
    ).first()


def person_of(session: Session, token: str) -> Person | None:
    """Return the person whose session this is, unless it is over."""
    return session.scalars(
        sa.select(Person)
        .join(LogIn, LogIn.person_id == Person.id)
        .where(LogIn.token_hash == _hash(token), LogIn.expires_at > clock.now())
    ).first()


def end(session: Session, token: str) -> None:
    """End a session."""
    session.execute(sa.delete(LogIn).where(LogIn.token_hash == _hash(token)))
