"""Messages: less often and stop, at once and back with one tap; and all that can be chosen about them."""

from bot.menus import MESSAGES
from bot.turn import Turn
from models import groups, preferences, stopping, wish_table
from models.errors import NotFound
from models.forms.notices import MY_PAGE
from models.groups import GroupCard
from models.letters import Button
from models.people import ChannelKind
from models.preferences import RHYTHM_WORDS, TOPIC_WORDS, Rhythm, Topic
from models.wish_buttons import WEEKLY
from models.wish_table import CHANNEL_WORDS, Entry, Part
from translations import Localised, Text, _

USUAL = "usual"  # in place of a rhythm or a channel: as for all groups
MOST = 6  # groups with a button of their own; the page has all of them
NIGHTS: tuple[tuple[int, int], ...] = ((20, 8), (22, 7), (8, 16))
_NOW = {
    Rhythm.INSTANT: _("{topic} of {group}: you get them at once."),
    Rhythm.WEEKLY: _("{topic} of {group}: you get them once a week, together."),
    Rhythm.NEVER: _("{topic} of {group}: you get no more of them."),
}


def _topic(turn: Turn) -> Topic:
    try:
        return Topic(turn.press.rest.partition(":")[0])
    except ValueError:
        raise NotFound(_("This button is out of date.")) from None


def _group(turn: Turn) -> GroupCard | None:
    """Return the group of a button, None for all of them."""
    if turn.press.id == "0":
        return None
    group = groups.directory(turn.session).by_id(turn.press.number)
    if group is None:
        raise NotFound(_("There is no working group with this code."))
    return group


def _named(turn: Turn, group: GroupCard | None) -> Text | Localised:
    return Localised({turn.language: group.to(turn.language)}) if group else _("all my groups")


def less(turn: Turn) -> None:
    """Write more seldom about it from now on."""
    group, topic = _group(turn), _topic(turn)
    number = group.id if group else None
    wanted = preferences.LESS[stopping.rhythm_of(turn.session, turn.person.id, topic, number)]
    _choose(turn, topic, group, wanted)


def stop(turn: Turn) -> None:
    """Write about it no more, from now on."""
    if turn.press.rest == WEEKLY:
        _stop_weekly(turn)
        return
    _choose(turn, _topic(turn), _group(turn), Rhythm.NEVER)


def hear(turn: Turn) -> None:
    """Write as often as the button says."""
    raw = turn.press.rest.partition(":")[2]
    if raw != USUAL and raw not in tuple(Rhythm):
        raise NotFound(_("This button is out of date."))
    _choose(turn, _topic(turn), _group(turn), None if raw == USUAL else Rhythm(raw))


def _choose(turn: Turn, topic: Topic, group: GroupCard | None, rhythm: Rhythm | None) -> None:
    """Do it, say so in one sentence, and offer to undo it."""
    number = group.id if group else None
    held = stopping.rhythm_of(turn.session, turn.person.id, topic, number)
    before = stopping.choose(turn.session, turn.person.id, topic, number, rhythm)
    now = stopping.rhythm_of(turn.session, turn.person.id, topic, number)
    back = before or (held if topic is Topic.CHANGES else None)
    undo = Button(_("Undo"), f"hear:{number or 0}:0:{topic}:{back or USUAL}")
    said = _NOW[now](topic=TOPIC_WORDS[topic], group=_named(turn, group))
    turn.tell(said, buttons=((undo,) if now is not held else ()) + (_beside(MESSAGES),))


def _beside(button: Button) -> Button:
    return Button(button.label, button.verb, beside=True)


def _stop_weekly(turn: Turn) -> None:
    stamp = stopping.stop_weekly(turn.session, turn.person.id)
    undo = Button(_("Undo"), f"weekly:{stamp}:0")
    turn.tell(_("You get no weekly letter any more."), buttons=(undo, _beside(MESSAGES)))


def weekly_again(turn: Turn) -> None:
    """Take the end of the weekly letter back."""
    stopping.weekly_again(turn.session, turn.person.id, turn.press.number)
    turn.tell(_("You get the weekly letter again."), buttons=(MESSAGES,))


def show(turn: Turn) -> None:
    """Show what the person gets, and what can be chosen."""
    parts = wish_table.of_person(turn.session, turn.person.id)
    topics = tuple(
        Button(TOPIC_WORDS[one.topic], f"topic:0:0:{one.topic}", beside=place % 2 == 1)
        for place, one in enumerate(parts[0].entries)
    )
    single = tuple(
        Button(Localised({turn.language: part.group.number}), f"news:{part.group.id}:0", beside=place % 3 > 0)
        for place, part in enumerate(parts[1 : MOST + 1])
        if part.group and part.entries
    )
    turn.tell(
        _("This is what I write to you:"), lines(turn, parts),
        *([_("For a single group, press its number.")] if single else []),
        buttons=(
            *topics, *single, Button(_("Quiet hours"), "quiet:0:0"),
            Button(_("Stop all messages"), "stopall:0:0"), MY_PAGE,
        ),
    )  # fmt: skip


def lines(turn: Turn, parts: list[Part]) -> Localised:
    """Return what holds, one line each, with the quiet hours."""
    said = wish_table.summary(parts)
    quiet = preferences.quiet_of(turn.person)
    if quiet:
        said.append(quiet_said(quiet))
    return Localised({turn.language: "\n".join(one.to(turn.language) for one in said)})


def quiet_said(quiet: tuple[int, int]) -> Text:
    """Return quiet hours in words."""
    return _("Quiet hours: {begin} to {end}")(begin=f"{quiet[0]:02d}:00", end=f"{quiet[1]:02d}:00")


def show_group(turn: Turn) -> None:
    """Show what the person gets of one group."""
    group = _group(turn)
    parts = wish_table.of_person(turn.session, turn.person.id)
    part = next((one for one in parts if group and one.group and one.group.id == group.id), None)
    if part is None or group is None:
        raise NotFound(_("You are not in this group."))
    said = [Localised({turn.language: one.said.to(turn.language)}) for one in part.entries]
    turn.tell(
        _named(turn, group), *said,
        buttons=tuple(
            Button(TOPIC_WORDS[one.topic], f"topic:{group.id}:0:{one.topic}", beside=place % 2 == 1)
            for place, one in enumerate(part.entries)
        ),
    )  # fmt: skip


def show_topic(turn: Turn) -> None:
    """Ask how often, and where if there is a choice."""
    group, topic = _group(turn), _topic(turn)
    number = group.id if group else 0
    parts = wish_table.of_person(turn.session, turn.person.id)
    part = next((one for one in parts if (one.group.id if one.group else 0) == number), None)
    entry = part.entry(topic) if part else None
    if entry is None:
        raise NotFound(_("You are not in this group."))
    often = [Button(RHYTHM_WORDS[one], f"hear:{number}:0:{topic}:{one}") for one in entry.offers]
    usual = [Button(_("As for all my groups"), f"hear:{number}:0:{topic}:{USUAL}")] if group else []
    turn.tell(
        _("{topic} of {group}: how often?")(topic=TOPIC_WORDS[topic], group=_named(turn, group)),
        buttons=(*often, *usual, *_places(turn, entry, number)),
    )


def _places(turn: Turn, entry: Entry, number: int) -> list[Button]:
    ways = preferences.ways_to(turn.person)
    if len(ways) < 2:
        return []
    return [
        Button(CHANNEL_WORDS[one], f"over:{number}:0:{entry.topic}:{one}", beside=place > 0)
        for place, one in enumerate(ways)
        if one in CHANNEL_WORDS
    ]


def send_over(turn: Turn) -> None:
    """Send it over the channel that the button names."""
    group, topic = _group(turn), _topic(turn)
    over = turn.press.rest.partition(":")[2]
    ways = preferences.ways_to(turn.person)
    channel = next((one for one in ways if one == over), None)
    if channel is None:
        raise NotFound(_("This button is out of date."))
    number = group.id if group else None
    rhythm = preferences.wish(turn.session, turn.person.id, topic, number).rhythm
    preferences.set_wish(turn.session, turn.person.id, topic, number, rhythm, ChannelKind(channel))
    said = _("{topic} of {group}: {channel}.")
    turn.tell(
        said(topic=TOPIC_WORDS[topic], group=_named(turn, group), channel=CHANNEL_WORDS[channel]),
        buttons=(MESSAGES,),
    )


def quiet(turn: Turn) -> None:
    """Ask for quiet hours, or note them."""
    begin, _dash, end = turn.press.rest.partition("-")
    if not turn.press.rest:
        choices = [
            Button(_quiet_button(one), f"quiet:0:0:{one[0]}-{one[1]}", beside=place > 0)
            for place, one in enumerate(NIGHTS)
        ]
        turn.tell(
            _("In which hours shall I write nothing of my own accord? Your page has all hours."),
            buttons=(*choices, Button(_("No quiet hours"), "quiet:0:0:none"), MY_PAGE),
        )
        return
    hours = (int(begin), int(end)) if begin.isdecimal() and end.isdecimal() else (None, None)
    preferences.set_quiet(turn.session, turn.person, *hours)
    now = preferences.quiet_of(turn.person)
    turn.tell(quiet_said(now) if now else _("You have no quiet hours."), buttons=(MESSAGES,))


def _quiet_button(hours: tuple[int, int]) -> Text:
    return _("{begin} to {end}")(begin=f"{hours[0]:02d}:00", end=f"{hours[1]:02d}:00")


def stop_all(turn: Turn) -> None:
    """Write nothing of our own accord any more."""
    stopping.stop_all(turn.session, turn.person.id)
    turn.tell(
        _("I write nothing of my own accord any more. What you ask, I still answer."), buttons=(MESSAGES,)
    )
