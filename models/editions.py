"""Editions: what a correction corrects, as it went out to the same person before."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.outbox import Delivery, DeliveryState, Message


def earlier(session: Session, delivery: Delivery) -> Sequence[Delivery]:
    """Return the deliveries of earlier editions that reached the same person over the same channel, in order.

    Editions are told apart by the last part of their message's key, as in `update:7:2`.
    """
    stem = (delivery.message.key or "").rpartition(":")[0]
    if not stem:
        return []
    return session.scalars(
        sa.select(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .where(
            Delivery.person_id == delivery.person_id,
            Delivery.channel == delivery.channel,
            Delivery.state == DeliveryState.SENT,
            Delivery.message_id != delivery.message_id,
            Delivery.id < delivery.id,
            Message.key.startswith(f"{stem}:", autoescape=True),
        )
        .order_by(Delivery.id)
    ).all()
