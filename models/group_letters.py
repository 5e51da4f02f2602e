"""Letters to linked group chats: into the outbox, and what becomes of them there."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, group_chats, outbox
from models.group_chats import GroupChat
from models.letters import Letter
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind


def post(
    session: Session,
    chat: GroupChat,
    letter: Letter,
    *,
    kind: str,
    key: str,
    priority: int = outbox.NOTICE,
) -> bool:
    """Put a letter to a linked chat into the outbox; False when one of this key is there already."""
    number = outbox.write(session, letter, kind=kind, key=key)
    if number is None:
        return False
    send(session, number, chat.id, priority=priority)
    return True


def send(
    session: Session,
    message_id: int,
    group_chat_id: int,
    *,
    priority: int = outbox.NOTICE,
    edits: int | None = None,
) -> None:
    """Send a stored letter to one linked chat, too, in place of the message `edits` where one is given.

    The caller sees to it: once.
    """
    now = clock.now()
    session.add(
        Delivery(
            message_id=message_id, group_chat_id=group_chat_id, channel=ChannelKind.TELEGRAM,
            state=DeliveryState.QUEUED, priority=priority, not_before=now, attempts=0, edits=edits, error="",
            created_at=now,
        )
    )  # fmt: skip
    session.flush()


def give_up(session: Session, delivery_id: int, *, error: str) -> None:
    """End all that waits for the chat of a delivery: the bot is no longer in it."""
    number = session.scalar(sa.select(Delivery.group_chat_id).where(Delivery.id == delivery_id))
    chat = session.get(GroupChat, number) if number else None
    if chat is None:
        return
    group_chats.note_gone(session, chat.chat_id)
    outbox.settle(session, delivery_id, DeliveryState.UNREACHABLE, error=error)
    let_go(session, chat.id, error=error)


def let_go(session: Session, group_chat_id: int, *, error: str) -> None:
    """End what still waits for a chat."""
    session.execute(
        sa.update(Delivery)
        .where(Delivery.group_chat_id == group_chat_id, Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.UNREACHABLE, error=error[:300], settled_at=clock.now())
    )


def move(session: Session, group_chat_id: int, telegram_id: int) -> None:
    """Note that Telegram has given a linked chat another number."""
    chat = session.get(GroupChat, group_chat_id)
    if chat is not None:
        group_chats.move(session, chat.chat_id, telegram_id)
