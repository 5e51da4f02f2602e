"""Hearing less, and no more: at once, of what waits in the outbox too, and back with one tap.

What is on its way already may still arrive; the courier asks `is_wanted` just before it sends.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import audiences, clock, preferences, subscriptions
from models.audiences import Audience
from models.outbox import Delivery, DeliveryState, Message
from models.preferences import LESS, Chosen, Preference, Rhythm, Topic
from models.sheets import GoalSheet, Meeting
from models.subscriptions import Subscription
from models.updates import Update

WEEKLY_KIND = "digest"
KINDS = ("update", "meeting", "changes", WEEKLY_KIND)  # of messages that somebody can do without
_WAITING = (DeliveryState.QUEUED, DeliveryState.HELD)


class _About(NamedTuple):
    """What a letter is about: the topic, and its groups as far as they are the person's."""

    topic: Topic
    groups: frozenset[int]


def stop(session: Session, person_id: int, topic: Topic, group_id: int | None = None) -> None:
    """End the messages of a topic about one group, or about all: what waits is not sent any more."""
    choose(session, person_id, topic, group_id, Rhythm.NEVER)


def stop_all(session: Session, person_id: int) -> None:
    """End everything that somebody can do without."""
    for topic in Topic:
        stop(session, person_id, topic)


def less(session: Session, person_id: int, topic: Topic, group_id: int | None = None) -> Rhythm:
    """Write more seldom: once a week instead of at once, then not at all; return what holds now."""
    now = LESS[rhythm_of(session, person_id, topic, group_id)]
    choose(session, person_id, topic, group_id, now)
    return now


def rhythm_of(session: Session, person_id: int, topic: Topic, group_id: int | None) -> Rhythm:
    """Return how often somebody hears; of changes only who follows the group."""
    if topic is Topic.CHANGES:
        followed = subscriptions.of_person(session, person_id)
        if group_id not in followed if group_id is not None else not followed:
            return Rhythm.NEVER
    return preferences.wish(session, person_id, topic, group_id).rhythm


def choose(
    session: Session, person_id: int, topic: Topic, group_id: int | None, rhythm: Rhythm | None
) -> Rhythm | None:
    """Note how often somebody wants to hear; return what they had chosen before. None: as usual.

    The channel that they chose stays. For all groups, more eager wishes of single ones go: stopping must not
    leave anything out. Of changes hears who follows a group: that is a wish of its own.
    """
    before = _row(session, person_id, topic, group_id)
    chosen, channel = (before.rhythm, before.channel) if before else (None, None)
    if topic is Topic.CHANGES and rhythm is Rhythm.NEVER:
        for one in subscriptions.of_person(session, person_id) if group_id is None else [group_id]:
            subscriptions.stop(session, person_id, one)
    else:
        if topic is Topic.CHANGES and group_id is not None:
            subscriptions.follow(session, person_id, group_id)
        preferences.set_wish(session, person_id, topic, group_id, rhythm, channel)
    if group_id is None and rhythm is not None:
        eager = sa.delete(Preference).where(
            Preference.person_id == person_id, Preference.topic == topic, Preference.group_id.is_not(None),
            Preference.rhythm.in_(preferences.more_eager(rhythm)),
        )  # fmt: skip
        session.execute(eager)
    if rhythm is Rhythm.NEVER:
        drop_unwanted(session, person_id)
    return chosen


def _row(session: Session, person_id: int, topic: Topic, group_id: int | None) -> Preference | None:
    return session.scalars(
        sa.select(Preference).where(
            Preference.person_id == person_id, Preference.topic == topic,
            Preference.group_id.is_not_distinct_from(group_id),
        )
    ).first()  # fmt: skip


def stop_weekly(session: Session, person_id: int) -> int:
    """End whatever comes in the weekly letter, and the letter that waits; return what undoes just this."""
    now = clock.now().replace(microsecond=0)  # by this mark what ended here is known again
    ended = sa.update(Preference).where(Preference.person_id == person_id, Preference.rhythm == Rhythm.WEEKLY)
    session.execute(ended.values(rhythm=Rhythm.NEVER, changed_at=now))
    drop_unwanted(session, person_id, also=WEEKLY_KIND)
    return int(now.timestamp())


def weekly_again(session: Session, person_id: int, stopped: int) -> None:
    """Take `stop_weekly` back, unless something else was chosen meanwhile."""
    again = sa.update(Preference).where(
        Preference.person_id == person_id, Preference.rhythm == Rhythm.NEVER,
        Preference.changed_at == datetime.fromtimestamp(stopped, UTC),
    )  # fmt: skip
    session.execute(again.values(rhythm=Rhythm.WEEKLY, changed_at=clock.now()))


def hear_again(session: Session, person_id: int, group_id: int, *, agreed_at: datetime) -> None:
    """Let a newer wish to hear of a group outweigh having stopped its messages before."""
    for topic in (Topic.UPDATES, Topic.MEETINGS, Topic.REMINDERS):
        if preferences.wish(session, person_id, topic, group_id).rhythm is not Rhythm.NEVER:
            continue
        own, usual = (_row(session, person_id, topic, one) for one in (group_id, None))
        if all(one is None or one.changed_at < agreed_at for one in (own, usual)):
            is_stopped_everywhere = usual is not None and usual.rhythm is Rhythm.NEVER
            choose(session, person_id, topic, group_id, Rhythm.INSTANT if is_stopped_everywhere else None)


def drop_unwanted(session: Session, person_id: int, *, also: str = "") -> int:
    """Let go of what waits for a person and is not wanted any more; return how many letters that were."""
    waiting = session.execute(
        sa.select(Delivery.id, Message.kind, Message.key)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.person_id == person_id, Delivery.state.in_(_WAITING), Message.kind.in_(KINDS))
    ).all()
    unwanted = [
        one.id
        for one in waiting
        if one.kind == also or not is_wanted(session, person_id, one.kind, one.key or "")
    ]
    if unwanted:
        session.execute(
            sa.update(Delivery)
            .where(Delivery.id.in_(unwanted), Delivery.state.in_(_WAITING))
            .values(state=DeliveryState.DROPPED, error="not wanted any more", settled_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return len(unwanted)


def is_wanted(session: Session, person_id: int, kind: str, key: str) -> bool:
    """Return whether a person still wants a message; what is of another kind, always."""
    if kind not in KINDS or kind == WEEKLY_KIND:
        return True
    about = _about(session, person_id, kind, key)
    if about is None:
        return kind == "meeting"  # a letter of before, whose meeting is gone
    if not about.groups:
        return False  # nobody else's groups lead here: the person has stopped, left, or follows no more
    return Chosen(session, [person_id], about.topic).wish(person_id, about.groups).rhythm is not Rhythm.NEVER


def _about(session: Session, person_id: int, kind: str, key: str) -> _About | None:
    """Return what a letter is about, read from its key; None where that is gone."""
    parts = key.split(":")
    number = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
    if kind == "update":
        update = session.get(Update, number)
        audience = Audience.unpack(update.audience) if update else None
        mine = audiences.groups_of(session, [person_id], audience) if audience else {}
        return _About(Topic.UPDATES, frozenset(mine.get(person_id, ())))
    if kind == "meeting":
        topic = Topic.REMINDERS if parts[-1] == "reminder" else Topic.MEETINGS
        sheet = sa.select(GoalSheet.group_id).join(Meeting, Meeting.sheet_id == GoalSheet.id)
        group = session.scalar(sheet.where(Meeting.id == number))
        return _About(topic, frozenset({group})) if group else None
    group = session.scalar(sa.select(Subscription.group_id).where(Subscription.id == number))
    return _About(Topic.CHANGES, frozenset({group})) if group else None
