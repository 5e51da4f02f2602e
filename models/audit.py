"""Who of the staff did what to which record, and when: written once, never changed, sealed in a chain.

Each entry's seal is an HMAC over the entry and the seal before it, with a key that is not in the database.
Who changes, removes or slips in an entry there breaks the chain. What is noted are numbers and kinds, never
contents.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base, audit_key_of

PAGE = 50
COMMAND = 0  # the actor where nobody is logged in: an admin's command
_LOCK = 7492  # of PostgreSQL: who notes something waits until the entry before is there for good
_FIRST = "0" * 64
_BATCH = 1000


class Verb(StrEnum):
    """What was done."""

    LOG_IN = "log-in"
    LOG_OUT = "log-out"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASK = "ask"
    HAND_OVER = "hand-over"
    SEND = "send"
    TAKE_OUT = "take-out"  # a file with what people have told
    RESET = "reset"
    CLOSE = "close"


class Kind(StrEnum):
    """On what."""

    ENTRY = "entry"
    GROUP = "group"
    MEETING = "meeting"
    SHEET = "sheet"
    GOAL = "goal"
    ROUND = "round"
    MESSAGE = "message"
    UPDATE = "update"
    TRANSLATION = "translation"
    WORKBOOK = "workbook"
    FILE = "file"
    FEEDBACK = "feedback"
    BALLOT = "ballot"
    ACCOUNT = "account"
    FACTOR = "second-step"
    PASSKEY = "passkey"
    IDENTITY = "single-sign-on"
    SESSION = "session"
    EVENT = "event"
    ARRIVAL = "arrival"
    WORKSHOP = "workshop"
    PERSON = "person"
    DATABASE = "database"


class AuditEntry(Base):
    """One thing that somebody of the staff did, or a command. Triggers refuse to change or remove it.

    There is no foreign key: an entry stays, whatever becomes of the record.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    staff_id: Mapped[int] = mapped_column(index=True)
    verb: Mapped[Verb] = mapped_column(choice_of(Verb))
    kind: Mapped[Kind] = mapped_column(choice_of(Kind))
    record: Mapped[str] = mapped_column(sa.String(40))
    seal: Mapped[str] = mapped_column(sa.String(64))
    command: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")

    __table_args__ = (sa.Index("ix_audit_record", "kind", "record", "id"),)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look over the whole chain found; `broken` is the first entry that is not as it was written."""

    entries: int
    head: str
    broken: int | None = None


def _seal(key: bytes, before: str, entry: AuditEntry) -> str:
    parts: tuple[str, ...] = (
        before, str(entry.id), entry.at.isoformat(timespec="microseconds"), str(entry.staff_id),
        entry.verb.value, entry.kind.value, entry.record,
    )  # fmt: skip
    if entry.command:  # entries from before there were commands in here keep their seals
        parts += (entry.command,)
    return hmac.digest(key, "\x1f".join(parts).encode(), hashlib.sha256).hex()


def note(
    session: Session, staff_id: int, verb: Verb, kind: Kind, record: int | str = "", *, command: str = ""
) -> None:
    """Note what somebody did, in the transaction that does it. Last of all: others wait for its end."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = session.execute(
        sa.select(AuditEntry.id, AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    number, before = (last.id, last.seal) if last else (0, _FIRST)
    entry = AuditEntry(
        id=number + 1, at=clock.now(), staff_id=staff_id, verb=verb, kind=kind, record=str(record)[:40],
        command=command[:40],
    )  # fmt: skip
    entry.seal = _seal(audit_key_of(session), before, entry)
    session.add(entry)
    session.flush()


def verify(session: Session, *, head: str = "") -> Verdict:
    """Look the whole chain over. With the `head` of an earlier look, that must still be part of it."""
    key, before, count, has_head = audit_key_of(session), _FIRST, 0, not head
    for entry in _all(session):
        count += 1
        if entry.id != count or not hmac.compare_digest(entry.seal, _seal(key, before, entry)):
            return Verdict(count, before, broken=entry.id)
        before = entry.seal
        has_head = has_head or before == head
    return Verdict(count, before, broken=None if has_head else count + 1)


def _all(session: Session) -> Iterator[AuditEntry]:
    last = 0
    while rows := session.scalars(
        sa.select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(_BATCH)
    ).all():
        yield from rows
        last = rows[-1].id
        session.expunge_all()


def page(
    session: Session,
    *,
    staff_id: int | None = None,
    kind: Kind | None = None,
    record: str = "",
    below: int | None = None,
) -> Sequence[AuditEntry]:
    """Return a page of entries and one more, the latest first: of somebody, of a kind, of one record."""
    wanted = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE + 1)
    if staff_id is not None:
        wanted = wanted.where(AuditEntry.staff_id == staff_id)
    if kind is not None:
        wanted = wanted.where(AuditEntry.kind == kind)
    if record:
        wanted = wanted.where(AuditEntry.record == record)
    if below is not None:
        wanted = wanted.where(AuditEntry.id < below)
    return session.scalars(wanted).all()
