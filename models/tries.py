"""Failed log-ins, counted for an account, an address of the network and all together; letters to an address.

Who is over a limit is not shut out: only then does a right password alone no longer open anything, nor does
the answer tell whether it was right. A second step decides, which nobody has but the true owner.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, periods
from models.columns import UTCDateTime
from models.db import Base

SPAN, DAY = periods.KINDS["failed-log-ins"].default, periods.KINDS["counted-letters"].default
ACCOUNT, ADDRESS, ALL, CODE, BALLOT = "account", "address", "all", "code", "ballot"
LINK = "link"  # how often somebody asked for a link, whoever; so that each such request writes something
MAIL = "mail"  # letters to an address that anybody can cause by typing it in; counted for a day
FORM, WAITED = "form", "waited"  # codes of a ballot: typed into one form, and by having waited
MOST: Mapping[str, int] = {ACCOUNT: 5, ADDRESS: 30, ALL: 200, CODE: 10, BALLOT: 300, FORM: 10, WAITED: 300}


class Tries(Base):
    """How often something failed since a moment; the key is a hash, so that no address is kept."""

    __tablename__ = "login_tries"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


IS_OF_LETTERS = Tries.key.startswith(f"{MAIL}:")


def key(kind: str, what: str = "") -> str:
    """Return the key of a count; its kind can be read, what it is about cannot."""
    return f"{kind}:{hashlib.sha256(what.strip().lower().encode()).hexdigest()[:40]}"


def are_many(session: Session, *keys: str) -> bool:
    """Return whether one of the counts is over its limit."""
    found = session.scalars(sa.select(Tries).where(Tries.key.in_(keys), Tries.since > clock.now() - SPAN))
    return any(one.failures >= MOST[one.key.partition(":")[0]] for one in found)


def count(session: Session, key: str) -> int:
    """Return how often something has been noted under a key lately."""
    since = clock.now() - _span(key)
    return session.scalar(sa.select(Tries.failures).where(Tries.key == key, Tries.since > since)) or 0


def _span(key: str) -> timedelta:
    return DAY if key.startswith(f"{MAIL}:") else SPAN


def note(session: Session, *keys: str) -> None:
    """Count once more under each key, in an order in which two at once never wait for each other."""
    now = clock.now()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for one in sorted(keys):
        is_over = Tries.since <= now - _span(one)
        new = insert(Tries).values(key=one, failures=1, since=now)
        counted = {
            "failures": sa.case((is_over, 1), else_=Tries.failures + 1),
            "since": sa.case((is_over, now), else_=Tries.since),
        }
        session.execute(new.on_conflict_do_update(index_elements=["key"], set_=counted))
