"""Messages that did not arrive, or still wait: what the office can see and do about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import clock
from models.errors import Conflict, NotFound
from models.outbox import CONFIRM, Delivery, DeliveryState
from models.people import ChannelKind
from translations import _

SHOWN = 100
LOST_STATES = (DeliveryState.FAILED, DeliveryState.UNREACHABLE)
DELAYED_STATES = (DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING)
DELIVERY_WORDS = {
    DeliveryState.QUEUED: _("Waiting to be sent"),
    DeliveryState.HELD: _("Waits until the person has confirmed the address"),
    DeliveryState.SENDING: _("Going out now"),
    DeliveryState.SENT: _("Sent"),
    DeliveryState.FAILED: _("Could not be sent"),
    DeliveryState.UNREACHABLE: _("The person cannot be reached this way"),
    DeliveryState.DROPPED: _("Not sent any more"),
}
MESSAGE_WORDS = {
    "received": _("Thank-you"),
    "thanks": _("Thank-you"),
    "confirm": _("Request to confirm the address"),
    "asked-back": _("Question of the office"),
    "accepted": _("Answer of the office"),
    "declined": _("Answer of the office"),
    "handed-over": _("Contact handed over"),
    "round": _("Question of the status round"),
    "round-reminder": _("Reminder of the status round"),
    "lead-changed": _("Somebody else leads the group"),
    "hand-over": _("Invitation to lead a group"),
    "meeting": _("News of a meeting"),
    "update": _("Update"),
    "update-test": _("Test of an update"),
    "update-back": _("Update given back"),
    "minutes-asked": _("Question for minutes"),
    "linked": _("Group chat linked"),
}


def lost(session: Session, *, limit: int = SHOWN) -> Sequence[Delivery]:
    """Return what could not be delivered, the newest first."""
    return _in_states(session, LOST_STATES, limit)


def delayed(session: Session, *, limit: int = SHOWN) -> Sequence[Delivery]:
    """Return what still waits, the newest first."""
    return _in_states(session, DELAYED_STATES, limit)


def _in_states(session: Session, states: tuple[DeliveryState, ...], limit: int) -> Sequence[Delivery]:
    return session.scalars(
        sa.select(Delivery)
        .where(Delivery.state.in_(states), Delivery.staff_id.is_(None))
        .options(joinedload(Delivery.message), joinedload(Delivery.person), joinedload(Delivery.group_chat))
        .order_by(Delivery.id.desc())
        .limit(limit)
    ).all()


def try_again(session: Session, delivery_id: int) -> Delivery:
    """Send a lost message once more, the way on which its person is reached now.

    Conflict when it is not lost (any more).
    """
    found = session.get(
        Delivery, delivery_id, options=[joinedload(Delivery.person), joinedload(Delivery.message)]
    )
    if found is None or found.staff_id is not None:
        raise NotFound(_("This message does not exist."))
    channel, state = _way(found)
    moved = session.execute(
        sa.update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(LOST_STATES))
        .values(channel=channel, state=state, not_before=clock.now(), attempts=0, error="", settled_at=None)
        .returning(Delivery.id)
    ).first()
    if moved is None:
        raise Conflict(_("This message is on its way already."))
    session.refresh(found)
    return found


def _way(delivery: Delivery) -> tuple[ChannelKind, DeliveryState]:
    person = delivery.person
    if person is None:  # a group chat has one way only
        return delivery.channel, DeliveryState.QUEUED
    channel = person.channel
    if delivery.message.kind == CONFIRM:
        return delivery.channel, DeliveryState.QUEUED  # it asks about this very address
    if channel is ChannelKind.PHONE:
        channel = delivery.channel  # perhaps the mailbox works again, or the chat is open again
    is_held = channel is ChannelKind.EMAIL and person.email_confirmed_at is None
    return channel, DeliveryState.HELD if is_held else DeliveryState.QUEUED
