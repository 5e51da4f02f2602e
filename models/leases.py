"""Leases: only one process at a time does a job, and a dead one's job is taken over.

A lease of a process on another machine runs out after `SPAN`. Of a process beside us we can see that it
is gone, and need not wait.
"""

import hashlib
import os
import secrets
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.prepared import Prepared
from models.prepared import parameter as p

SPAN = timedelta(seconds=30)
BOT = "bot"  # the name of the lease that shows that a bot is there


class Lease(Base):
    """Who holds a job, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(40))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


_TAKE = Prepared(
    lambda insert: (
        insert(Lease)
        .values(name=p("name"), holder=p("holder"), until=p("until"))
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(Lease.__table__.c.name)
    )
)


@cache
def _place() -> str:
    """Return a name for where process numbers mean the same as here; "" where that cannot be told."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        space = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{space}".encode()).hexdigest()[:10]


def _started(number: int) -> str:
    """Return when a process started, in ticks since boot; "" for a dead one that nobody has buried yet."""
    fields = (
        Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    )
    return "" if fields[0] in "ZX" else fields[19]


def new_holder() -> str:
    """Return a name for this process, unlike any other; it tells others here whether we still live."""
    place = _place()
    started = _started(os.getpid()) if place else ""
    return f"{place}:{os.getpid()}:{started}:{secrets.token_hex(3)}"


def _is_dead(holder: str) -> bool:
    """Return whether a holder's process is known to have ended; False when that cannot be told."""
    place, _sep, rest = holder.partition(":")
    number, _sep, rest = rest.partition(":")
    started = rest.partition(":")[0]
    if not place or place != _place() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
        return _started(int(number)) != started
    except ProcessLookupError:
        return True
    except OSError:  # there, but not ours to look at
        return False


def hold(session: Session, name: str, holder: str, *, span: timedelta = SPAN) -> bool:
    """Take or renew a lease; False while somebody else holds it.

    An end further ahead than `span` was written by a clock that has been set back since: it has ended.
    """
    now = clock.now()
    lease = session.get(Lease, name, with_for_update=True)
    if lease is None:
        return _TAKE.run(session, {"name": name, "holder": holder, "until": now + span}) is not None
    ended = lease.until <= now or lease.until > now + span * 2
    if not (lease.holder == holder or ended or _is_dead(lease.holder)):
        return False
    lease.holder, lease.until = holder, now + span
    session.flush()
    return True


def alive(session: Session) -> frozenset[str]:
    """Return the names of the jobs that somebody holds now, as far as can be told from here."""
    rows = session.scalars(sa.select(Lease).where(Lease.until > clock.now()))
    return frozenset(lease.name for lease in rows if not _is_dead(lease.holder))


def release(session: Session, name: str, holder: str) -> None:
    """Give a lease back."""
    session.execute(sa.delete(Lease).where(Lease.name == name, Lease.holder == holder))
