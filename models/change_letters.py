"""Letters about changes on goal sheets, to those who asked to be told of them.

Who wants to hear once a week finds them in the weekly letter.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from models import clock, groups, outbox, preferences, quiet, timeline, wish_buttons
from models.changes import SheetChange
from models.db import Database
from models.groups import GroupCard, WorkingGroup
from models.letters import Button, Letter
from models.people import ChannelKind, Person
from models.preferences import Chosen, Rhythm, Topic, Wish
from models.settings import Settings
from models.subscriptions import Subscription
from translations import Localised, Text, _

KIND = "changes"
SETTLING = timedelta(minutes=10)  # so that what one person changes in one go is told in one letter
AT_MOST_EVERY = timedelta(hours=1)  # one letter about one group; the latest that a busy group is told of
BATCH = 200  # letters a transaction: sign-ups that come in meanwhile must not wait
LONGEST = 8  # steps told in one letter; the page has all of them


class _Due(NamedTuple):
    """A group of whose changes somebody may have to be told: those up to `up_to`, if behind `below`."""

    group_id: int
    below: int
    up_to: int


def tick(db: Database, settings: Settings) -> int:
    """Tell everybody what has changed since they last heard of it; return how many letters that made.

    Each letter and the note of what it tells are one transaction, so whatever ends this job in the middle,
    nobody is told twice and nothing is left out.
    """
    if quiet.is_quiet(clock.now(), settings.zone):
        return 0
    with db.reading() as session:
        due = _due(session)
    told = 0
    for one in due:
        while True:
            with db.transaction() as session:
                done, letters = _tell(session, one, settings.zone)
            told += letters
            if done < BATCH:
                break
    return told


def _due(session: Session) -> list[_Due]:
    """Return the groups with news: one statement, and one step along an index for each group in it."""
    now = clock.now()

    def newest(column: sa.ColumnElement[int], until: datetime | None) -> sa.ScalarSelect[int]:
        of_group = sa.select(column).where(timeline.is_public(), SheetChange.group_id == WorkingGroup.id)
        settled = of_group.where(SheetChange.at <= until) if until else of_group
        return settled.order_by(SheetChange.id.desc()).limit(1).correlate(WorkingGroup).scalar_subquery()

    number = SheetChange.__table__.c.id
    rows = session.execute(
        sa.select(
            WorkingGroup.id, newest(number, None), newest(number, now - SETTLING),
            newest(number, now - AT_MOST_EVERY),
        ).where(sa.select(Subscription.id).where(Subscription.group_id == WorkingGroup.id).exists())
    )  # fmt: skip
    found = []
    for group_id, last, settled, waiting in rows:
        # While somebody is still at work, only those are told who would wait too long otherwise.
        below = settled if last == settled else waiting
        if below is not None:
            found.append(_Due(group_id, below, settled))
    return found


def _tell(session: Session, due: _Due, zone: str) -> tuple[int, int]:
    """Write the next letters about a group; return for how many people, and how many letters that made."""
    not_before = quiet.after_quiet(zone)
    card = groups.directory(session).by_id(due.group_id)
    found = session.scalars(
        sa.select(Subscription)
        .join(Subscription.person)
        .where(
            Subscription.group_id == due.group_id,
            Subscription.told_until < due.below,
            sa.or_(Subscription.told_at.is_(None), Subscription.told_at <= clock.now() - AT_MOST_EVERY),
            _can_be_told(),
            preferences.rhythm_for(Topic.CHANGES, due.group_id) == Rhythm.INSTANT,
        )
        .order_by(Subscription.id)
        .limit(BATCH)
        .options(contains_eager(Subscription.person))
        .with_for_update(of=Subscription, skip_locked=True)
    ).all()
    chosen = Chosen(session, [one.person_id for one in found], Topic.CHANGES)
    letters: dict[int, Letter | None] = {}
    made = 0
    for one in found:
        if one.told_until not in letters:
            letters[one.told_until] = _letter(session, card, one.told_until, due.up_to) if card else None
        letter = letters[one.told_until]
        if letter is not None:
            wish = chosen.wish(one.person_id, (due.group_id,))
            made += outbox.post(
                session, one.person_id, _channel(one.person, wish), letter, kind=KIND,
                priority=outbox.BROADCAST, key=f"{KIND}:{one.id}:{due.up_to}",
                not_before=wish.not_before(not_before, zone),
            )  # fmt: skip
            one.told_at = clock.now()
        one.told_until = due.up_to
    session.flush()
    return len(found), made


def _can_be_told() -> sa.ColumnElement[bool]:
    """Return the condition for people whom a letter reaches; the others are told once it does."""
    by_chat = sa.and_(Person.telegram_id.is_not(None), Person.telegram_blocked.is_(False))
    by_mail = sa.and_(Person.email_confirmed_at.is_not(None), Person.email_failed == "")
    return sa.or_(by_chat, by_mail)


def _channel(person: Person, wish: Wish) -> ChannelKind:
    """Return the way that works, the wished one if both do: nobody asks to be called for this."""
    ways = preferences.ways_to(person)
    wanted = wish.channel or (ChannelKind.EMAIL if person.prefers is ChannelKind.EMAIL else None)
    return wanted if wanted in ways and wanted else (ways or (ChannelKind.EMAIL,))[0]


def _letter(session: Session, group: GroupCard, after: int, up_to: int) -> Letter | None:
    """Return what changed in a group, in no language yet; None where none of it is public any more."""
    said = told(session, group, after, up_to)
    if not said:
        return None
    return Letter(
        _("News of the group {number}")(number=group.number), tuple(said),
        (see_button(group), *wish_buttons.buttons(Topic.CHANGES, group.id)),
    )  # fmt: skip


def see_button(group: GroupCard) -> Button:
    """Return the button that shows all changes of a group."""
    return Button(_("See all changes"), page=f"/{{lang}}/groups/{group.number}/timeline")


def told(session: Session, group: GroupCard, after: int, up_to: int) -> Sequence[Text | Localised]:
    """Return what changed in a group as paragraphs; none where none of it is public any more."""
    page = timeline.between(session, group.id, after, up_to)
    entries = list(reversed(page.entries[:LONGEST]))
    if not entries:
        return ()
    said: list[Text | Localised] = [text for one in entries for text in one.texts()]
    if page.onward is not None or len(page.entries) > LONGEST:
        said.append(_("More has changed; the page shows all of it."))
    title = Localised({tag: f"{group.number} {words}" for tag, words in group.title.words.items()})
    return (_("Something has changed in the group “{group}”:")(group=title), *said)
