"""Preferences: what somebody wants to get, of which group, how often, over which channel.

A row stands only where somebody wished for something else than usual. The row of a group beats that of all
groups, and that beats what is usual: at once, wherever the person is reached. A message about several groups
goes to the most eager wish of these.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import InvalidAnswer
from models.groups import WorkingGroup
from models.people import ChannelKind, Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.updates import Update
from translations import Text, _


class Topic(StrEnum):
    """What a message is about."""

    UPDATES = "updates"
    MEETINGS = "meetings"
    REMINDERS = "reminders"
    CHANGES = "changes"  # of a goal sheet; only for who asked to be told, see `models.subscriptions`


TOPIC_WORDS: dict[Topic, Text] = {
    Topic.UPDATES: _("Updates"),
    Topic.MEETINGS: _("Meetings"),
    Topic.REMINDERS: _("Reminders"),
    Topic.CHANGES: _("Changes on the goal sheet"),
}


class Rhythm(StrEnum):
    """How often somebody wants to hear; the most eager first."""

    INSTANT = "instant"
    WEEKLY = "weekly"
    NEVER = "never"


RHYTHM_WORDS: dict[Rhythm, Text] = {
    Rhythm.INSTANT: _("At once"),
    Rhythm.WEEKLY: _("Weekly"),
    Rhythm.NEVER: _("Not at all"),
}
_EAGER = tuple(Rhythm)
LESS = {Rhythm.INSTANT: Rhythm.WEEKLY, Rhythm.WEEKLY: Rhythm.NEVER, Rhythm.NEVER: Rhythm.NEVER}
Quiet = tuple[int, int]  # full hours in the region's zone: from, until


class Preference(Base):
    """One wish of a person: of one group, or of all where `group_id` is None; the narrower one counts."""

    __tablename__ = "preferences"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(choice_of(Topic))
    rhythm: Mapped[Rhythm] = mapped_column(choice_of(Rhythm))
    channel: Mapped[ChannelKind | None] = mapped_column(choice_of(ChannelKind))  # None: as usual
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        sa.UniqueConstraint("person_id", "group_id", "topic"),
        sa.Index(
            "uq_preferences_everywhere", "person_id", "topic", unique=True,
            sqlite_where=sa.text("group_id IS NULL"), postgresql_where=sa.text("group_id IS NULL"),
        ),
    )  # fmt: skip


class DigestItem(Base):
    """An update that waits for the next weekly letter to a person."""

    __tablename__ = "digest_items"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    update_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Update.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to get a message: how often, where (None: as usual), and when not."""

    rhythm: Rhythm = Rhythm.INSTANT
    channel: ChannelKind | None = None
    quiet: Quiet | None = None

    def way_to(self, person: Person) -> ChannelKind:
        """Return the channel: the wished one where it works, else the usual one."""
        return self.channel if self.channel in ways_to(person) and self.channel else person.channel

    def not_before(self, now: datetime, zone: str) -> datetime:
        """Return when the message may go out."""
        return not_before(now, self.quiet, zone)


def ways_to(person: Person) -> tuple[ChannelKind, ...]:
    """Return the channels over which messages reach a person at the moment."""
    has_chat = person.telegram_id is not None and not person.telegram_blocked
    has_mail = bool(person.email) and person.email_confirmed_at is not None and not person.email_failed
    works = ((ChannelKind.TELEGRAM, has_chat), (ChannelKind.EMAIL, has_mail))
    return tuple(kind for kind, usable in works if usable)


def not_before(now: datetime, quiet: Quiet | None, zone: str) -> datetime:
    """Return the moment itself, or the end of somebody's quiet hours where it lies in them."""
    if quiet is None or quiet[0] == quiet[1]:
        return now
    begin, end = quiet
    local = now.astimezone(ZoneInfo(zone))
    is_night = begin > end
    inside = local.hour >= begin or local.hour < end if is_night else begin <= local.hour < end
    if not inside:
        return now
    day = local.date() + timedelta(days=1 if is_night and local.hour >= begin else 0)
    return datetime.combine(day, time(end), tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)


def quiet_of(person: Person) -> Quiet | None:
    """Return somebody's quiet hours."""
    if person.quiet_from is None or person.quiet_until is None:
        return None
    return person.quiet_from, person.quiet_until


def more_eager(rhythm: Rhythm) -> tuple[Rhythm, ...]:
    """Return the rhythms that are more frequent than this one."""
    return _EAGER[: _EAGER.index(rhythm)]


def rhythm_for(topic: Topic, group_id: int) -> sa.ColumnElement[Rhythm]:
    """Return the expression for how often a `Person` of the statement wants to hear of a group."""

    def chosen(group: sa.ColumnElement[bool]) -> sa.ScalarSelect[Rhythm]:
        theirs = (Preference.person_id == Person.id, Preference.topic == topic, group)
        return sa.select(Preference.rhythm).where(*theirs).correlate(Person).scalar_subquery()

    found = sa.func.coalesce(
        chosen(Preference.group_id == group_id), chosen(Preference.group_id.is_(None)), Rhythm.INSTANT.value
    )
    return sa.type_coerce(found, Preference.rhythm.type)


_CHOSEN = (
    sa.select(
        Person.id, Person.quiet_from, Person.quiet_until, Preference.id, Preference.group_id,
        Preference.rhythm, Preference.channel,
    )
    .outerjoin(
        Preference,
        sa.and_(
            Preference.person_id == Person.id,
            Preference.topic == sa.bindparam("topic", type_=Preference.topic.type),
        ),
    )
    .where(Person.id.in_(sa.bindparam("people", expanding=True)))
)  # fmt: skip


class Chosen:
    """What some people chose for one topic, read in one statement."""

    def __init__(self, session: Session, person_ids: Iterable[int], topic: Topic) -> None:
        self._rows: dict[tuple[int, int | None], tuple[Rhythm, ChannelKind | None]] = {}
        self._quiet: dict[int, Quiet] = {}
        rows = session.execute(_CHOSEN, {"people": list(person_ids), "topic": topic})
        for person_id, begin, end, number, group_id, rhythm, channel in rows:
            if begin is not None and end is not None:
                self._quiet[person_id] = (begin, end)
            if number is not None:
                self._rows[person_id, group_id] = (rhythm, channel)

    def has(self, person_id: int, group_id: int | None) -> bool:
        """Return whether the person chose something for just this."""
        return (person_id, group_id) in self._rows

    def wish(self, person_id: int, group_ids: Iterable[int] = ()) -> Wish:
        """Return how a person wants to get a message about these groups."""
        usual = self._rows.get((person_id, None), (Rhythm.INSTANT, None))
        options = [self._rows.get((person_id, one), usual) for one in group_ids] or [usual]
        rhythm, channel = min(options, key=lambda one: (_EAGER.index(one[0]), one[1] is None))
        return Wish(rhythm, channel or usual[1], self._quiet.get(person_id))


def wishes(
    session: Session, person_ids: Iterable[int], topic: Topic, groups_by_person: Mapping[int, Collection[int]]
) -> dict[int, Wish]:
    """Return how each of these people wants to get a message about their groups: one statement for all."""
    people = list(person_ids)
    chosen = Chosen(session, people, topic)
    return {one: chosen.wish(one, groups_by_person.get(one, ())) for one in people}


def wish(session: Session, person_id: int, topic: Topic, group_id: int | None = None) -> Wish:
    """Return how one person wants to hear of one group, or of all."""
    groups = () if group_id is None else (group_id,)
    return Chosen(session, [person_id], topic).wish(person_id, groups)


_KEEP = Prepared(
    lambda insert: (
        insert(DigestItem)
        .values(person_id=p("person_id"), update_id=p("update_id"), added_at=p("now"))
        .on_conflict_do_nothing(index_elements=["person_id", "update_id"])
    )
)


def keep_for_digest(session: Session, person_ids: Iterable[int], update_id: int) -> None:
    """Keep an update for these people's next weekly letter, once for each."""
    now = clock.now()
    _KEEP.run_many(session, [{"person_id": one, "update_id": update_id, "now": now} for one in person_ids])


def of_person(session: Session, person_id: int) -> Sequence[Preference]:
    """Return what a person chose, for all groups first."""
    return session.scalars(
        sa.select(Preference)
        .where(Preference.person_id == person_id)
        .order_by(Preference.group_id.is_not(None), Preference.group_id, Preference.id)
    ).all()


def waiting_for_digest(session: Session, person_id: int) -> list[str]:
    """Return the titles of the updates that wait for a person's next weekly letter."""
    titles = session.scalars(
        sa.select(Update.title)
        .join(DigestItem, DigestItem.update_id == Update.id)
        .where(DigestItem.person_id == person_id)
        .order_by(DigestItem.added_at, Update.id)
    )
    return [one.to("de") for one in titles]


def _setting(*key: str, everywhere: bool) -> Prepared:
    """Return the statement for one wish: two taps at once are one row, the unique index decides."""
    changed = {"rhythm": p("rhythm"), "channel": p("channel"), "changed_at": p("now")}
    where = {"index_where": sa.text("group_id IS NULL")} if everywhere else {}
    return Prepared(
        lambda insert: (
            insert(Preference)
            .values(person_id=p("person_id"), group_id=p("group_id"), topic=p("topic"), **changed)
            .on_conflict_do_update(index_elements=list(key), set_=changed, **where)
        )
    )


_SET_ONE = _setting("person_id", "group_id", "topic", everywhere=False)
_SET_ALL = _setting("person_id", "topic", everywhere=True)


def set_wish(
    session: Session,
    person_id: int,
    topic: Topic,
    group_id: int | None,
    rhythm: Rhythm | None,
    channel: ChannelKind | None = None,
) -> None:
    """Note a wish; without a rhythm it is again as for all groups, or as usual."""
    session.flush()
    if rhythm is None:
        mine = (Preference.person_id == person_id, Preference.topic == topic)
        group = Preference.group_id.is_(None) if group_id is None else Preference.group_id == group_id
        session.execute(sa.delete(Preference).where(*mine, group))
        return
    values = {
        "person_id": person_id, "group_id": group_id, "topic": topic.value, "rhythm": rhythm.value,
        "channel": channel.value if channel else None, "now": clock.now(),
    }  # fmt: skip
    (_SET_ALL if group_id is None else _SET_ONE).run(session, values)
    for one in list(session):
        if isinstance(one, Preference):
            session.expire(one)


def set_quiet(session: Session, person: Person, begin: int | None, end: int | None) -> None:
    """Note in which hours a person wants no news; none where one of them is missing."""
    if begin is None or end is None or begin == end:
        begin = end = None
    elif not (0 <= begin < 24 and 0 <= end < 24):
        raise InvalidAnswer(_("Please choose full hours between 0 and 23."))
    person.quiet_from, person.quiet_until = begin, end
    session.flush()
