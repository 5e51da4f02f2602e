"""Erasing again, in a copy that came back, who had been erased since it was made."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import erasures, people, privacy
from models.erasures import Entry
from models.inbox import InboxState, InboxUpdate


@dataclass(frozen=True, slots=True)
class Replayed:
    """How long the list was, who was erased again, and how many numbers on it are somebody else's here."""

    listed: int = 0
    erased: int = 0
    others: int = 0


def replay(session: Session, entries: Sequence[Entry]) -> Replayed:
    """Put the entries onto the list of this database and erase everybody on it; repeating changes nothing."""
    erasures.keep(session, entries)
    by_mark = {one.mark: one for one in entries}
    erased = others = 0
    for number in sorted({one.number for one in entries}):
        person = people.get(session, number)
        if person is None:
            continue
        entry = by_mark.get(erasures.mark_of(session, person))
        if entry is None:
            others += 1
            continue
        if person.telegram_id is not None:
            _forget_what_waits(session, person.telegram_id, entry)
        privacy.erase(session, person)
        erased += 1
    return Replayed(len(by_mark), erased, others)


def _forget_what_waits(session: Session, chat_id: int, entry: Entry) -> None:
    """Empty what had arrived before the wish: worked on now, it would make the person known again."""
    session.execute(
        sa.update(InboxUpdate)
        .where(
            InboxUpdate.chat_id == chat_id,
            InboxUpdate.state == InboxState.NEW,
            InboxUpdate.received_at <= entry.erased_at,
        )
        .values(body=sa.null(), state=InboxState.DONE, done_at=entry.erased_at, chat_id=0)
        .execution_options(synchronize_session=False)
    )
