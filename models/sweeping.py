"""Removing bytes from the store after the rows that spoke of them: always after a commit, never before."""

from datetime import timedelta

import sqlalchemy as sa

from models import clock
from models.attachments import Attachment, AttachmentState
from models.db import Database
from models.files import Store
from models.settings import Settings

OLD_ENOUGH = timedelta(days=1)  # a file without a row may be one whose row is being written right now
_BATCH = 200


def sweep(db: Database, store: Store) -> int:
    """Remove the bytes of files that have been let go of, then their rows; return how many.

    Bytes first: if this stops between the two, the row is still there and says what is to be removed.
    """
    done = 0
    gone = (
        sa.select(Attachment.id, Attachment.stored)
        .where(Attachment.state == AttachmentState.GONE)
        .order_by(Attachment.id)
        .limit(_BATCH)
    )
    while True:
        with db.reading() as session:
            rows = session.execute(gone).all()
        if not rows:
            return done
        for _number, stored in rows:
            if stored:
                store.delete(stored)
        with db.transaction() as session:
            session.execute(
                sa.delete(Attachment).where(Attachment.id.in_([number for number, _name in rows]))
            )
        done += len(rows)


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
        orphans += [name for name in some if name not in known and store.written_at(name) < before]
    if len(orphans) == len(names):
        return 0
    for name in orphans:
        store.delete(name)
    return len(orphans) + store.drop_parts(before)


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
