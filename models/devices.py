"""Browsers in which staff have logged in before. A new one is told to the owner of the account."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, periods
from models.columns import UTCDateTime
from models.db import Base
from models.staff import StaffMember

TRIES = 10  # wrong passwords in a row, after which a browser counts as a new one
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS X": "macOS",
    "Linux": "Linux",
}  # fmt: skip


class Device(Base):
    """A browser that somebody has logged in with; its cookie rests as a hash, its network address nowhere."""

    __tablename__ = "staff_devices"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(StaffMember.id, ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    failures: Mapped[int] = mapped_column(default=0)


def name_of(agent: str) -> str:
    """Return a browser in two words, "Firefox · Linux", from what it says of itself."""
    found = [
        next((name for sign, name in names.items() if sign in agent), "") for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(one for one in found if one)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, staff_id: int, token: str) -> Device | None:
    """Return the browser if this account was used in it lately, and not tried in vain too often."""
    found = session.get(Device, _hash(token)) if token else None
    since = clock.now() - periods.of(session)["browsers"]
    is_good = found is not None and found.failures < TRIES and found.seen_at > since
    return found if found is not None and is_good and found.staff_id == staff_id else None


def note(session: Session, staff_id: int, token: str) -> str:
    """Remember the browser; return the token of a new one, "" where it is known."""
    known = find(session, staff_id, token)
    if known is not None:
        known.seen_at, known.failures = clock.now(), 0
        session.flush()
        return ""
    fresh = secrets.token_urlsafe(32)
    session.add(Device(token_hash=_hash(fresh), staff_id=staff_id, seen_at=clock.now()))
    session.flush()
    return fresh


def note_failure(session: Session, staff_id: int, token: str) -> None:
    """Count a wrong password from a known browser."""
    session.execute(
        sa.update(Device)
        .where(Device.token_hash == _hash(token), Device.staff_id == staff_id)
        .values(failures=Device.failures + 1)
    )
