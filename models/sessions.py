"""Sessions: who is logged in where, at the desk or on their own page. Only hashes of tokens are kept."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, periods
from models.columns import UTCDateTime
from models.db import Base
from models.people import Person
from models.staff import StaffMember

STAFF_SPAN = periods.KINDS["log-ins"].default
PERSON_SPAN = timedelta(hours=2)
CODE_SPAN = timedelta(minutes=10)  # between the password and the code
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is known when a session was last used
CODE_TRIES = 5  # before the password is asked for again


class LogIn(Base):
    """A browser that has logged in, as a staff member or as a person who takes part.

    One that `awaits_code` has shown a password only, and opens nothing; its password was wrong where it has
    no account.
    """

    __tablename__ = "logins"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id, ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device: Mapped[str] = mapped_column(sa.String(80), default="")  # "Firefox · Linux", of staff only
    awaits_code: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    mailed_code: Mapped[str] = mapped_column(sa.String(64), default="")  # the hash of a code sent by e-mail


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(
    session: Session, *, staff_id: int | None = None, person_id: int | None = None, device: str = ""
) -> str:
    """Begin a session and return its token: 256 random bits, for a cookie only."""
    span = STAFF_SPAN if staff_id else PERSON_SPAN
    return _begin(session, LogIn(staff_id=staff_id, person_id=person_id, device=device), span)


def await_code(session: Session, staff_id: int | None, *, device: str, mailed_code: str = "") -> str:
    """Begin the time between password and code; nobody's where the password was wrong."""
    mailed = _hash(mailed_code) if mailed_code else ""
    waiting = LogIn(staff_id=staff_id, device=device, awaits_code=True, mailed_code=mailed)
    return _begin(session, waiting, CODE_SPAN)


def _begin(session: Session, row: LogIn, span: timedelta) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    session.execute(sa.delete(LogIn).where(LogIn.expires_at < now))
    row.token_hash, row.began_at, row.seen_at, row.expires_at = _hash(token), now, now, now + span
    session.add(row)
    session.flush()
    return token


def awaiting(session: Session, token: str) -> LogIn | None:
    """Return the log-in of this token that waits for its code, held until the transaction ends."""
    found = session.get(LogIn, _hash(token), with_for_update=True, populate_existing=True)
    return found if found is not None and found.awaits_code and found.expires_at > clock.now() else None


def is_mailed_code(waiting: LogIn, code: str) -> bool:
    """Return whether this is the code that was sent by e-mail for this log-in."""
    return bool(waiting.mailed_code) and secrets.compare_digest(waiting.mailed_code, _hash(code.strip()))


def of_staff(session: Session, token: str) -> tuple[StaffMember, LogIn] | None:
    """Return whose session this is, unless it is over, still waits for a code, or the account is closed."""
    row = session.execute(
        sa.select(StaffMember, LogIn)
        .join(LogIn, LogIn.staff_id == StaffMember.id)
        .where(
            LogIn.token_hash == _hash(token),
            LogIn.expires_at > clock.now(),
            LogIn.awaits_code.is_(False),
            StaffMember.disabled_at.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row else None


def staff_of(session: Session, token: str) -> StaffMember | None:
    """Return the staff member whose session this is, unless it is over or the account is closed."""
    found = of_staff(session, token)
    return found[0] if found else None


def is_to_be_noted(login: LogIn) -> bool:
    """Return whether it is time to note that a session is in use."""
    return login.seen_at is None or login.seen_at <= clock.now() - SEEN_EVERY


def note_use(session: Session, token: str) -> None:
    """Note that a session is in use."""
    session.execute(sa.update(LogIn).where(LogIn.token_hash == _hash(token)).values(seen_at=clock.now()))


def of_member(session: Session, staff_id: int) -> Sequence[LogIn]:
    """Return where somebody is logged in, the latest first."""
    return session.scalars(
        sa.select(LogIn)
        .where(LogIn.staff_id == staff_id, LogIn.awaits_code.is_(False), LogIn.expires_at > clock.now())
        .order_by(LogIn.began_at.desc(), LogIn.token_hash)
    ).all()


def is_of(login: LogIn, token: str) -> bool:
    """Return whether a session is the one of this token."""
    return login.token_hash == _hash(token)


def revoke(session: Session, staff_id: int, token_hash: str) -> bool:
    """End one of somebody's own sessions; False when there is none such."""
    ended = sa.delete(LogIn).where(LogIn.staff_id == staff_id, LogIn.token_hash == token_hash)
    return session.execute(ended.returning(LogIn.token_hash)).first() is not None


def end_others(session: Session, staff_id: int, token: str = "") -> None:
    """End all of somebody's sessions but the one of this token."""
    session.execute(
        sa.delete(LogIn)
        .where(LogIn.staff_id == staff_id, LogIn.token_hash != _hash(token))
        .execution_options(synchronize_session=False)
    )


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
