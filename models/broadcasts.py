"""Broadcasts: one row and a cursor for a message to many, however many they are.

The courier turns a broadcast into deliveries, a few hundred at a time, so nothing ever waits for all of them
(`filling`). A correction goes to those who have the first edition, see `start`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import audiences, clock, outbox, outgoing, preferences
from models.audiences import Audience
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.group_chats import GroupChat
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind
from models.preferences import DigestItem, Rhythm, Topic
from models.updates import Update, UpdateState

KIND = "update"  # of the messages that updates are
UNWANTED, CANCELLED, WEEKLY, QUIET = "not wanted any more", "cancelled", "weekly", "quiet hours"
SUPERSEDED, NOTHING_THERE = "superseded", "nothing to correct"
WAITING = (DeliveryState.QUEUED, DeliveryState.HELD)


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    RUNNING = "running"
    DONE = "done"  # everybody has a delivery; these may still be on their way
    CANCELLED = "cancelled"


class Broadcast(Base):
    """A message on its way to an audience.

    `cursor` is the last person who has got a delivery; of a correction, the last delivery that it corrects.
    """

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(sa.ForeignKey(Update.id, ondelete="CASCADE"))
    edition: Mapped[int]
    message_id: Mapped[int] = mapped_column(sa.ForeignKey(Message.id, ondelete="CASCADE"), index=True)
    audience: Mapped[dict[str, Any]]  # as it was when the broadcast began
    state: Mapped[BroadcastState] = mapped_column(choice_of(BroadcastState), index=True)
    cursor: Mapped[int] = mapped_column(default=0)
    planned: Mapped[int] = mapped_column(default=0)  # recipients, counted by the courier when it begins
    made: Mapped[int] = mapped_column(default=0)  # recipients so far, those of the weekly letter among them
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    filled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("update_id", "edition"),)


def start(session: Session, update: Update, message_id: int) -> Broadcast:
    """Begin to send the edition of an update at which it is now: one row, however many get it.

    The second and later editions are corrections: whoever has got the first one gets them. Corrections
    before this one that still wait are not sent any more.
    """
    if update.edition > 1:
        _end_corrections(session, update.id)
    begun = Broadcast(
        update_id=update.id, edition=update.edition, message_id=message_id, audience=dict(update.audience),
        state=BroadcastState.RUNNING, started_at=clock.now(),
    )  # fmt: skip
    session.add(begun)
    session.flush()
    if update.edition > 1:
        _correct_under_way(session, begun)
    return begun


def _end_corrections(session: Session, update_id: int) -> None:
    older = sa.select(Broadcast.message_id).where(Broadcast.update_id == update_id, Broadcast.edition > 1)
    session.execute(
        sa.update(Broadcast)
        .where(
            Broadcast.update_id == update_id, Broadcast.edition > 1,
            Broadcast.state == BroadcastState.RUNNING,
        )
        .values(state=BroadcastState.CANCELLED, finished_at=clock.now())
    )  # fmt: skip
    _drop(session, older, SUPERSEDED)


def _correct_under_way(session: Session, begun: Broadcast) -> None:
    """Send the correction after what is leaving with the old words right now; the rest is for the filler."""
    leaving = session.scalars(
        sa.select(Delivery).where(
            Delivery.message_id == original_of(session, begun), Delivery.state == DeliveryState.SENDING
        )
    ).all()
    outbox.send_many(session, [correcting(one, begun.message_id) for one in leaving])
    begun.made += len(leaving)
    session.flush()


def correcting(one: Delivery, message_id: int) -> outbox.Sending:
    """Return the sending that corrects a delivery, over the same channel."""
    return outbox.Sending(
        message_id, one.person_id, one.channel, group_chat_id=one.group_chat_id, edits=one.external_id
    )


def original_of(session: Session, broadcast: Broadcast) -> int:
    """Return the message of the first edition; 0 when its time for letters is over."""
    first = sa.select(Broadcast.message_id).where(
        Broadcast.update_id == broadcast.update_id, Broadcast.edition == 1
    )
    return session.scalar(first) or 0


def cancel(session: Session, update_id: int) -> int:
    """Stop all broadcasts of an update: what waits is not sent; return how many deliveries that were.

    What is on its way at this moment still arrives.
    """
    session.execute(
        sa.update(Broadcast)
        .where(Broadcast.update_id == update_id, Broadcast.state == BroadcastState.RUNNING)
        .values(state=BroadcastState.CANCELLED, finished_at=clock.now())
    )
    session.execute(
        sa.update(Update)
        .where(Update.id == update_id, Update.state == UpdateState.SENDING)
        .values(state=UpdateState.CANCELLED)
    )
    session.execute(sa.delete(DigestItem).where(DigestItem.update_id == update_id))
    messages = sa.select(Broadcast.message_id).where(Broadcast.update_id == update_id)
    return _drop(session, messages, CANCELLED)


def is_only_corrected(session: Session, update_id: int) -> bool:
    """Return whether the first edition has reached everybody's delivery and only a correction still runs."""
    rows = sa.select(Broadcast.edition, Broadcast.state).where(Broadcast.update_id == update_id)
    states = {row.edition: row.state for row in session.execute(rows)}
    waits = sa.select(Delivery.id).where(
        Delivery.message_id.in_(
            sa.select(Broadcast.message_id).where(Broadcast.update_id == update_id, Broadcast.edition == 1)
        ),
        Delivery.state.in_(WAITING),
    )
    return (
        states.pop(1, None) is BroadcastState.DONE
        and BroadcastState.RUNNING in states.values()
        and session.scalar(waits.limit(1)) is None
    )


def cancel_correction(session: Session, update_id: int) -> int:
    """Stop correcting an update that everybody has; return how many keep the old words."""
    corrections = (Broadcast.update_id == update_id, Broadcast.edition > 1)
    session.execute(
        sa.update(Broadcast)
        .where(*corrections, Broadcast.state == BroadcastState.RUNNING)
        .values(state=BroadcastState.CANCELLED, finished_at=clock.now())
    )
    return _drop(session, sa.select(Broadcast.message_id).where(*corrections), CANCELLED)


def _drop(session: Session, messages: sa.Select[int], reason: str) -> int:
    dropped = session.execute(
        sa.update(Delivery)
        .where(Delivery.message_id.in_(messages), Delivery.state.in_(WAITING))
        .values(state=DeliveryState.DROPPED, error=reason, settled_at=clock.now())
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(dropped.all())


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a delivery of a broadcast does not go out; with `until` it only has to wait."""

    reason: str
    until: datetime | None = None


_SENDS = sa.select(Broadcast).where(Broadcast.message_id == sa.bindparam("message_id"))


def _that_sends(session: Session, delivery: Delivery) -> Broadcast | None:
    return session.scalars(_SENDS, {"message_id": delivery.message_id}).first()


def hindrance(session: Session, delivery: Delivery, zone: str) -> Hindrance | None:
    """Return what speaks against sending a delivery of an update right now: asked just before it leaves.

    An edit only changes what somebody has; nobody is written to by it.
    """
    broadcast = _that_sends(session, delivery)
    if broadcast is None:
        return None
    if broadcast.state is BroadcastState.CANCELLED:
        return Hindrance(CANCELLED)
    is_edit = broadcast.edition > 1 and delivery.channel is ChannelKind.TELEGRAM
    if is_edit and edited_by(session, delivery) is None:
        return Hindrance(NOTHING_THERE)
    if is_edit:
        return None
    audience = Audience.unpack(broadcast.audience)
    if delivery.person_id is None:
        return None if _is_its_chat(session, delivery, audience) else Hindrance(UNWANTED)
    known = audiences.groups_of_one(session, delivery.person_id, audience)
    if not known:
        return Hindrance(UNWANTED)
    topic, person_id = Topic.UPDATES, delivery.person_id
    wish = preferences.wishes(session, [person_id], topic, {person_id: known})[person_id]
    if wish.rhythm is Rhythm.WEEKLY and broadcast.edition == 1:
        return Hindrance(WEEKLY)
    now = clock.now()
    until = wish.not_before(now, zone)
    return Hindrance(QUIET, until) if until > now else None


def _is_its_chat(session: Session, delivery: Delivery, audience: Audience) -> bool:
    """Return whether a chat still belongs to a group that is meant: another one may have it by now."""
    mine = sa.select(GroupChat.id).where(
        GroupChat.id == delivery.group_chat_id, GroupChat.group_id.in_(audiences.group_ids(audience))
    )
    return session.scalar(mine) is not None


def put_off(session: Session, delivery: Delivery, hindrance: Hindrance) -> None:
    """Act on a hindrance: wait, leave it to the weekly letter, or send it no more."""
    if hindrance.until is not None:
        outgoing.settle(
            session, delivery.id, DeliveryState.QUEUED, error=hindrance.reason,
            wait=hindrance.until - clock.now(), counts=False,
        )  # fmt: skip
        return
    if hindrance.reason == WEEKLY and delivery.person_id is not None:
        update_id = sa.select(Broadcast.update_id).where(Broadcast.message_id == delivery.message_id)
        preferences.keep_for_digest(session, [delivery.person_id], session.scalars(update_id).one())
    outgoing.settle(session, delivery.id, DeliveryState.DROPPED, error=hindrance.reason, counts=False)


def edited_by(session: Session, delivery: Delivery) -> int | None:
    """Return the chat message that a correction replaces: noted, or of what was under way when it began."""
    if delivery.edits is not None:
        return delivery.edits
    broadcast = _that_sends(session, delivery)
    if broadcast is None or broadcast.edition == 1:
        return None
    whose = (
        Delivery.person_id == delivery.person_id
        if delivery.person_id is not None
        else Delivery.group_chat_id == delivery.group_chat_id
    )
    return session.scalars(
        sa.select(Delivery.external_id).where(
            whose, Delivery.message_id == original_of(session, broadcast),
            Delivery.channel == delivery.channel, Delivery.external_id.is_not(None),
        )
    ).first()  # fmt: skip
