"""How the installation is doing, in numbers that tell of nobody: what `/metrics` shows.

Always the same statements, each over an index or over what waits, so that looking costs little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, leases, marks
from models.inbox import InboxState, InboxUpdate
from models.marks import Noted
from models.outbox import Delivery, DeliveryState
from models.submissions import WAITING_STATES, Submission

Counts = dict[tuple[str, str], int]
Column: TypeAlias = "sa.SQLColumnExpression[Any]"


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at everything."""

    entries: Counts  # by form and state
    deliveries: Counts  # by channel and state
    updates: dict[str, int]  # of the chat, by state; those that are done are not counted
    oldest: dict[str, timedelta]  # how long what has waited longest has waited, by what it is
    noted: Mapping[str, Noted]  # when backups were made and tried last, and how large they were
    alive: frozenset[str]  # jobs that somebody does


def waiting(session: Session) -> dict[str, timedelta]:
    """Return how long what has waited longest for a program has waited: letters, updates of the chat."""
    now = clock.now()
    since: dict[str, datetime | None] = {
        "delivery": session.scalar(
            sa.select(sa.func.min(Delivery.not_before)).where(
                Delivery.state == DeliveryState.QUEUED, Delivery.not_before <= now
            )
        ),
        "update": session.scalar(
            sa.select(sa.func.min(InboxUpdate.received_at)).where(InboxUpdate.state == InboxState.NEW)
        ),
    }
    return {name: now - moment for name, moment in since.items() if moment is not None}


def look(session: Session) -> Vitals:
    """Return how everything stands now."""
    entry = session.scalar(
        sa.select(sa.func.min(Submission.received_at)).where(Submission.state.in_(WAITING_STATES))
    )
    oldest = waiting(session) | ({"entry": clock.now() - entry} if entry is not None else {})
    return Vitals(
        entries=_counts(session, Submission.form, Submission.state),
        deliveries=_counts(session, Delivery.channel, Delivery.state),
        updates=_updates(session),
        oldest=oldest,
        noted=marks.everything(session),
        alive=leases.alive(session),
    )


def _counts(session: Session, first: Column, second: Column) -> Counts:
    rows = session.execute(sa.select(first, second, sa.func.count()).group_by(first, second))
    return {(str(one), str(two)): number for one, two, number in rows}


def _updates(session: Session) -> dict[str, int]:
    open_states = (InboxState.NEW, InboxState.PARKED)
    rows = session.execute(
        sa.select(InboxUpdate.state, sa.func.count())
        .where(InboxUpdate.state.in_(open_states))
        .group_by(InboxUpdate.state)
    )
    return {state.value: 0 for state in open_states} | {str(state): number for state, number in rows}
