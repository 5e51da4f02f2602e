"""The outbox as the courier sees it: what may go out now, and how it went.

The courier takes deliveries by priority, marks each `sending` before it goes out and `sent` after.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from models import clock
from models.group_chats import GroupChat
from models.outbox import ANSWER_FIRST, BOUND, Delivery, DeliveryState, Message, Sending, send_many
from models.people import ChannelKind, Person
from models.prepared import Prepared
from models.prepared import parameter as p


def _due() -> sa.Select[Delivery]:
    earlier = aliased(Delivery)
    addressee = sa.func.coalesce(Delivery.person_id, -Delivery.group_chat_id)  # NULL for staff
    is_to_staff = Delivery.staff_id.is_not(None)  # who are never paced: they get single letters

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
            sa.or_(is_to_staff, addressee.not_in(sa.bindparam("resting", expanding=True))),
            sa.or_(
                Delivery.priority == ANSWER_FIRST,
                is_to_staff,
                addressee.not_in(sa.bindparam("calm", expanding=True)),
            ),
            ~has_earlier(earlier.person_id == Delivery.person_id),
            ~has_earlier(earlier.group_chat_id == Delivery.group_chat_id),
        )
        .order_by(Delivery.priority, Delivery.id)
        .limit(sa.bindparam("limit"))
        .options(
            joinedload(Delivery.message),
            joinedload(Delivery.person),
            joinedload(Delivery.group_chat),
            joinedload(Delivery.staff),
        )
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


_TABLE = Delivery.__table__.c
_WORDS = sa.select(Message.words).where(Message.id == sa.bindparam("id")).with_for_update(read=True)


def words_now(session: Session, message_id: int) -> dict[str, Any] | None:
    """Return the words of a message, kept as they are until the transaction ends; None once it is gone.

    Whoever puts other words there waits for us, and then finds what we have marked as on its way.
    """
    return session.scalar(_WORDS, {"id": message_id})


# Both run once for each letter of a broadcast, so they skip the ORM.
_MARK = Prepared(
    lambda _insert: (
        sa.update(Delivery)
        .where(_TABLE.id == p("delivery_id"), _TABLE.state == sa.literal_column("'queued'"))
        .values(state=sa.literal_column("'sending'"), attempts=_TABLE.attempts + sa.literal_column("1"))
        .returning(_TABLE.id)
    )
)
_END = Prepared(
    lambda _insert: (
        sa.update(Delivery)
        .where(_TABLE.id == p("delivery_id"))
        .values(
            state=p("new_state"), error=p("new_error"), settled_at=p("now"),
            external_id=sa.func.coalesce(sa.cast(p("new_external_id"), sa.BigInteger), _TABLE.external_id),
        )
    )
)  # fmt: skip


def mark_sending(session: Session, delivery_id: int) -> bool:
    """Note that a delivery goes out now; False when it no longer waits."""
    return _MARK.run(session, {"delivery_id": delivery_id}) is not None


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
    if wait is None and counts:
        ended = {
            "delivery_id": delivery_id, "new_state": state.value, "new_error": error[:300], "now": now,
            "new_external_id": external_id,
        }  # fmt: skip
        _END.run(session, ended)
        return
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
    if delivery.staff_id is not None:  # there is one way only, and their account stays as it is
        settle(session, delivery_id, state, error=error)
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
        movable = Delivery.message_id.in_(sa.select(Message.id).where(Message.kind.not_in(BOUND)))
        session.execute(sa.update(Delivery).where(*theirs, movable).values(channel=other))
        if delivery.message.kind not in BOUND:
            again = Sending(delivery.message_id, person.id, other, priority=delivery.priority)
            send_many(session, [again])
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
