"""All that a person can choose about messages, as one table: each group and all of them, each topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import groups, meeting_letters, memberships, preferences, stopping, subscriptions
from models.groups import GroupCard
from models.memberships import MembershipState
from models.people import ChannelKind, Person
from models.preferences import RHYTHM_WORDS, TOPIC_WORDS, Preference, Rhythm, Topic
from translations import Localised, Text, _

CHANNEL_WORDS: dict[ChannelKind, Text] = {
    ChannelKind.TELEGRAM: _("Telegram"),
    ChannelKind.EMAIL: _("E-mail"),
}
TOLD = (Topic.UPDATES, Topic.MEETINGS, Topic.REMINDERS)  # to who takes part and agreed, and to who leads
Cell = tuple[Topic, int | None]  # a topic of one group, or of all
Wanted = tuple[Rhythm | None, ChannelKind | None]  # None: as for all groups, as usual


@dataclass(frozen=True, slots=True)
class Entry:
    """One topic: what was chosen for just this, and what holds."""

    topic: Topic
    own: Preference | None
    rhythm: Rhythm
    channel: ChannelKind | None
    offers: tuple[Rhythm, ...] = tuple(Rhythm)

    @property
    def said(self) -> Text:
        """What holds, in words."""
        words = {"topic": TOPIC_WORDS[self.topic], "rhythm": RHYTHM_WORDS[self.rhythm]}
        if self.channel in CHANNEL_WORDS and self.channel:
            return _("{topic}: {rhythm}, {channel}")(channel=CHANNEL_WORDS[self.channel], **words)
        return _("{topic}: {rhythm}")(**words)


@dataclass(frozen=True, slots=True)
class Part:
    """One group, or all (None). Without entries its member has not agreed to hear of it."""

    group: GroupCard | None
    entries: tuple[Entry, ...]

    @property
    def is_special(self) -> bool:
        """Whether something is chosen here that differs from all groups."""
        return any(one.own for one in self.entries)

    @property
    def name(self) -> Text | Localised:
        """What it is called."""
        return meeting_letters.named(self.group) if self.group else _("All my groups")

    def entry(self, topic: Topic) -> Entry | None:
        """Return what was chosen for a topic, if it can be chosen here."""
        return next((one for one in self.entries if one.topic is topic), None)


def of_person(session: Session, person_id: int) -> list[Part]:
    """Return a person's table, all groups first: as many statements for one group as for many."""
    own = {(one.topic, one.group_id): one for one in preferences.of_person(session, person_id)}
    told = meeting_letters.groups_told(session, [person_id]).get(person_id, set())
    followed = set(subscriptions.of_person(session, person_id))
    joined = {
        one.group_id
        for one in memberships.of_person(session, person_id)
        if one.state is MembershipState.ACTIVE
    }
    topics = (*TOLD, Topic.CHANGES) if followed else TOLD
    parts = [Part(None, tuple(_entry(own, topic, None) for topic in topics))]
    for card in groups.directory(session).cards:
        if card.id not in told | followed | joined:
            continue
        here: tuple[Topic, ...] = TOLD if card.id in told else (Topic.UPDATES,) if card.id in followed else ()
        here += (Topic.CHANGES,) if card.id in followed else ()
        parts.append(Part(card, tuple(_entry(own, topic, card.id) for topic in here)))
    return parts


def _entry(own: Mapping[Cell, Preference], topic: Topic, group_id: int | None) -> Entry:
    usual, mine = own.get((topic, None)), own.get((topic, group_id))
    holds = mine or usual
    channel = (mine.channel if mine else None) or (usual.channel if usual else None)
    # Who wants to hear of no changes at all follows no group.
    offers = tuple(Rhythm)[:-1] if topic is Topic.CHANGES and group_id is None else tuple(Rhythm)
    return Entry(topic, mine, holds.rhythm if holds else Rhythm.INSTANT, channel, offers)


def save(session: Session, person: Person, wanted: Mapping[Cell, Wanted]) -> None:
    """Note what a person chose in their table; what they cannot choose is left alone."""
    for part in of_person(session, person.id):
        number = part.group.id if part.group else None
        for entry in part.entries:
            chosen = wanted.get((entry.topic, number))
            if chosen is not None and (chosen[0] is None or chosen[0] in entry.offers):
                _save(session, person.id, entry, number, chosen)
    stopping.drop_unwanted(session, person.id)


def _save(session: Session, person_id: int, entry: Entry, group_id: int | None, chosen: Wanted) -> None:
    rhythm, channel = chosen
    if entry.topic is Topic.CHANGES and rhythm is Rhythm.NEVER and group_id is not None:
        subscriptions.stop(session, person_id, group_id)
        rhythm = channel = None
    if channel is not None and rhythm is None:
        rhythm = entry.rhythm  # a channel of its own needs a row of its own
    if group_id is None and rhythm is Rhythm.INSTANT and channel is None:
        rhythm = None  # that is what is usual
    before = (entry.own.rhythm, entry.own.channel) if entry.own else (None, None)
    if (rhythm, channel) != before:
        preferences.set_wish(session, person_id, entry.topic, group_id, rhythm, channel)


def summary(parts: Sequence[Part]) -> list[Text]:
    """Return the table in sentences: all groups, then what differs from that."""
    said: list[Text] = []
    for part in parts:
        entries = part.entries if part.group is None else [one for one in part.entries if one.own]
        said += [_("{group} – {wish}")(group=part.name, wish=one.said) for one in entries]
    return said
