"""What stands in the weekly letters of some people, gathered in a constant number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import audiences, change_letters, clock, groups, markup, meeting_letters, timeline, wish_buttons
from models.audiences import Audience
from models.changes import SheetChange
from models.groups import GroupCard
from models.letters import Button, Letter
from models.preferences import Chosen, DigestItem, Rhythm, Topic, Wish
from models.sheets import GoalSheet, Meeting, MeetingState
from models.subscriptions import Subscription
from models.updates import Update, UpdateGroup, UpdateState
from translations import Localised, Text, _

LINES = 280  # signs of an update; its page has all of it
AHEAD = timedelta(days=8)
MOST = 8  # buttons that lead to what is told
CHOOSE = Button(_("Choose what I get"), "menu:messages:0")
_TOLD = (UpdateState.SENDING, UpdateState.SENT)
Words = Text | Localised


class Followed(NamedTuple):
    """What changed in a group that somebody follows, and up to which change."""

    subscription_id: int
    group: GroupCard
    up_to: int
    told: Sequence[Words]


class Week:
    """One week for some people: updates, meetings and changes that each of them wants to hear weekly."""

    def __init__(self, session: Session, people: Sequence[int], since: datetime, zone: str) -> None:
        self.since = since
        self._people = list(people)
        self._today = clock.today(zone)
        self._cards = {card.id: card for card in groups.directory(session).cards}
        self._chosen = {topic: Chosen(session, people, topic) for topic in Topic}
        self._updates = self._read_updates(session)
        self._meetings = self._read_meetings(session)
        self._followed = self._read_changes(session)

    def wish(self, person_id: int) -> Wish:
        """Return over which channel and in which hours a person wants the letter: as for their updates."""
        return self._chosen[Topic.UPDATES].wish(person_id)

    def followed(self, person_id: int) -> Sequence[Followed]:
        """Return what the letter tells of the groups that a person follows."""
        return self._followed.get(person_id, ())

    def letter(self, person_id: int) -> Letter | None:
        """Return a person's letter, in no language yet; None where there is nothing to tell."""
        updates = self._updates.get(person_id, ())
        meetings = self._meetings_of(person_id)
        followed = [one for one in self.followed(person_id) if one.told]
        if not (updates or meetings or followed):
            return None
        said: list[Words] = [words for one in updates for words in _paragraphs(one)]
        if meetings:
            said += [_("Meetings of your groups:"), *meetings]
        said += [words for one in followed for words in one.told]
        ways = [_read(one) for one in updates if one.is_public]
        ways += [change_letters.see_button(one.group) for one in followed[:1] if len(followed) == 1]
        return Letter(
            _("News of the week"), (_("This is what there was in your groups:"), *said),
            (*ways[:MOST], CHOOSE, wish_buttons.stop(wish_buttons.WEEKLY, beside=True)),
        )  # fmt: skip

    def _read_updates(self, session: Session) -> dict[int, list[Update]]:
        """Return the updates that wait for each person, as they are now; stopped ones are not told."""
        items = session.execute(
            sa.select(DigestItem.person_id, Update)
            .join(Update, Update.id == DigestItem.update_id)
            .where(
                DigestItem.person_id.in_(self._people), DigestItem.added_at < self.since,
                Update.state.in_(_TOLD),
            )
            .order_by(Update.sent_at, Update.id)
        ).all()  # fmt: skip
        about: dict[int, set[int]] = defaultdict(set)
        numbers = {update.id for _person, update in items}
        for number, group_id in session.execute(
            sa.select(UpdateGroup.update_id, UpdateGroup.group_id).where(UpdateGroup.update_id.in_(numbers))
        ):
            about[number].add(group_id)
        heard = audiences.groups_of(session, self._people, Audience())
        found: dict[int, list[Update]] = defaultdict(list)
        for person_id, update in items:
            theirs = heard.get(person_id, set())  # of which they want updates still; who has left, of none
            if theirs & about[update.id] if about[update.id] else theirs:
                found[person_id].append(update)
        return found

    def _read_meetings(self, session: Session) -> dict[int, list[tuple[Meeting, GroupCard]]]:
        """Return the meetings ahead of the groups of which each person hears."""
        told = meeting_letters.groups_told(session, self._people)
        of_group: dict[int, list[Meeting]] = defaultdict(list)
        held = Meeting.__table__.c
        for meeting, group_id in session.execute(
            sa.select(Meeting, GoalSheet.group_id)
            .join(GoalSheet, GoalSheet.id == Meeting.sheet_id)
            .where(
                GoalSheet.group_id.in_({one for ids in told.values() for one in ids}),
                Meeting.state != MeetingState.HELD,
                sa.or_(held.held_latest.is_(None), held.held_latest >= self._today),
                sa.or_(held.held_earliest <= self._today + AHEAD, Meeting.changed_at >= self._last_week),
            )
            .order_by(held.held_earliest.is_(None), held.held_earliest, Meeting.starts, Meeting.id)
        ):
            of_group[group_id].append(meeting)
        return {
            person_id: [(one, self._cards[number]) for number in sorted(ids) for one in of_group[number]]
            for person_id, ids in told.items()
        }

    @property
    def _last_week(self) -> datetime:
        return self.since - timedelta(days=7)

    def _meetings_of(self, person_id: int) -> list[Text]:
        said = []
        for meeting, card in self._meetings.get(person_id, ()):
            is_new = meeting.changed_at is not None and meeting.changed_at >= self._last_week
            is_near = meeting.held.earliest is not None and meeting.held.earliest <= self._today + AHEAD
            is_off = meeting.state is MeetingState.CANCELLED
            if (is_new and self._is_weekly(Topic.MEETINGS, person_id, card.id)) or (
                is_near and not is_off and self._is_weekly(Topic.REMINDERS, person_id, card.id)
            ):
                said.append(_one_line(meeting, card))
        return said

    def _is_weekly(self, topic: Topic, person_id: int, group_id: int) -> bool:
        return self._chosen[topic].wish(person_id, (group_id,)).rhythm is Rhythm.WEEKLY

    def _read_changes(self, session: Session) -> dict[int, list[Followed]]:
        """Return what changed in the groups that each person follows, since they last heard of it."""
        rows = session.scalars(
            sa.select(Subscription)
            .where(Subscription.person_id.in_(self._people))
            .order_by(Subscription.id)
            .with_for_update(skip_locked=True)
        ).all()
        weekly = [
            one
            for one in rows
            if one.group_id in self._cards and self._is_weekly(Topic.CHANGES, one.person_id, one.group_id)
        ]
        newest = _newest(session, {one.group_id for one in weekly}, self.since)
        told: dict[tuple[int, int], Sequence[Words]] = {}
        found: dict[int, list[Followed]] = defaultdict(list)
        for one in weekly:
            up_to, card = newest.get(one.group_id, 0), self._cards[one.group_id]
            if up_to <= one.told_until:
                continue
            key = (one.group_id, one.told_until)
            if key not in told:
                told[key] = change_letters.told(session, card, one.told_until, up_to)
            found[one.person_id].append(Followed(one.id, card, up_to, told[key]))
        return found


def _newest(session: Session, group_ids: set[int], until: datetime) -> dict[int, int]:
    rows = session.execute(
        sa.select(SheetChange.group_id, sa.func.max(SheetChange.id))
        .where(timeline.is_public(), SheetChange.group_id.in_(group_ids), SheetChange.at < until)
        .group_by(SheetChange.group_id)
    )
    return {row[0]: row[1] for row in rows}


def _one_line(meeting: Meeting, card: GroupCard) -> Text:
    facts = {"group": meeting_letters.named(card), "when": meeting_letters.when_said(meeting)}
    if meeting.state is MeetingState.CANCELLED:
        return _("{group}: cancelled, {when}")(**facts)
    if meeting.place:
        return _("{group}: {when}. Where: {place}")(place=meeting.place, **facts)
    return _("{group}: {when}")(**facts)


def _paragraphs(update: Update) -> list[Words]:
    """Return title and first lines in each language of the update; all of it where it has no page."""
    said = {}
    whole = [tag for tag in update.title.words if update.body.words.get(tag)]
    for tag in whole or update.title.words:
        title, text = update.title.words[tag], markup.plain(update.body.to(tag)).strip()
        said[tag] = f"{title}\n{_first_lines(text) if update.is_public else text}".strip()
    words = Localised(said)
    return [_("This was corrected:"), words] if update.corrected_at else [words]


def _first_lines(text: str) -> str:
    plain = " ".join(text.split())
    if len(plain) <= LINES:
        return plain
    return plain[:LINES].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def _read(update: Update) -> Button:
    label = Localised({tag: _short(title) for tag, title in update.title.words.items()})
    return Button(label, page=f"/{{lang}}/news/{update.id}")


def _short(title: str) -> str:
    return title if len(title) <= 60 else title[:59].rstrip() + "…"
