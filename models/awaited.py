"""Files that Telegram has and we do not have yet: when each is fetched next, and how that ends.

A file is tried again for days, at first after seconds, later every hour. Only when Telegram says for certain
that it will never give the file is it given up.
"""

import random
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, file_letters, outbox, people
from models.attachments import Attachment, AttachmentState, clean_name
from models.cleaned import AttachmentKind, Cleaned, Problem

FIRST_WAIT, LONGEST_WAIT = 3.0, 3600.0  # seconds
TRIED_FOR = timedelta(days=7)  # since it was sent; file ids outlive that
DOUBTFUL_FOR = timedelta(days=1)  # where Telegram says “wrong or unavailable” and does not say which
_LEASE = timedelta(minutes=10)  # in which one try ends, whatever happens
_HARMLESS = 5  # tries that were cut short; a file with more may be what brought the process down


class Due(NamedTuple):
    """A file to fetch now."""

    id: int
    telegram_file: str
    kind: AttachmentKind
    name: str
    attempts: int


_IS_DUE = sa.and_(
    Attachment.state == AttachmentState.WAITING,
    sa.or_(Attachment.not_before.is_(None), Attachment.not_before <= sa.bindparam("now")),
)


def due(session: Session, limit: int) -> list[Due]:
    """Take up to `limit` files whose time has come; nobody else gets them for ten minutes.

    The try is counted now, so that a file on which the process dies is not tried without end.
    """
    now = clock.now()
    chosen = (
        sa.select(Attachment.id).where(_IS_DUE).order_by(Attachment.not_before, Attachment.id).limit(limit)
    )
    rows = session.execute(
        sa.update(Attachment)
        .where(Attachment.id.in_(chosen.scalar_subquery()), _IS_DUE)
        .values(attempts=Attachment.attempts + 1, not_before=now + _LEASE)
        .returning(
            Attachment.id, Attachment.telegram_file, Attachment.kind, Attachment.name, Attachment.attempts
        )
        .execution_options(synchronize_session=False),
        {"now": now},
    )
    return sorted((Due(*row) for row in rows), key=lambda one: one.id)


def is_any_due(session: Session) -> bool:
    """Return whether any file's time has come; for looking only."""
    found = session.execute(sa.select(Attachment.id).where(_IS_DUE).limit(1), {"now": clock.now()})
    return found.first() is not None


def resume_interrupted(session: Session) -> int:
    """Let files be fetched at once that a process had taken when it died; return how many."""
    again = session.execute(
        sa.update(Attachment)
        .where(
            Attachment.state == AttachmentState.WAITING,
            Attachment.not_before > clock.now(),
            Attachment.attempts.between(1, _HARMLESS),
        )
        .values(not_before=clock.now())
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    )
    return len(again.all())


def settle(session: Session, attachment_id: int, cleaned: Cleaned, stored: str) -> bool:
    """Note that a file is here, cleaned and stored; False when nobody waits for it any more."""
    name = session.scalar(sa.select(Attachment.name).where(Attachment.id == attachment_id))
    return _end(
        session, attachment_id, state=AttachmentState.READY, kind=cleaned.kind, stored=stored, problem="",
        media_type=cleaned.media_type, size=len(cleaned.data), width=cleaned.width, height=cleaned.height,
        name=clean_name(name or "", cleaned.media_type),
    )  # fmt: skip


def refuse(session: Session, attachment_id: int, problem: Problem) -> bool:
    """Note that a file is not taken; its sender is told if the form has been sent already."""
    done = _end(session, attachment_id, state=AttachmentState.REFUSED, problem=problem.value)
    if done:
        _tell(session, attachment_id)
    return done


def lose(session: Session, attachment_id: int) -> bool:
    """Note that Telegram will never give a file; its sender is asked for it if the form has been sent."""
    done = _end(session, attachment_id, state=AttachmentState.LOST, problem=Problem.GONE.value)
    if done:
        _tell(session, attachment_id)
    return done


def try_later(
    session: Session,
    one: Due,
    *,
    seconds: float = 0.0,
    counts: bool = True,
    for_at_most: timedelta = TRIED_FOR,
) -> bool:
    """Try a file again after a while, at least `seconds` from now; False when its time is over: it is lost.

    What was nobody's fault (`counts=False`: too many requests, a wrong token) is not counted as a try.
    """
    now = clock.now()
    age = session.scalar(sa.select(Attachment.created_at).where(Attachment.id == one.id))
    if counts and age is not None and age <= now - for_at_most:
        lose(session, one.id)
        return False
    wait = max(seconds, wait_after(one.attempts) if counts else 0.0)
    session.execute(
        sa.update(Attachment)
        .where(Attachment.id == one.id, Attachment.state == AttachmentState.WAITING)
        .values(not_before=now + timedelta(seconds=wait), attempts=one.attempts - (0 if counts else 1))
        .execution_options(synchronize_session=False)
    )
    return True


def wait_after(attempts: int) -> float:
    """Return how many seconds to wait after so many tries: 3, 6, 12, … up to an hour, a little random."""
    return float(min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT) * random.uniform(0.8, 1.2))  # noqa: S311


def waiting(session: Session) -> int:
    """Return how many files are still to be fetched."""
    return (
        session.scalar(
            sa.select(sa.func.count(Attachment.id)).where(Attachment.state == AttachmentState.WAITING)
        )
        or 0
    )


def _end(session: Session, attachment_id: int, **values: Any) -> bool:
    ended = session.execute(
        sa.update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.state == AttachmentState.WAITING)
        .values(not_before=None, **values)
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    ).first()
    return ended is not None


def _tell(session: Session, attachment_id: int) -> None:
    """Write to the sender about a file that will not come, once. A form not yet sent says it itself."""
    one = session.get_one(Attachment, attachment_id, populate_existing=True)
    person = people.get(session, one.person_id) if one.person_id and one.submission_id else None
    if person is None:
        return
    letter = file_letters.not_taken(one)
    outbox.tell(session, person, letter, kind="file", priority=outbox.ANSWER_FIRST, key=f"file:{one.token}")
