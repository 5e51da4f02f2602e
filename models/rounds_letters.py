"""What a status round writes to people: each letter in one place, in short and warm words."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from models.groups import GroupCard
from models.letters import Button, Letter
from models.links import Purpose
from models.regions import Region
from models.rounds import month_words
from translations import Localised, Text, _

REPORT = Button(_("Report progress"), verb="form:report-progress:0", page="/{lang}/forms/report-progress")
SPAN_WORDS = _(
    "It takes a few minutes: milestone by milestone. Where nothing has changed, one tap is enough."
)


class Wanted(NamedTuple):
    """A group whose lead is asked, and the number of the request."""

    request_id: int
    card: GroupCard


def named(card: GroupCard) -> Localised:
    """Return number and title of a group in every language that has a title."""
    return Localised({tag: f"{card.number} {title}" for tag, title in card.title.words.items()})


def _buttons(wanted: Sequence[Wanted]) -> tuple[Button, ...]:
    """Return a button for each group; a single one says what it does."""
    return tuple(
        Button(
            _("Answer now") if len(wanted) == 1 else named(one.card),
            verb=f"round:{one.request_id}:0",
            page="/{lang}/status-round/{link}",
            purpose=Purpose.ROUND,
            target_id=one.request_id,
        )
        for one in wanted
    )


def _subject(wanted: Sequence[Wanted]) -> Text:
    if len(wanted) == 1:
        return _("How do things stand in the group {number}?")(number=wanted[0].card.number)
    return _("How do things stand in your groups?")


def asking(month: date, wanted: Sequence[Wanted]) -> Letter:
    """Ask how things stand in one group, or in all groups of one person at once."""
    when = month_words(month)
    if len(wanted) == 1:
        first = _("The status round of {month} has begun. How do things stand in your group “{group}”?")(
            month=when, group=named(wanted[0].card)
        )
    else:
        first = _(
            "The status round of {month} has begun. How do things stand in your groups? "
            "Please choose one after the other."
        )(month=when)
    return Letter(_subject(wanted), (first, SPAN_WORDS), _buttons(wanted))


def reminding(count: int, wanted: Sequence[Wanted], region: Region) -> Letter:
    """Remind for the first or the second and last time."""
    one = wanted[0].card
    if count == 1 and len(wanted) == 1:
        first = _("A short reminder: how do things stand in your group “{group}”?")(group=named(one))
    elif count == 1:
        first = _("A short reminder: how do things stand in your groups?")
    elif len(wanted) == 1:
        first = _("We have not heard of your group “{group}” yet. This is our last reminder.")(
            group=named(one)
        )
    else:
        first = _("We have not heard of your groups yet. This is our last reminder.")
    paragraphs = [first, SPAN_WORDS if count == 1 else _talk_to_us(region)]
    return Letter(_subject(wanted), tuple(paragraphs), _buttons(wanted))


def _talk_to_us(region: Region) -> Text:
    if not region.phone:
        return _("If it is easier for you to tell us, or if somebody else leads the group now: let us know.")
    return _(
        "If it is easier for you to tell us, or if somebody else leads the group now: call us at {phone}."
    )(phone=region.phone)


def handed_over(card: GroupCard, name: str) -> Letter:
    """Tell who led a group that somebody else does now, and thank them."""
    return Letter(
        _("{name} leads the group {number} now")(name=name, number=card.number),
        (
            _("{name} leads the group “{group}” from now on. Thank you for all that you have done!")(
                name=name, group=named(card)
            ),
            _("You need not answer any questions about it any more. You can report progress at any time."),
        ),
        (Button(_("See the group"), page=f"/{{lang}}/groups/{card.number}"),),
    )


def invitation(card: GroupCard) -> Letter:
    """Send somebody the one-time link with which they take a group over."""
    return Letter(
        _("Would you like to lead the group {number}?")(number=card.number),
        (
            _("The office asks you to lead the group “{group}”. One page is enough to say yes.")(
                group=named(card)
            ),
            _("The link works once, for 14 days. Should you not know what this is, ignore this e-mail."),
        ),
        (
            Button(
                _("Lead the group"), page="/{lang}/lead/{link}", purpose=Purpose.HAND_OVER, target_id=card.id
            ),
        ),
    )


def to_chat(card: GroupCard, address: str, draft_id: int) -> Letter:
    """Send a lead the one-time link that connects their chat and goes on there with what they have typed."""
    return Letter(
        _("Go on in Telegram"),
        (
            _("Here you go on in Telegram with your answers for the group “{group}”.")(group=named(card)),
            _("It works once, for two days, and connects the chat with you: please keep it to yourself."),
            _("If you did not ask for it, simply ignore this e-mail."),
        ),
        (Button(_("Open Telegram"), page=address, purpose=Purpose.DRAFT, target_id=draft_id),),
    )


def connect_chat(address: str) -> Letter:
    """Send somebody the one-time link that connects their chat."""
    return Letter(
        _("Go on in Telegram"),
        (
            _(
                "Please open the chat once, so that our questions reach you. "
                "The link works once and for two days."
            ),
            _("If you did not ask for it, simply ignore this e-mail."),
        ),
        (Button(_("Open Telegram"), page=address, purpose=Purpose.TELEGRAM),),
    )


def typed(card: GroupCard) -> Letter:
    """Thank a lead who has told the office by telephone."""
    return Letter(
        _("The office has noted your answers"),
        (
            _("Thank you for telling us how things stand in the group “{group}”. The office has noted it.")(
                group=named(card)
            ),
            _("Is something wrong, or has something moved since? You can report progress at any time."),
        ),
        (REPORT,),
    )
