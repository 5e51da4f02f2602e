"""Planned updates: sent by the clockwork when their time has come."""

import logging

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, updates_sending
from models.db import Database
from models.errors import DomainError
from models.settings import Settings
from models.updates import Update, UpdateState

_BATCH = 20
log = logging.getLogger(__name__)


def due(session: Session) -> list[tuple[int, int]]:
    """Return number and version of the updates whose time has come."""
    rows = session.execute(
        sa.select(Update.id, Update.version)
        .where(Update.state == UpdateState.SCHEDULED, Update.send_at <= clock.now())
        .order_by(Update.send_at, Update.id)
        .limit(_BATCH)
    )
    return [(row.id, row.version) for row in rows]


def tick(db: Database, _settings: Settings) -> int:
    """Send what is planned for now; return how many. Two processes at once send it once."""
    with db.reading() as session:
        waiting = due(session)
    return sum(_send(db, number, version) for number, version in waiting)


def _send(db: Database, number: int, version: int) -> int:
    try:
        with db.transaction() as session:
            updates_sending.send_planned(session, number, version=version)
    except DomainError as refusal:
        log.warning("Planned update %d is not sent: %s", number, refusal.text.msgid)
        return 0
    return 1
