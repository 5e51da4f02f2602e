"""Weekly letters: what somebody wants to hear once a week, together, on Monday morning.

Each letter and the note of what it tells are one transaction, and its key is the week's: whatever ends the
job in the middle, nobody is told twice and nothing is left out. What has come since then waits for the next.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, outbox, quiet
from models.db import Database
from models.digest_content import Week
from models.letters import Letter
from models.outbox import Message
from models.people import ChannelKind, Person
from models.preferences import DigestItem, Preference, Rhythm
from models.settings import Settings
from models.stopping import WEEKLY_KIND as KIND
from models.subscriptions import Subscription
from translations import _

HOUR = time(8)  # on Mondays, in the region's zone
BATCH = 100  # people a transaction: sign-ups that come in meanwhile must not wait


def monday(moment: datetime, zone: str) -> datetime:
    """Return the last Monday morning before a moment."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=local.weekday())
    found = datetime.combine(day, HOUR, tzinfo=ZoneInfo(zone))
    if found > local:
        found = datetime.combine(day - timedelta(days=7), HOUR, tzinfo=ZoneInfo(zone))
    return found.astimezone(moment.tzinfo)


def tick(db: Database, settings: Settings) -> int:
    """Write the letters of this week, once; return how many that made."""
    since = monday(clock.now(), settings.zone)
    done = f"{KIND}s:{since:%Y-%m-%d}"
    with db.reading() as session:
        if outbox.is_written(session, done):
            return 0
    made = after = 0
    while True:
        with db.transaction() as session:
            people = _next(session, since, after)
            made += _tell(session, people, since, settings.zone)
            if len(people) < BATCH:
                outbox.write(session, Letter(_("News of the week"), ()), kind=KIND, key=done)
                return made
        after = people[-1].id


def _next(session: Session, since: datetime, after: int) -> Sequence[Person]:
    """Return the next people who may get a letter, along the indexes and only as far as needed."""
    ways = (
        sa.select(DigestItem.person_id.label("id")).where(DigestItem.added_at < since),
        sa.select(Preference.person_id.label("id")).where(Preference.rhythm == Rhythm.WEEKLY),
    )
    parts = []
    for way in ways:
        person = way.selected_columns.id
        some = way.where(person > after).distinct().order_by(person).limit(BATCH)
        parts.append(sa.select(some.subquery().c.id))
    ids = sa.union(*parts).subquery()
    return session.scalars(
        sa.select(Person).where(Person.id.in_(sa.select(ids.c.id))).order_by(Person.id).limit(BATCH)
    ).all()


def _tell(session: Session, people: Sequence[Person], since: datetime, zone: str) -> int:
    ids = [one.id for one in people]
    keys = {one: f"{KIND}:{one}:{since:%Y-%m-%d}" for one in ids}
    told = set(session.scalars(sa.select(Message.key).where(Message.key.in_(list(keys.values())))))
    waiting = [one for one in people if keys[one.id] not in told]
    week = Week(session, [one.id for one in waiting], since, zone)
    made = 0
    for person in waiting:
        letter = week.letter(person.id)
        if letter is not None and not _post(session, person, letter, week, keys[person.id], zone):
            continue  # another courier has just written it, and what it tells
        made += letter is not None
        _note(session, person.id, week)
    return made


def _post(session: Session, person: Person, letter: Letter, week: Week, key: str, zone: str) -> bool:
    wish = week.wish(person.id)
    channel = wish.way_to(person)
    return outbox.post(
        session, person.id, channel, letter, kind=KIND, priority=outbox.BROADCAST, key=key,
        held=channel is ChannelKind.EMAIL and person.email_confirmed_at is None,
        not_before=wish.not_before(quiet.after_quiet(zone), zone),
    )  # fmt: skip


def _note(session: Session, person_id: int, week: Week) -> None:
    """Note that this has been told, so that next week it is not told again."""
    session.execute(
        sa.delete(DigestItem)
        .where(DigestItem.person_id == person_id, DigestItem.added_at < week.since)
        .execution_options(synchronize_session=False)
    )
    for one in week.followed(person_id):
        session.execute(
            sa.update(Subscription)
            .where(Subscription.id == one.subscription_id)
            .values(told_until=one.up_to, told_at=clock.now())
            .execution_options(synchronize_session=False)
        )
