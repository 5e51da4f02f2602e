"""Leases: only one process at a time does a job, and a dead one's job is taken over."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base

SPAN = timedelta(seconds=30)


class Lease(Base):
    """Who holds a job, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(40))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


def new_holder() -> str:
    """Return a name for this process, unlike any other."""
    return secrets.token_hex(8)


def hold(session: Session, name: str, holder: str, *, span: timedelta = SPAN) -> bool:
    """Take or renew a lease; False while somebody else holds it.

    An end further ahead than `span` was written by a clock that has been set back since: it has ended.
    """
    now = clock.now()
    lease = session.get(Lease, name, with_for_update=True)
    if lease is None:
        session.add(Lease(name=name, holder=holder, until=now + span))
    elif lease.holder == holder or lease.until <= now or lease.until > now + span * 2:
        lease.holder, lease.until = holder, now + span
    else:
        return False
    session.flush()
    return True


def release(session: Session, name: str, holder: str) -> None:
    """Give a lease back."""
    session.execute(sa.delete(Lease).where(Lease.name == name, Lease.holder == holder))
