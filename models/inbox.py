"""The inbox: what arrived from Telegram, stored before Telegram is told that it has arrived."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeGuard

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.prepared import Prepared
from models.prepared import parameter as p

MAX_ATTEMPTS = 3


class InboxState(StrEnum):
    """Where an update stands."""

    NEW = "new"
    DONE = "done"
    PARKED = "parked"  # failed three times; kept for a look, never blocks the rest


class InboxUpdate(Base):
    """A raw update. `update_id` is Telegram's; a repeated one is dropped."""

    __tablename__ = "inbox"

    update_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(sa.BigInteger)
    body: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    state: Mapped[InboxState] = mapped_column(choice_of(InboxState))
    attempts: Mapped[int]
    error: Mapped[str] = mapped_column(sa.String(300))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.Index("ix_inbox_state_received_at", "state", "received_at", "update_id"),)


_TAKE_IN = Prepared(
    lambda insert: insert(InboxUpdate)
    .values(
        update_id=p("update_id"), chat_id=p("chat_id"), body=p("body"), state=sa.literal_column("'new'"),
        attempts=sa.literal_column("0"), error=p("error"), received_at=p("now"),
    )
    .on_conflict_do_nothing(index_elements=["update_id"])
)  # fmt: skip


def is_update(raw: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether this is an update with a number that the database takes."""
    return isinstance(raw, dict) and _fits(raw.get("update_id"))


def _fits(number: Any) -> bool:
    return isinstance(number, int) and -(2**63) <= number < 2**63


def storable(update: dict[str, Any]) -> dict[str, Any]:
    """Return an update without what databases refuse, halves of characters and NULs: one would stop all."""
    told = json.dumps(update, ensure_ascii=False)
    try:
        told.encode()
    except UnicodeEncodeError:
        return dict(_without_halves(update))
    return dict(_without_halves(update)) if "\\u0000" in told else update


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "")
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(one) for name, one in value.items()}
    return [_without_halves(one) for one in value] if isinstance(value, list) else value


def chat_of(update: dict[str, Any]) -> int:
    """Return the chat that a raw update belongs to; 0 where it has none."""
    for value in update.values():
        if isinstance(value, dict):
            chat = value.get("chat") or value.get("message", {}).get("chat") or value.get("from")
            if isinstance(chat, dict) and _fits(chat.get("id")):
                return int(chat["id"])
    return 0


def take_in(session: Session, updates: Sequence[dict[str, Any]]) -> None:
    """Store raw updates; those that are there already change nothing."""
    now = clock.now()
    rows = [
        {"update_id": u["update_id"], "chat_id": chat_of(u), "body": storable(u), "error": "", "now": now}
        for u in updates
    ]
    if rows:
        _TAKE_IN.run_many(session, rows)


def waiting(session: Session, *, limit: int) -> list[tuple[int, int, dict[str, Any]]]:
    """Return (update_id, chat_id, update) of what has not been worked on, in the order of arrival."""
    rows = session.execute(
        sa.select(InboxUpdate.update_id, InboxUpdate.chat_id, InboxUpdate.body)
        .where(InboxUpdate.state == InboxState.NEW)
        .order_by(InboxUpdate.received_at, InboxUpdate.update_id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2] or {}) for row in rows]


def done(session: Session, update_id: int) -> bool:
    """Mark an update as done, in the transaction of its effects, and forget its content and whose it was.

    False when it was done before: then its effects must not happen again.
    """
    marked = session.execute(
        sa.update(InboxUpdate)
        .where(InboxUpdate.update_id == update_id, InboxUpdate.state == InboxState.NEW)
        .values(state=InboxState.DONE, done_at=clock.now(), body=None, chat_id=0)
        .returning(InboxUpdate.update_id)
    )
    return marked.first() is not None


def failed(session: Session, update_id: int, error: str) -> bool:
    """Count a failure; True when the update has been parked after too many."""
    update = session.get(InboxUpdate, update_id)
    if update is None or update.state is not InboxState.NEW:
        return False
    update.attempts += 1
    update.error = error[:300]
    if update.attempts >= MAX_ATTEMPTS:
        update.state = InboxState.PARKED
    session.flush()
    return update.state is InboxState.PARKED
