"""Letters to linked group chats: into the outbox, and what becomes of them there."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, outbox
from models.group_chats import GroupChat
from models.letters import Letter
from models.outbox import Delivery, DeliveryState, Sending
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
    to_chat = Sending(number, None, ChannelKind.TELEGRAM, group_chat_id=chat.id, priority=priority)
    outbox.send_many(session, [to_chat])
    return True


def let_go(session: Session, group_chat_id: int, *, error: str) -> None:
    """End what still waits for a chat."""
    session.execute(
        sa.update(Delivery)
        .where(Delivery.group_chat_id == group_chat_id, Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.UNREACHABLE, error=error[:300], settled_at=clock.now())
    )
