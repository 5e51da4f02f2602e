"""Hearing less, and no more: at once, of what waits in the outbox too, and back with one tap.

What is on its way already may still arrive; the courier asks `is_wanted` just before it sends.
"""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, preferences, subscriptions
from models.groups import WorkingGroup
from models.leads import Lead
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.preferences import LESS, Chosen, Preference, Rhythm, Topic
from models.sheets import GoalSheet, Meeting
from models.subscriptions import Subscription
from models.updates import UpdateGroup

KINDS = ("update", "meeting", "changes", "digest")  # of messages that somebody can do without
_WAITING = (DeliveryState.QUEUED, DeliveryState.HELD)
_BULK = {"synchronize_session": False}
EVERY: tuple[Topic, ...] = tuple(Topic)


class _About(NamedTuple):
    """What a letter is about: the topic, and its groups as far as they are the person's."""

    topic: Topic
    groups: frozenset[int]


def stop(session: Session, person_id: int, topic: Topic, group_id: int | None = None) -> None:
    """End the messages of a topic about one group, or about all: what waits is not sent any more."""
    choose(session, person_id, topic, group_id, Rhythm.NEVER)


def stop_all(session: Session, person_id: int) -> None:
    """End everything that somebody can do without."""
    for topic in EVERY:
        stop(session, person_id, topic)


def less(session: Session, person_id: int, topic: Topic, group_id: int | None = None) -> Rhythm:
    """Write more seldom: once a week instead of at once, then not at all; return what holds now."""
    now = LESS[preferences.wish(session, person_id, topic, group_id).rhythm]
    choose(session, person_id, topic, group_id, now)
    return now


def choose(
    session: Session, person_id: int, topic: Topic, group_id: int | None, rhythm: Rhythm | None
) -> None:
    """Note how often somebody wants to hear; the channel that they chose stays. None: as usual.

    For all groups, narrower wishes that are more eager go: "stop" must not leave anything out.
    """
    if topic is Topic.CHANGES and rhythm is Rhythm.NEVER:
        _unfollow(session, person_id, group_id)
    else:
        before = _row(session, person_id, topic, group_id)
        channel = before.channel if before else None
        preferences.set_wish(session, person_id, topic, group_id, rhythm, channel)
    if group_id is None and rhythm is not None:
        eager = [one for one in Rhythm if list(Rhythm).index(one) < list(Rhythm).index(rhythm)]
        session.execute(
            sa.delete(Preference).where(
                Preference.person_id == person_id, Preference.topic == topic,
                Preference.group_id.is_not(None), Preference.rhythm.in_(eager),
            )
        )  # fmt: skip
    if rhythm is Rhythm.NEVER:
        drop_unwanted(session, person_id)


def _row(session: Session, person_id: int, topic: Topic, group_id: int | None) -> Preference | None:
    group = Preference.group_id.is_(None) if group_id is None else Preference.group_id == group_id
    return session.scalars(
        sa.select(Preference).where(Preference.person_id == person_id, Preference.topic == topic, group)
    ).first()


def _unfollow(session: Session, person_id: int, group_id: int | None) -> None:
    """End being told of changes: that is a wish of its own, which simply goes."""
    ids = subscriptions.of_person(session, person_id) if group_id is None else [group_id]
    for one in ids:
        subscriptions.stop(session, person_id, one)


def drop_unwanted(session: Session, person_id: int) -> int:
    """Let go of what waits for a person and is not wanted any more; return how much that was."""
    waiting = session.execute(
        sa.select(Delivery.id, Message.kind, Message.key)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.person_id == person_id, Delivery.state.in_(_WAITING), Message.kind.in_(KINDS))
    ).all()
    unwanted = [one.id for one in waiting if not is_wanted(session, person_id, one.kind, one.key or "")]
    if unwanted:
        session.execute(
            sa.update(Delivery)
            .where(Delivery.id.in_(unwanted), Delivery.state.in_(_WAITING))
            .values(state=DeliveryState.DROPPED, error="not wanted any more", settled_at=clock.now())
            .execution_options(**_BULK)
        )
    return len(unwanted)


def is_wanted(session: Session, person_id: int, kind: str, key: str) -> bool:
    """Return whether a person still wants a message: one of another kind always."""
    if kind not in KINDS:
        return True
    about = _about(session, person_id, kind, key)
    if about is None:
        return kind != "changes"  # its subscription has ended
    wished = Chosen(session, [person_id], about.topic).wish(person_id, about.groups)
    return wished.rhythm is not Rhythm.NEVER


def _about(session: Session, person_id: int, kind: str, key: str) -> _About | None:
    """Return what a letter is about, read from its key; None where that is gone."""
    parts = key.split(":")
    number = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
    if kind == "update":
        groups = set(session.scalars(sa.select(UpdateGroup.group_id).where(UpdateGroup.update_id == number)))
        return _About(Topic.UPDATES, frozenset(groups & groups_of(session, person_id)))
    if kind == "meeting":
        topic = Topic.REMINDERS if parts[-1] == "reminder" else Topic.MEETINGS
        sheet = sa.select(GoalSheet.group_id).join(Meeting, Meeting.sheet_id == GoalSheet.id)
        group = session.scalar(sheet.where(Meeting.id == number))
        return _About(topic, frozenset({group})) if group else None
    if kind == "changes":
        group = session.scalar(sa.select(Subscription.group_id).where(Subscription.id == number))
        return _About(Topic.CHANGES, frozenset({group})) if group else None
    return None


def groups_of(session: Session, person_id: int) -> set[int]:
    """Return the ids of the groups of which a person hears: takes part in, leads, or follows."""
    parts: Iterable[sa.Select[int]] = (
        sa.select(Membership.group_id).where(
            Membership.person_id == person_id, Membership.state == MembershipState.ACTIVE
        ),
        sa.select(Lead.group_id).where(Lead.person_id == person_id),
        sa.select(WorkingGroup.id).where(WorkingGroup.contact_id == person_id),
        sa.select(Subscription.group_id).where(Subscription.person_id == person_id),
    )
    return set(session.scalars(sa.union(*parts)))
