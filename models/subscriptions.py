"""Subscriptions: who wants to be told when something changes on a group's goal sheet, and telling them.

Who leads a group or reports on it is not subscribed by that. A subscription ends with its person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from models import clock, groups, outbox, quiet, timeline
from models.changes import SheetChange
from models.columns import UTCDateTime
from models.db import Base, Database
from models.groups import GroupCard, WorkingGroup
from models.letters import Button, Letter
from models.links import Purpose
from models.people import ChannelKind, Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.settings import Settings
from translations import Localised, Text, _

KIND = "changes"
SETTLING = timedelta(minutes=10)  # so that what one person changes in one go is told in one letter
AT_MOST_EVERY = timedelta(hours=1)  # one letter about one group; the latest that a busy group is told of
BATCH = 200  # letters a transaction: sign-ups that come in meanwhile must not wait
LONGEST = 8  # steps told in one letter; the page has all of them


class Subscription(Base):
    """A person's wish to hear of a group's changes; `told_until` is the last change they heard of."""

    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"), index=True)
    told_until: Mapped[int] = mapped_column(default=0)  # id of a sheet change
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (sa.UniqueConstraint("person_id", "group_id"),)


# Two taps at once are one wish: the unique constraint decides.
_FOLLOW = Prepared(
    lambda insert: (
        insert(Subscription)
        .values(
            person_id=p("person_id"), group_id=p("group_id"), told_until=p("told_until"), created_at=p("now")
        )
        .on_conflict_do_nothing(index_elements=["person_id", "group_id"])
        .returning(Subscription.__table__.c.id)
    )
)


def follow(session: Session, person_id: int, group_id: int) -> bool:
    """Tell a person of a group's changes from now on; False where they are told already."""
    newest = sa.select(sa.func.max(SheetChange.id)).where(SheetChange.group_id == group_id)
    values = {
        "person_id": person_id, "group_id": group_id, "told_until": session.scalar(newest) or 0,
        "now": clock.now(),
    }  # fmt: skip
    return _FOLLOW.run(session, values).first() is not None


def stop(session: Session, person_id: int, group_id: int) -> bool:
    """End it at once; False where it had ended already."""
    ended = session.execute(
        sa.delete(Subscription)
        .where(Subscription.person_id == person_id, Subscription.group_id == group_id)
        .returning(Subscription.id)
    )
    return ended.first() is not None


def of_person(session: Session, person_id: int) -> Sequence[int]:
    """Return the ids of the groups that a person is told of."""
    return session.scalars(
        sa.select(Subscription.group_id).where(Subscription.person_id == person_id).order_by(Subscription.id)
    ).all()


def stop_button(group: GroupCard) -> Button:
    """Return the button that ends it with one tap: in chat at once, from an e-mail on a page."""
    return Button(
        _("Stop these messages"), verb=f"unfollow:{group.id}:0", page="/{lang}/stop/{link}",
        purpose=Purpose.STOP, target_id=group.id,
    )  # fmt: skip


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
                done, letters = _tell(session, one, quiet.after_quiet(settings.zone))
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


def _tell(session: Session, due: _Due, not_before: datetime) -> tuple[int, int]:
    """Write the next letters about a group; return for how many people, and how many letters that made."""
    card = groups.directory(session).by_id(due.group_id)
    found = session.scalars(
        sa.select(Subscription)
        .join(Subscription.person)
        .where(
            Subscription.group_id == due.group_id,
            Subscription.told_until < due.below,
            sa.or_(Subscription.told_at.is_(None), Subscription.told_at <= clock.now() - AT_MOST_EVERY),
            _can_be_told(),
        )
        .order_by(Subscription.id)
        .limit(BATCH)
        .options(contains_eager(Subscription.person))
        .with_for_update(of=Subscription, skip_locked=True)
    ).all()
    letters: dict[int, Letter | None] = {}
    made = 0
    for one in found:
        if one.told_until not in letters:
            letters[one.told_until] = _letter(session, card, one.told_until, due.up_to) if card else None
        letter = letters[one.told_until]
        if letter is not None:
            made += outbox.post(
                session, one.person_id, _channel(one.person), letter, kind=KIND, priority=outbox.BROADCAST,
                key=f"{KIND}:{one.id}:{due.up_to}", not_before=not_before,
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


def _channel(person: Person) -> ChannelKind:
    """Return the way that works, the preferred one if both do: nobody asks to be called for this."""
    has_chat = person.telegram_id is not None and not person.telegram_blocked
    has_mail = person.email_confirmed_at is not None and not person.email_failed
    if has_chat and has_mail:
        return ChannelKind.EMAIL if person.prefers is ChannelKind.EMAIL else ChannelKind.TELEGRAM
    return ChannelKind.TELEGRAM if has_chat else ChannelKind.EMAIL


def _letter(session: Session, group: GroupCard, after: int, up_to: int) -> Letter | None:
    """Return what changed in a group, in no language yet; None where none of it is public any more."""
    page = timeline.between(session, group.id, after, up_to)
    entries = list(reversed(page.entries[:LONGEST]))
    if not entries:
        return None
    said: list[Text | Localised] = [text for one in entries for text in one.texts()]
    if page.onward is not None or len(page.entries) > LONGEST:
        said.append(_("More has changed; the page shows all of it."))
    title = Localised({tag: f"{group.number} {words}" for tag, words in group.title.words.items()})
    return Letter(
        _("News of the group {number}")(number=group.number),
        (_("Something has changed in the group “{group}”:")(group=title), *said),
        (
            Button(_("See all changes"), page=f"/{{lang}}/groups/{group.number}/timeline"),
            stop_button(group),
        ),
    )  # fmt: skip
