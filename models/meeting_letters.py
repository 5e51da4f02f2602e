"""Letters about meetings: to the members who wanted to hear of their group, and to its leads.

A letter is stored once for all; it then goes out a batch at a time, so that no request waits for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, groups, memberships, outbox, people, preferences, quiet, saying, wish_buttons
from models.db import today_in, zone_of
from models.groups import GroupCard, WorkingGroup
from models.leads import Lead
from models.letters import Button, Letter
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.people import Person
from models.preferences import Chosen, Rhythm, Topic
from models.sheets import Meeting
from models.when import When
from translations import LANGUAGES, Localised, Text, _, dates

KIND, MINUTES_KIND = "meeting", "minutes-asked"
BATCH = 100  # letters in one transaction
LONGEST_ENTRY = 7  # days; what is agreed on less exactly is no calendar entry yet
WEEK = timedelta(days=7)
SOON = timedelta(days=1)  # a meeting so near cannot wait for the morning


class News(StrEnum):
    """What there is to say about a meeting."""

    PLANNED = "planned"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REMINDER = "reminder"


_SUBJECTS = {
    News.PLANNED: _("Meeting of the group {number}"),
    News.CHANGED: _("The meeting of the group {number} has changed"),
    News.CANCELLED: _("The meeting of the group {number} is cancelled"),
    News.REMINDER: _("Tomorrow: meeting of the group {number}"),
}
TOPICS = {news: Topic.REMINDERS if news is News.REMINDER else Topic.MEETINGS for news in News}
_OPENINGS = {
    News.PLANNED: _("The group “{group}” meets."),
    News.CHANGED: _("The meeting of the group “{group}” has changed. This counts now:"),
    News.CANCELLED: _("The meeting of the group “{group}” does not take place. This is cancelled:"),
    News.REMINDER: _("A reminder: tomorrow the group “{group}” meets."),
}


def is_entry(held: When) -> bool:
    """Tell whether a date is exact enough for a calendar: a day, or a few days in a row."""
    first, last = held.earliest, held.latest
    return first is not None and last is not None and (last - first).days < LONGEST_ENTRY


def weekday(day: date) -> Localised:
    """Return a day with its weekday, in every language."""
    return Localised({entry.tag: dates.day(day, entry.tag, weekday=True) for entry in LANGUAGES})


def when_said(meeting: Meeting) -> Text | Localised:
    """Return when a meeting is: the day with its weekday and the time, or as inexactly as it is agreed."""
    held = meeting.held
    if not held.is_exact or held.earliest is None:
        said: Text | Localised = Localised({e.tag: saying.when(held, e.tag).text for e in LANGUAGES})
    else:
        said = weekday(held.earliest)
    if meeting.starts and meeting.ends:
        return _("{day}, {start} to {end}")(day=said, start=meeting.starts, end=meeting.ends)
    if meeting.starts:
        return _("{day}, at {start}")(day=said, start=meeting.starts)
    return said


def spoken_there(meeting: Meeting) -> str:
    """Return the languages spoken at a meeting, each by its own name."""
    names = {entry.tag: entry.own_name for entry in LANGUAGES}
    return " · ".join(names.get(tag, tag) for tag in meeting.languages)


def named(card: GroupCard) -> Localised:
    """Return number and title of a group in every language that has a title."""
    return Localised({tag: f"{card.number} {title}" for tag, title in card.title.words.items()})


def file_of(card: GroupCard, meeting: Meeting) -> str:
    """Return the page address of a meeting's calendar file."""
    return f"/{{lang}}/groups/{card.number}/meetings/{meeting.id}.ics"


def letter(card: GroupCard, meeting: Meeting, news: News, words: str = "") -> Letter:
    """Return what is said about a meeting; `words` are somebody's own, for example a reason."""
    facts: list[Text] = [_("When: {when}")(when=when_said(meeting))]
    if meeting.place:
        facts.append(_("Where: {place}")(place=meeting.place))
    if meeting.languages and news is not News.CANCELLED:
        facts.append(_("Languages there: {languages}")(languages=spoken_there(meeting)))
    quote = words or (meeting.agenda if news is not News.CANCELLED else "")
    if quote and not words:
        facts.append(_("What it is about:"))
    see = Button(_("See the group"), page=f"/{{lang}}/groups/{card.number}")
    entry = Button(_("Add to my calendar"), page=file_of(card, meeting))
    buttons = (entry, see) if is_entry(meeting.held) else (see,)
    if news is News.CANCELLED and is_entry(meeting.held):
        buttons = (Button(_("Take it out of my calendar"), page=file_of(card, meeting)), see)
    buttons = (*buttons, *wish_buttons.buttons(TOPICS[news], card.id))
    opening = _OPENINGS[news](group=named(card))
    return Letter(_SUBJECTS[news](number=card.number), (opening, *facts), buttons, quote=quote)


def key_of(meeting: Meeting, news: News) -> str:
    """Return what marks a letter, so that each version of a meeting is told once."""
    return f"meeting:{meeting.id}:{meeting.sequence}:{news.value}"


def announce(session: Session, meeting: Meeting, group_id: int, news: News, *, words: str = "") -> None:
    """Tell of a meeting; those who do not fit into the first batch hear of it from the clockwork.

    What was to be said about it before, and has not left yet, is no longer said; of what is over, nothing.
    """
    card = groups.directory(session).by_id(group_id)
    is_over = meeting.held.latest is not None and meeting.held.latest < today_in(session)
    if card is None or is_over:
        return
    message_id = outbox.write(
        session, letter(card, meeting, news, words), kind=KIND, key=key_of(meeting, news)
    )
    if message_id is None:
        return
    _drop_older(session, meeting, message_id)
    send_batch(session, message_id, meeting, group_id, news)


def _drop_older(session: Session, meeting: Meeting, message_id: int) -> None:
    older = sa.select(Message.id).where(Message.key.like(f"meeting:{meeting.id}:%"), Message.id != message_id)
    session.execute(
        sa.update(Delivery)
        .where(Delivery.message_id.in_(older), Delivery.state.in_([DeliveryState.QUEUED, DeliveryState.HELD]))
        .values(state=DeliveryState.DROPPED, error="superseded", settled_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def send_batch(session: Session, message_id: int, meeting: Meeting, group_id: int, news: News) -> int:
    """Send a stored letter to some more of those whom it is for; return to how many, 0 when all have it."""
    people = waiting(session, message_id, meeting, group_id, news)
    chosen = Chosen(session, [person.id for person in people], TOPICS[news])
    zone = zone_of(session)
    usual = _not_before(session, meeting) or clock.now()
    for person in people:
        wish = chosen.wish(person.id, (group_id,))
        outbox.send_to(
            session, message_id, person, not_before=wish.not_before(usual, zone), channel=wish.way_to(person)
        )
    return len(people)


def _not_before(session: Session, meeting: Meeting) -> datetime | None:
    return None if _is_within(session, SOON, meeting) else quiet.after_quiet(zone_of(session))


def _is_within(session: Session, span: timedelta, meeting: Meeting) -> bool:
    first = meeting.held.earliest
    return first is not None and first <= today_in(session) + span


def _rhythms(session: Session, news: News, meeting: Meeting) -> tuple[Rhythm, ...]:
    """Return who is told now: those who hear at once, and of sudden changes those who hear weekly, too."""
    is_sudden = news in (News.CHANGED, News.CANCELLED) and _is_within(session, WEEK, meeting)
    return (Rhythm.INSTANT, Rhythm.WEEKLY) if is_sudden else (Rhythm.INSTANT,)


def waiting(
    session: Session, message_id: int, meeting: Meeting, group_id: int, news: News
) -> Sequence[Person]:
    """Return people whom a letter is for and has not been sent to; who came later is not told."""
    written = sa.select(Message.created_at).where(Message.id == message_id).scalar_subquery()
    members = sa.select(Membership.person_id).where(
        Membership.group_id == group_id, Membership.state == MembershipState.ACTIVE,
        Membership.changed_at <= written, memberships.agreed(),
    )  # fmt: skip
    own = sa.select(Lead.person_id).where(Lead.group_id == group_id, Lead.since <= written)
    contact = sa.select(WorkingGroup.contact_id).where(WorkingGroup.id == group_id)
    told = sa.select(Delivery.person_id).where(Delivery.message_id == message_id)
    return session.scalars(
        sa.select(Person)
        .where(
            sa.or_(Person.id.in_(members), Person.id.in_(own), Person.id.in_(contact)),
            Person.id.not_in(told), people.is_reachable(),
            preferences.rhythm_for(TOPICS[news], group_id).in_(_rhythms(session, news, meeting)),
        )
        .order_by(Person.id)
        .limit(BATCH)
    ).all()  # fmt: skip


def groups_told(session: Session, people: Sequence[int]) -> dict[int, set[int]]:
    """Return of which groups' meetings each person hears: as a member who agreed, or because they lead it."""
    pairs: sa.CompoundSelect[int | None, int] = sa.union(
        sa.select(Membership.person_id, Membership.group_id).where(
            Membership.person_id.in_(people), Membership.state == MembershipState.ACTIVE,
            memberships.agreed(),
        ),
        sa.select(Lead.person_id, Lead.group_id).where(Lead.person_id.in_(people)),
        sa.select(WorkingGroup.contact_id, WorkingGroup.id).where(WorkingGroup.contact_id.in_(people)),
    )  # fmt: skip
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, group_id in session.execute(pairs):
        if person_id is not None:
            found[person_id].add(group_id)
    return found
