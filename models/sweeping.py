"""Removing bytes from the store after the rows that spoke of them: always after a commit, never before."""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from models import clock
from models.attachments import Attachment, AttachmentState
from models.db import Database
from models.files import Store
from models.settings import Settings

OLD_ENOUGH = timedelta(days=1)  # a file without a row may be one whose row is being written right now
_BATCH = 200
log = logging.getLogger(__name__)


def sweep(db: Database, store: Store) -> int:
    """Remove the bytes of files that have been let go of, then their rows; return how many.

    Bytes first: if this stops between the two, the row is still there and says what is to be removed.
    """
    done = last = 0
    while True:
        gone = (
            sa.select(Attachment.id, Attachment.stored)
            .where(Attachment.state == AttachmentState.GONE, Attachment.id > last)
            .order_by(Attachment.id)
            .limit(_BATCH)
        )
        with db.reading() as session:
            rows = session.execute(gone).all()
        if not rows:
            return done
        removed = [number for number, stored in rows if _is_removed(store, stored)]
        with db.transaction() as session:
            session.execute(sa.delete(Attachment).where(Attachment.id.in_(removed)))
        done, last = done + len(removed), rows[-1].id


def _is_removed(store: Store, stored: str) -> bool:
    """Remove a file's bytes; one that cannot be removed now does not keep all others from being removed."""
    try:
        if stored:
            store.delete(stored)
    except OSError as error:
        log.error("A file that was let go of cannot be removed (%s)", type(error).__name__)
        return False
    return True


def sweep_orphans(db: Database, store: Store) -> int:
    """Remove files that no row speaks of, and halves that a killed process left; return how many.

    A row whose file is missing stays: somebody may bring the file back from a backup. A store of which the
    database knows nothing at all is left alone: it is another database's.
    """
    before = clock.now() - OLD_ENOUGH
    orphans: list[str] = []
    names = list(store.names())
    for start in range(0, len(names), _BATCH):
        some = names[start : start + _BATCH]
        with db.reading() as session:
            known = set(session.scalars(sa.select(Attachment.stored).where(Attachment.stored.in_(some))))
        orphans += [name for name in some if name not in known and _is_old(store, name, before)]
    if len(orphans) == len(names):
        return 0
    for name in orphans:
        store.delete(name)
    return len(orphans) + store.drop_parts(before)


def _is_old(store: Store, name: str, before: datetime) -> bool:
    try:
        return store.written_at(name) < before
    except FileNotFoundError:  # somebody else sweeps, too
        return False


def missing(db: Database, store: Store) -> int:
    """Return how many files the database speaks of that are not in the store."""
    with db.reading() as session:
        stored = session.scalars(
            sa.select(Attachment.stored).where(Attachment.state == AttachmentState.READY)
        ).all()
    return len(set(stored).difference(store.names())) if stored else 0


def tick(db: Database, settings: Settings) -> int:
    """Remove what has been let go of; for the clockwork, once a minute."""
    return sweep(db, Store(settings.files))
