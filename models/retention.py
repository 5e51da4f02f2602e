"""The nightly job: letting go of everything whose time is over, and noting how much went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, nights, rewriting, sweeping
from models.db import Database
from models.erasures import Erasure
from models.files import Store
from models.retention_deeds import DEEDS, Deed
from models.settings import Settings

_BATCH = 200  # rows a transaction: sign-ups that come in meanwhile must not wait
_LATELY = timedelta(minutes=3)  # within which what was erased may still stand in SQLite's log
FILES = "files that nothing speaks of"


@dataclass(frozen=True, slots=True)
class Count:
    """How much there is of a kind now, and how much of it the next night takes."""

    held: int
    due: int


def prune(db: Database, store: Store | None = None) -> dict[str, int]:
    """Let go of everything whose time is over; return how much of what. Safe to repeat and to interrupt.

    With the store of files, what belongs to nobody is removed there as well, after the rows.
    """
    began = clock.now()
    counts = {deed.name: _do(db, deed) for deed in DEEDS}
    if store is not None:
        sweeping.sweep(db, store)
        counts[FILES] = sweeping.sweep_orphans(db, store)
    scrub(db)
    rewriting.after_erasures(db)
    with db.transaction() as session:
        nights.note(session, began, counts)
    return counts


def tick(db: Database, _settings: Settings) -> int:
    """Let SQLite's log forget who was erased lately; for the clockwork, once a minute."""
    with db.reading() as session:
        since = clock.now() - _LATELY
        found = session.scalar(sa.select(sa.func.count()).where(Erasure.erased_at >= since)) or 0
    if found:
        scrub(db)
    return found


def _do(db: Database, deed: Deed) -> int:
    gone = 0
    while True:
        with db.transaction() as session:
            chosen = session.scalars(deed.due(session, clock.now()).limit(_BATCH)).all()
            if chosen:
                deed.go(session, chosen)
        gone += len(chosen)
        if len(chosen) < _BATCH:
            return gone


def scrub(db: Database) -> None:
    """Make SQLite forget on the disk too: without this, erased words stay readable in the WAL file."""
    if not db.is_sqlite:
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.close()


def outlook(session: Session, at: datetime) -> Mapping[str, Count]:
    """Return for each period how much there is now, and how much will go at a moment to come."""
    found: dict[str, Count] = {}
    for deed in DEEDS:
        if deed.period and deed.is_counted:
            before = found.get(deed.period, Count(0, 0))
            held, due = number(session, deed.held), number(session, deed.due(session, at))
            found[deed.period] = Count(before.held + held, before.due + due)
    return found


def number(session: Session, chosen: sa.Select[Any]) -> int:
    """Return how many rows are selected."""
    return session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
