"""Filling: turns running broadcasts into deliveries, a few hundred at a time.

What is to be written is read first, without a lock; then it is written in one short transaction, in which the
cursor decides: whoever has read the same place too late writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import audiences, broadcasts, clock, outbox, preferences
from models.audiences import Audience
from models.broadcasts import Broadcast, BroadcastState
from models.db import Database, zone_of
from models.group_chats import GroupChat
from models.outbox import Delivery, DeliveryState, Sending
from models.people import ChannelKind, Person
from models.preferences import Rhythm, Topic
from models.settings import Settings
from models.updates import Update, UpdateState

BATCH = 300  # recipients in one transaction
LOW = 100  # deliveries that wait for a channel; with fewer, more are made


@dataclass
class _Load:
    """What comes next in a broadcast: sendings, people who get it with the weekly letter, the new cursor."""

    cursor: int
    sendings: list[Sending] = field(default_factory=list)
    weekly: list[int] = field(default_factory=list)
    is_last: bool = False

    @property
    def many(self) -> int:
        return len(self.sendings) + len(self.weekly)


def is_running(session: Session) -> bool:
    """Return whether any broadcast has to be filled."""
    return session.scalar(_running().limit(1)) is not None


def _running() -> sa.Select[int]:
    return sa.select(Broadcast.id).where(Broadcast.state == BroadcastState.RUNNING).order_by(Broadcast.id)


def fill(db: Database, settings: Settings) -> int:
    """Make the next deliveries of each running broadcast that needs some; return how many that were.

    Safe to repeat, to interrupt, and to run twice at once.
    """
    with db.reading() as session:
        numbers = session.scalars(_running()).all()
    return sum(_fill(db, settings, number) for number in numbers)


def _fill(db: Database, settings: Settings, number: int) -> int:
    with db.reading() as session:
        broadcast = session.get(Broadcast, number)
        if broadcast is None or not _is_time(session, broadcast, settings):
            return 0
        load = (
            _corrections(session, broadcast)
            if broadcast.edition > 1
            else _next(session, broadcast, settings.zone)
        )
    with db.transaction() as session:
        if load.is_last:  # as everybody who works on an update: first the update, then its broadcasts
            session.execute(sa.select(Update.id).where(Update.id == broadcast.update_id).with_for_update())
        if not _advance(session, broadcast, load):
            return 0
        outbox.send_many(session, load.sendings)
        if load.weekly:
            preferences.keep_for_digest(session, load.weekly, broadcast.update_id)
        if load.is_last:
            _finish(session, broadcast, settings)
    if broadcast.planned == 0 and not load.is_last:
        _count(db, broadcast)  # only now: the first letters are already leaving meanwhile
    return load.many


def _advance(session: Session, broadcast: Broadcast, load: _Load) -> bool:
    """Move the cursor on; False where somebody else has done so, or the broadcast was cancelled."""
    moved = session.execute(
        sa.update(Broadcast)
        .where(
            Broadcast.id == broadcast.id, Broadcast.state == BroadcastState.RUNNING,
            Broadcast.cursor == broadcast.cursor, Broadcast.made == broadcast.made,
        )
        .values(cursor=load.cursor, made=Broadcast.made + load.many, filled_at=clock.now())
        .returning(Broadcast.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return moved.first() is not None


def _is_time(session: Session, broadcast: Broadcast, settings: Settings) -> bool:
    """Return whether more deliveries are needed.

    Each channel has a lane of its own. Where all of them run dry, at once; where only some do, not faster
    than they can need it, so that a mail server that stands still stops nobody else, and no flood builds up.
    A channel that is switched off is waited for by nobody.
    """
    most = BATCH + 2 * LOW
    ways = _ways(settings)
    rows = session.scalars(
        sa.select(Delivery.channel)
        .where(
            Delivery.message_id == broadcast.message_id, Delivery.state == DeliveryState.QUEUED,
            Delivery.not_before <= clock.now(), Delivery.channel.in_(ways),
        )
        .limit(most)
    ).all()  # fmt: skip
    full = [kind for kind in ways if rows.count(kind) >= LOW]
    if not full:
        return True
    if len(full) == len(ways):
        return False
    if not settings.courier_rate:
        return len(rows) < most
    pause = timedelta(seconds=BATCH / settings.courier_rate)
    return broadcast.filled_at is None or broadcast.filled_at + pause <= clock.now()


def _ways(settings: Settings) -> list[ChannelKind]:
    """Return the channels that are in use; all of them while none is set up yet."""
    has_chat = settings.is_telegram_on and bool(settings.bot_token.get_secret_value())
    used = ((ChannelKind.TELEGRAM, has_chat), (ChannelKind.EMAIL, settings.has_mail))
    return [kind for kind, is_used in used if is_used] or [kind for kind, _is_used in used]


def _next(session: Session, broadcast: Broadcast, zone: str) -> _Load:
    """Return what the next people of the audience get: six statements, however many.

    Who joins once the cursor has passed them is not told: what was sent before is on the news page.
    """
    audience = Audience.unpack(broadcast.audience)
    ids = session.scalars(audiences.batch(audience, broadcast.cursor, BATCH)).all()
    load = _Load(ids[-1] if ids else broadcast.cursor, is_last=len(ids) < BATCH)
    _add(session, broadcast, load, ids, zone)
    return load


def _add(session: Session, broadcast: Broadcast, load: _Load, ids: Sequence[int], zone: str) -> None:
    """Add what these people get, if they are in the audience and have not got it under another number."""
    audience = Audience.unpack(broadcast.audience)
    had = set(
        session.scalars(
            # Along the index of people: of one message there may be a million deliveries.
            sa.select(Delivery.person_id).where(
                Delivery.person_id.in_(ids), Delivery.message_id + 0 == broadcast.message_id
            )
        )
    )
    known = audiences.groups_of(session, [one for one in ids if one not in had], audience)
    wishes = preferences.wishes(session, known, Topic.UPDATES, known)
    now = clock.now()
    for person in session.scalars(sa.select(Person).where(Person.id.in_(known)).order_by(Person.id)):
        wish = wishes[person.id]
        channel = wish.way_to(person)
        if wish.rhythm is Rhythm.WEEKLY:
            load.weekly.append(person.id)
        elif wish.rhythm is Rhythm.INSTANT and channel is not ChannelKind.PHONE:
            load.sendings.append(
                Sending(
                    broadcast.message_id, person.id, channel, is_held=_is_held(person, channel),
                    not_before=wish.not_before(now, zone),
                )
            )  # fmt: skip


def catch_up(session: Session, person_id: int, instead_of: int) -> None:
    """Send what runs to somebody whom the cursor has passed, instead of one to whom it has yet to come.

    So that nobody is left out who is known to be one person with somebody else now.
    """
    running = sa.select(Broadcast).where(
        Broadcast.state == BroadcastState.RUNNING, Broadcast.edition == 1, Broadcast.cursor >= person_id,
        Broadcast.cursor < instead_of,
    )  # fmt: skip
    for broadcast in session.scalars(running.order_by(Broadcast.id)):
        load = _Load(broadcast.cursor)
        _add(session, broadcast, load, [person_id], zone_of(session))
        outbox.send_many(session, load.sendings)
        if load.weekly:
            preferences.keep_for_digest(session, load.weekly, broadcast.update_id)


def _is_held(person: Person, channel: ChannelKind) -> bool:
    return channel is ChannelKind.EMAIL and person.email_confirmed_at is None


def _corrections(session: Session, broadcast: Broadcast) -> _Load:
    """Return the corrections of the next deliveries that went out before the correction was made."""
    done = session.scalars(
        sa.select(Delivery)
        .where(
            Delivery.message_id == broadcasts.original_of(session, broadcast),
            Delivery.state == DeliveryState.SENT, Delivery.id > broadcast.cursor,
        )
        .order_by(Delivery.id)
        .limit(BATCH)
    ).all()  # fmt: skip
    load = _Load(done[-1].id if done else broadcast.cursor, is_last=len(done) < BATCH)
    load.sendings = [
        broadcasts.correcting(one, broadcast.message_id)
        for one in done
        if _is_before(one.settled_at, broadcast.started_at)
    ]
    return load


def _is_before(moment: datetime | None, other: datetime) -> bool:
    return moment is None or moment < other


def _finish(session: Session, broadcast: Broadcast, settings: Settings) -> None:
    """Send it to the groups' own chats, once, and note that everybody has a delivery."""
    chats = _chats(session, broadcast, settings)
    outbox.send_many(session, chats)
    done = {"state": BroadcastState.DONE, "finished_at": clock.now()}
    session.execute(
        sa.update(Broadcast)
        .where(Broadcast.id == broadcast.id)
        .values(made=Broadcast.made + len(chats), planned=Broadcast.made + len(chats), **done)
        .execution_options(synchronize_session=False)
    )
    others = sa.select(Broadcast.id).where(
        Broadcast.update_id == broadcast.update_id, Broadcast.id != broadcast.id,
        Broadcast.state == BroadcastState.RUNNING,
    )  # fmt: skip
    session.execute(
        sa.update(Update)
        .where(Update.id == broadcast.update_id, Update.state == UpdateState.SENDING, ~others.exists())
        .values(state=UpdateState.SENT, sent_at=sa.func.coalesce(Update.sent_at, clock.now()))
        .execution_options(synchronize_session=False)
    )


def _chats(session: Session, broadcast: Broadcast, settings: Settings) -> Sequence[Sending]:
    """Return the sendings to linked chats. A chat is for all of a group: what only some get is not for it."""
    audience = Audience.unpack(broadcast.audience)
    if broadcast.edition > 1 or not settings.is_telegram_on or not audience.is_for_chats:
        return []
    query = sa.select(GroupChat).where(
        GroupChat.gone_at.is_(None), GroupChat.group_id.in_(audiences.group_ids(audience))
    )
    if audience.languages:
        query = query.where(GroupChat.language.in_(sorted(audience.languages)))
    return [
        Sending(broadcast.message_id, None, ChannelKind.TELEGRAM, group_chat_id=chat.id)
        for chat in session.scalars(query.order_by(GroupChat.id))
    ]


def _count(db: Database, broadcast: Broadcast) -> None:
    """Note for how many people it is: told on the desk, and needed for nothing else."""
    with db.reading() as session:
        if broadcast.edition == 1:
            many = audiences.count(session, Audience.unpack(broadcast.audience))
        else:
            many = session.scalar(
                sa.select(sa.func.count()).where(
                    Delivery.message_id == broadcasts.original_of(session, broadcast),
                    Delivery.state == DeliveryState.SENT,
                )
            ) or 0  # fmt: skip
    with db.transaction() as session:
        session.execute(
            sa.update(Broadcast)
            .where(Broadcast.id == broadcast.id, Broadcast.state == BroadcastState.RUNNING)
            .values(planned=many)
        )
