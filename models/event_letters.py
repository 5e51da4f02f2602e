"""Letters about events: that somebody has a place, waits, has moved up; that something has changed."""

from dataclasses import dataclass
from enum import StrEnum

from models.event_cards import EventCard
from models.letters import Button, Letter, qr_code
from models.links import Purpose
from models.meeting_letters import weekday
from translations import LANGUAGES, Localised, Text, _

KIND = "event"


class News(StrEnum):
    """What there is to say."""

    REGISTERED = "registered"
    WAITING = "waiting"
    MOVED_UP = "moved-up"
    GIVEN_UP = "given-up"  # the registration was cancelled, by the person or the office
    CHANGED = "changed"
    CALLED_OFF = "called-off"
    REMINDER = "reminder"


_SUBJECTS = {
    News.REGISTERED: _("You have a place: {event}"),
    News.WAITING: _("You are on the waiting list: {event}"),
    News.MOVED_UP: _("You have a place now: {event}"),
    News.GIVEN_UP: _("Your registration is cancelled: {event}"),
    News.CHANGED: _("Changed: {event}"),
    News.CALLED_OFF: _("Cancelled: {event}"),
    News.REMINDER: _("Tomorrow: {event}"),
}
_OPENINGS = {
    News.REGISTERED: _("You are registered for “{event}”. We look forward to you!"),
    News.WAITING: _("“{event}” is full at the moment. You are on the waiting list."),
    News.MOVED_UP: _("Good news: a place has become free. You are registered for “{event}” now."),
    News.GIVEN_UP: _("Your registration for “{event}” is cancelled. Your place goes to somebody else."),
    News.CHANGED: _("Something has changed for “{event}”. This counts now:"),
    News.CALLED_OFF: _("“{event}” does not take place. This is cancelled:"),
    News.REMINDER: _("A reminder: “{event}” is tomorrow."),
}
_WITH_PLACE = (News.REGISTERED, News.MOVED_UP)
HERE = _("Welcome! You are noted as being here.")
WE_TELL_YOU = _("We tell you as soon as a place becomes free. You need not do anything.")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A registration, as far as letters tell of it."""

    registration_id: int
    version: int
    code: str
    seats: int = 1


def when_said(card: EventCard) -> Text | Localised:
    """Return when an event is: the day with its weekday, and the time as far as it is known."""
    if card.held_on is None:
        return _("The day is not settled yet.")
    day = weekday(card.held_on)
    if card.starts and card.ends:
        return _("{day}, {start} to {end}")(day=day, start=card.starts, end=card.ends)
    return _("{day}, at {start}")(day=day, start=card.starts) if card.starts else day


def off_subject(card: EventCard) -> Text:
    """Return the title of an event that does not take place."""
    return _SUBJECTS[News.CALLED_OFF](event=card.title)


def spoken(tags: tuple[str, ...]) -> str:
    """Return languages, each by its own name."""
    names = {entry.tag: entry.own_name for entry in LANGUAGES}
    return " · ".join(names.get(tag, tag) for tag in tags)


def page_of(card: EventCard) -> str:
    """Return the address of an event's page."""
    return f"/{{lang}}/events/{card.code}"


def _facts(card: EventCard) -> list[Text]:
    facts = [_("When: {when}")(when=when_said(card))]
    if card.place:
        facts.append(_("Where: {place}")(place=card.place))
    return facts


def give_up_button(card: EventCard, ticket: Ticket | None = None) -> Button:
    """Return the button that cancels a registration: in chat with a question back, in e-mail on a page."""
    verb = f"unregister:{ticket.registration_id}:{ticket.version}" if ticket else f"ticket:{card.id}:0"
    return Button(
        _("Cancel my registration"), verb=verb, page="/{lang}/registration/{link}",
        purpose=Purpose.TICKET, target_id=card.id,
    )  # fmt: skip


def ticket_button(card: EventCard) -> Button:
    """Return the button that opens the page of one's own registration, signed in or not."""
    return Button(
        _("My registration"), page="/{lang}/registration/{link}", purpose=Purpose.TICKET, target_id=card.id
    )


def calendar_button(card: EventCard) -> Button:
    """Return the button to the calendar file."""
    return Button(_("Add to my calendar"), page=f"{page_of(card)}.ics")


def see_button(card: EventCard) -> Button:
    """Return the button to the event's page."""
    return Button(_("See the event"), page=page_of(card))


def go_on_button(card: EventCard) -> Button:
    """Return the button with which who is there goes on: in chat to what can be done now."""
    return Button(_("See the event"), verb=f"event:{card.code}:0", page=page_of(card))


def letter(
    card: EventCard, news: News, ticket: Ticket | None = None, *notes: Text, words: str = "",
    is_here: bool = False,
) -> Letter:  # fmt: skip
    """Return what is said: to one person with their ticket, else to all; `words` are the office's own.

    Who `is_here` already is welcomed, and not looked forward to.
    """
    facts = [] if news is News.GIVEN_UP else _facts(card)
    if ticket and ticket.seats > 1 and news is not News.GIVEN_UP:
        facts.append(_("Places: {n}")(n=ticket.seats))
    if ticket and news in _WITH_PLACE:
        facts.append(_("Your code for the entrance: {code}")(code=ticket.code))
    if news is News.WAITING:
        facts.append(WE_TELL_YOU)
    opening = HERE if is_here else _OPENINGS[news](event=card.title)
    return Letter(
        _SUBJECTS[news](event=card.title),
        (opening, *facts, *notes),
        (ticket_button(card), go_on_button(card)) if is_here else _buttons(card, news, ticket),
        quote=words,
        picture=qr_code(ticket.code) if ticket and news in _WITH_PLACE and not is_here else None,
    )


def _buttons(card: EventCard, news: News, ticket: Ticket | None) -> tuple[Button, ...]:
    if news is News.GIVEN_UP:
        return (see_button(card),)
    if news is News.CALLED_OFF:
        return (Button(_("Take it out of my calendar"), page=f"{page_of(card)}.ics"), see_button(card))
    entry = (calendar_button(card),) if card.held_on and news is not News.WAITING else ()
    return (ticket_button(card), *entry, give_up_button(card, ticket))


def key_of(ticket: Ticket, news: News) -> str:
    """Return what marks a letter to one person, so that each step of a registration is told once."""
    return f"registration:{ticket.registration_id}:{ticket.version}:{news.value}"
