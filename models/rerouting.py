"""Letters that wait for a chat while Telegram is switched off: they go by e-mail, where that works."""

import sqlalchemy as sa

from models.db import Database
from models.outbox import BOUND, Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.settings import Settings

BATCH = 500  # a transaction: sign-ups that come in meanwhile must not wait


def tick(db: Database, settings: Settings) -> int:
    """Send by e-mail what nobody carries to a chat; return how much. Replies of a dialogue stay.

    Only the switch counts: a bot that is not set up yet, or that cannot be reached, is waited for.
    """
    if settings.is_telegram_on:
        return 0
    moved = 0
    while True:
        with db.transaction() as session:
            again = session.execute(_BY_MAIL).all()
        moved += len(again)
        if len(again) < BATCH:
            return moved


_STUCK = (
    sa.select(Delivery.id)
    .join(Person, Person.id == Delivery.person_id)
    .join(Message, Message.id == Delivery.message_id)
    .where(
        Delivery.state == DeliveryState.QUEUED,
        Delivery.channel == ChannelKind.TELEGRAM,
        Delivery.edits.is_(None),  # changes what stands in the chat
        Message.kind.not_in(BOUND),
        Person.email.is_not(None),
        Person.email_confirmed_at.is_not(None),
        Person.email_failed == "",
    )
    .limit(BATCH)
)
_BY_MAIL = (
    sa.update(Delivery)
    .where(Delivery.id.in_(_STUCK))
    .values(channel=ChannelKind.EMAIL)
    .returning(Delivery.id)
    .execution_options(synchronize_session=False)
)
