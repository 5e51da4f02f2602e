"""The outbox: messages and their deliveries, written in the transaction of what they tell of.

What the courier does with them is in `models.outgoing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import clock, people
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.group_chats import GroupChat
from models.letters import Letter
from models.people import ChannelKind, Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.staff import StaffMember

CONFIRM = "confirm"  # the kind of the one e-mail that may go to an address not yet known to be somebody's
RECEIVED = "received"  # the kind of the thanks for a form
TYPED = "thanks"  # the same, to an address that somebody has typed who may be anybody
DIALOGUE = "dialogue"  # the kind of what is said in a chat as part of the talk
BOUND = (CONFIRM, DIALOGUE)  # kinds that make sense on their own channel only
ANSWER_FIRST, NOTICE, BROADCAST = 0, 5, 9  # priorities: a person who waits comes before news


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    HELD = "held"  # waits until the person has confirmed the address
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"


class Message(Base):
    """A letter to one or more people. `key` is unique, so that nothing is said twice."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    words: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Delivery(Base):
    """A message on its way to one person over one channel."""

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey(Message.id, ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    group_chat_id: Mapped[int | None] = mapped_column(  # to a linked group chat instead of a person
        sa.ForeignKey(GroupChat.id, ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(  # to somebody of the office, who need not be a person
        sa.ForeignKey(StaffMember.id, ondelete="CASCADE"), index=True
    )
    channel: Mapped[ChannelKind] = mapped_column(choice_of(ChannelKind))
    state: Mapped[DeliveryState] = mapped_column(choice_of(DeliveryState))
    priority: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int]
    external_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    edits: Mapped[int | None] = mapped_column(sa.BigInteger)  # the chat message that this one replaces
    error: Mapped[str] = mapped_column(sa.String(300))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    message: Mapped[Message] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    group_chat: Mapped[GroupChat | None] = relationship(lazy="raise")
    staff: Mapped[StaffMember | None] = relationship(lazy="raise")

    @property
    def addressee(self) -> int:
        """The person's id, or minus that of the group chat: the key by which chats are paced; 0 for staff."""
        return self.person_id if self.person_id is not None else -(self.group_chat_id or 0)

    __table_args__ = (
        sa.Index("ix_deliveries_due", "state", "channel", "priority", "id"),
        sa.Index("ix_deliveries_message", "message_id", "state", "id"),
        sa.Index("ix_deliveries_person", "person_id", "channel", "state"),
    )


_WRITE = Prepared(
    lambda insert: (
        insert(Message)
        .values(key=p("key"), kind=p("kind"), words=p("words"), created_at=p("now"))
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Message.__table__.c.id)
    )
)
_SEND = Prepared(
    lambda insert: insert(Delivery).values(
        message_id=p("message_id"), person_id=p("person_id"), channel=p("channel"), state=p("state"),
        priority=p("priority"), not_before=p("not_before"), attempts=sa.literal_column("0"), error=p("error"),
        created_at=p("now"),
    )
)  # fmt: skip


def _send(
    session: Session,
    message_id: int,
    person_id: int,
    channel: ChannelKind,
    state: DeliveryState,
    priority: int,
    not_before: datetime | None,
) -> None:
    now = clock.now()
    _SEND.run(
        session,
        {
            "message_id": message_id, "person_id": person_id, "channel": channel.value, "state": state.value,
            "priority": priority, "now": now, "not_before": not_before or now, "error": "",
        },
    )  # fmt: skip


def post(
    session: Session,
    person_id: int,
    channel: ChannelKind,
    letter: Letter,
    *,
    kind: str,
    priority: int = NOTICE,
    key: str | None = None,
    held: bool = False,
    not_before: datetime | None = None,
) -> bool:
    """Put a letter to one person into the outbox; False when a message of this key is there already.

    It waits there until `not_before`.
    """
    now = clock.now()
    row = _WRITE.run(session, {"key": key, "kind": kind, "words": letter.pack(), "now": now})
    if row is None:
        return False
    if channel is not ChannelKind.PHONE:
        state = DeliveryState.HELD if held else DeliveryState.QUEUED
        _send(session, int(row[0]), person_id, channel, state, priority, not_before)
    return True


def tell(
    session: Session,
    person: Person,
    letter: Letter,
    *,
    kind: str,
    priority: int = NOTICE,
    key: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Tell a person something where they can be reached.

    An e-mail address that its owner has not confirmed yet gets nothing: the letter is held until then.
    """
    channel = person.channel
    held = channel is ChannelKind.EMAIL and person.email_confirmed_at is None
    return post(
        session, person.id, channel, letter, kind=kind, priority=priority, key=key, held=held,
        not_before=not_before,
    )  # fmt: skip


def write(session: Session, letter: Letter, *, kind: str, key: str) -> int | None:
    """Store a letter to many people, sent to nobody yet; None when one of this key is there already."""
    now = clock.now()
    row = _WRITE.run(session, {"key": key, "kind": kind, "words": letter.pack(), "now": now})
    return int(row[0]) if row else None


def send_to(
    session: Session,
    message_id: int,
    person: Person,
    *,
    priority: int = NOTICE,
    not_before: datetime | None = None,
    channel: ChannelKind | None = None,
) -> None:
    """Send a stored letter to one more person, over `channel` or else where they can be reached.

    The caller sees to it that this happens once.
    """
    channel = channel or person.channel
    if channel is ChannelKind.PHONE:
        return
    held = channel is ChannelKind.EMAIL and person.email_confirmed_at is None
    state = DeliveryState.HELD if held else DeliveryState.QUEUED
    _send(session, message_id, person.id, channel, state, priority, not_before)


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery to be made: of a stored letter, to a person or to a linked chat."""

    message_id: int
    person_id: int | None
    channel: ChannelKind
    group_chat_id: int | None = None
    is_held: bool = False
    priority: int = BROADCAST
    not_before: datetime | None = None
    edits: int | None = None


_SEND_MANY = Prepared(
    lambda insert: insert(Delivery).values(
        message_id=p("message_id"), person_id=p("person_id"), group_chat_id=p("group_chat_id"),
        channel=p("channel"), state=p("state"), priority=p("priority"), not_before=p("not_before"),
        attempts=sa.literal_column("0"), error=sa.literal_column("''"), edits=p("edits"), created_at=p("now"),
    )
)  # fmt: skip


def send_many(session: Session, sendings: Sequence[Sending]) -> None:
    """Make many deliveries in one round trip; the caller sees to it that each comes once."""
    now = clock.now()
    rows = [
        {
            "message_id": one.message_id, "person_id": one.person_id, "group_chat_id": one.group_chat_id,
            "channel": one.channel.value, "priority": one.priority, "not_before": one.not_before or now,
            "state": (DeliveryState.HELD if one.is_held else DeliveryState.QUEUED).value,
            "edits": one.edits, "now": now,
        }
        for one in sendings
    ]  # fmt: skip
    if rows:
        _SEND_MANY.run_many(session, rows)


def begins(session: Session, words: str) -> sa.ColumnElement[bool]:
    """Return the condition that a message's key begins with these words.

    Written as a span for SQLite, which looks that up in its index; LIKE would read all messages. PostgreSQL
    sorts by the rules of a language, where such a span would not hold what begins so.
    """
    if session.get_bind().dialect.name == "sqlite":
        return sa.and_(Message.key >= words, Message.key < words[:-1] + chr(ord(words[-1]) + 1))
    return Message.key.startswith(words, autoescape=True)


def is_written(session: Session, key: str) -> bool:
    """Return whether there is a message of this key."""
    return session.scalar(sa.select(Message.id).where(Message.key == key)) is not None


def confirm_address(session: Session, person: Person) -> None:
    """Take the e-mail address as the person's own, and let go what was held until then."""
    people.confirm_email(session, person)
    release_held(session, person.id)


def release_held(session: Session, person_id: int) -> int:
    """Let go what was held until the person confirmed their address; return how many."""
    released = session.execute(
        sa.update(Delivery)
        .where(Delivery.person_id == person_id, Delivery.state == DeliveryState.HELD)
        .values(state=DeliveryState.QUEUED)
        .returning(Delivery.id)
    )
    return len(released.all())
