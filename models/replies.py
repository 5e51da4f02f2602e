"""Which question of the office somebody answers by replying to its message in the chat."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.outbox import Delivery, Message
from models.people import ChannelKind


def question_of(session: Session, person_id: int, external_id: int) -> int | None:
    """Return the submission on which the message with this Telegram id asked back, None for others."""
    key = session.scalars(
        sa.select(Message.key)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(
            Delivery.person_id == person_id,
            Delivery.channel == ChannelKind.TELEGRAM,
            Delivery.external_id == external_id,
            Message.kind == "asked-back",
        )
    ).first()
    parts = (key or "").split(":")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else None
