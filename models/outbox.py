"""The outbox: messages and their deliveries, written in the transaction of what they tell of.

The courier takes deliveries by priority, marks each `sending` before it goes out and `sent` after.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from models import clock, people
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.group_chats import GroupChat
from models.letters import Letter
from models.people import ChannelKind, Person
from models.prepared import Prepared
from models.prepared import parameter as p

CONFIRM = "confirm"  # the kind of the one e-mail that may go to an address not yet known to be somebody's
RECEIVED = "received"  # the kind of the thanks for a form
DIALOGUE = "dialogue"  # the kind of what is said in a chat as part of the talk
_BOUND = (CONFIRM, DIALOGUE)  # kinds that make sense on their own channel only
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

    @property
    def addressee(self) -> int:
        """The person's id, or minus that of the group chat: the key by which chats are paced."""
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
    row = _WRITE.run(session, {"key": key, "kind": kind, "words": letter.pack(), "now": now}).first()
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
    row = _WRITE.run(session, {"key": key, "kind": kind, "words": letter.pack(), "now": now}).first()
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


def _due() -> sa.Select[Delivery]:
    earlier = aliased(Delivery)
    addressee = sa.func.coalesce(Delivery.person_id, -Delivery.group_chat_id)

    def has_earlier(mine: sa.ColumnElement[bool]) -> sa.Exists:
        before = (
            mine, earlier.channel == Delivery.channel, earlier.priority == Delivery.priority,
            earlier.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING]), earlier.id < Delivery.id,
        )  # fmt: skip
        return sa.select(earlier.id).where(*before).exists()

    return (
        sa.select(Delivery)
        .where(
            Delivery.state == DeliveryState.QUEUED,
            Delivery.channel == sa.bindparam("channel"),
            Delivery.not_before <= sa.bindparam("now"),
            addressee.not_in(sa.bindparam("resting", expanding=True)),
            sa.or_(
                Delivery.priority == ANSWER_FIRST,
                addressee.not_in(sa.bindparam("calm", expanding=True)),
            ),
            ~has_earlier(earlier.person_id == Delivery.person_id),
            ~has_earlier(earlier.group_chat_id == Delivery.group_chat_id),
        )
        .order_by(Delivery.priority, Delivery.id)
        .limit(sa.bindparam("limit"))
        .options(joinedload(Delivery.message), joinedload(Delivery.person), joinedload(Delivery.group_chat))
    )


_DUE = _due()


def next_due(
    session: Session,
    channel: ChannelKind,
    *,
    limit: int,
    resting: Collection[int] = (),
    calm: Collection[int] = (),
) -> Sequence[Delivery]:
    """Return what may go out now over a channel, answers before news, each person's in order.

    Nothing for the people in `resting`, and only answers for those in `calm`: they have just got something.
    """
    return session.scalars(
        _DUE,
        {
            "channel": channel, "now": clock.now(), "limit": limit, "resting": list(resting),
            "calm": list(calm),
        },
    ).all()  # fmt: skip


def words_now(session: Session, message_id: int) -> dict[str, Any] | None:
    """Return the words of a message, kept as they are until the transaction ends; None once it is gone.

    Whoever puts other words there waits for us, and then finds what we have marked as on its way.
    """
    return session.scalar(sa.select(Message.words).where(Message.id == message_id).with_for_update(read=True))


def mark_sending(session: Session, delivery_id: int) -> bool:
    """Note that a delivery goes out now; False when it no longer waits."""
    marked = session.execute(
        sa.update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.SENDING, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
    )
    return marked.first() is not None


def settle(
    session: Session,
    delivery_id: int,
    state: DeliveryState,
    *,
    external_id: int | None = None,
    error: str = "",
    wait: timedelta | None = None,
    counts: bool = True,
) -> None:
    """Note how a delivery ended; with `wait` it is tried again after that time.

    What certainly never left the house does not count as an attempt.
    """
    now = clock.now()
    values: dict[str, Any] = {"state": state, "error": error[:300], "settled_at": now}
    if external_id is not None:
        values["external_id"] = external_id
    if wait is not None:
        values |= {"not_before": now + wait, "settled_at": None}
    if not counts:
        values["attempts"] = Delivery.attempts - 1
    session.execute(sa.update(Delivery).where(Delivery.id == delivery_id).values(**values))


def give_up_channel(session: Session, delivery_id: int, state: DeliveryState, *, error: str) -> None:
    """End a delivery in `state` and note that its person cannot be reached over its channel any more.

    This message, and what else waits there for them, goes over the other channel if that one is known
    to work; what belongs to a dialogue, or asks to confirm an address, does not.
    """
    delivery = session.get(Delivery, delivery_id, options=[joinedload(Delivery.message)])
    if delivery is None:  # the person has been erased meanwhile
        return
    if delivery.person_id is None:
        _give_up_chat(session, delivery, state, error)
        return
    person = session.get_one(Person, delivery.person_id)
    channel = delivery.channel
    _note_unreachable(person, channel, error)
    other = _other_way(person, channel)
    settle(session, delivery_id, state, error=error)
    theirs = (
        Delivery.person_id == person.id,
        Delivery.channel == channel,
        Delivery.state == DeliveryState.QUEUED,
    )
    if other is not None:
        movable = Delivery.message_id.in_(sa.select(Message.id).where(Message.kind.not_in(_BOUND)))
        session.execute(sa.update(Delivery).where(*theirs, movable).values(channel=other))
        if delivery.message.kind not in _BOUND:
            _send(
                session, delivery.message_id, person.id, other, DeliveryState.QUEUED, delivery.priority, None
            )
    session.execute(
        sa.update(Delivery)
        .where(*theirs)
        .values(state=DeliveryState.UNREACHABLE, error=error[:300], settled_at=clock.now())
    )


def _give_up_chat(session: Session, delivery: Delivery, state: DeliveryState, error: str) -> None:
    """Note that the bot is no longer in a group's chat; nothing more is sent there."""
    now = clock.now()
    gone = sa.update(GroupChat).where(GroupChat.id == delivery.group_chat_id, GroupChat.gone_at.is_(None))
    session.execute(gone.values(gone_at=now))
    session.execute(
        sa.update(Delivery)
        .where(Delivery.group_chat_id == delivery.group_chat_id, Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.UNREACHABLE, error=error[:300], settled_at=now)
    )
    settle(session, delivery.id, state, error=error)


def _note_unreachable(person: Person, channel: ChannelKind, error: str) -> None:
    if channel is ChannelKind.TELEGRAM and person.telegram_id is not None:
        person.telegram_blocked = True
    elif channel is ChannelKind.EMAIL and person.email:
        person.email_failed = error[:200] or "unreachable"


def _other_way(person: Person, channel: ChannelKind) -> ChannelKind | None:
    if channel is ChannelKind.TELEGRAM:
        works = bool(person.email and person.email_confirmed_at and not person.email_failed)
        return ChannelKind.EMAIL if works else None
    works = person.telegram_id is not None and not person.telegram_blocked
    return ChannelKind.TELEGRAM if works else None


def move_chat(session: Session, addressee: int, telegram_id: int) -> None:
    """Note that Telegram has given a chat another number, unless that one is known already."""
    if addressee < 0:
        taken = sa.select(GroupChat.id).where(GroupChat.chat_id == telegram_id)
        moved = sa.update(GroupChat).where(GroupChat.id == -addressee).values(chat_id=telegram_id)
    else:
        taken = sa.select(Person.id).where(Person.telegram_id == telegram_id)
        moved = sa.update(Person).where(Person.id == addressee).values(telegram_id=telegram_id)
    if session.scalar(taken) is None:
        session.execute(moved)


def requeue_interrupted(session: Session, channel: ChannelKind) -> int:
    """Send again what was on its way when the courier died: once more beats not at all."""
    again = session.execute(
        sa.update(Delivery)
        .where(Delivery.state == DeliveryState.SENDING, Delivery.channel == channel)
        .values(state=DeliveryState.QUEUED, error="interrupted")
        .returning(Delivery.id)
    )
    return len(again.all())


def sent_lately(session: Session, person_id: int, kind: str, *, since: datetime) -> int:
    """Return how many messages of a kind a person was sent since then, against mail bombing."""
    return (
        session.scalar(
            sa.select(sa.func.count(Delivery.id))
            .join(Message, Message.id == Delivery.message_id)
            .where(
                Delivery.person_id == person_id,
                Delivery.state == DeliveryState.SENT,
                Message.kind == kind,
                Delivery.settled_at >= since,
            )
        )
        or 0
    )
