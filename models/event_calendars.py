"""Events as calendar files (RFC 5545), one each, in a reader's language."""

from collections.abc import Callable
from datetime import timedelta

from icalendar import Event as Entry

from models import calendars, event_letters
from models.errors import NotFound
from models.event_cards import EventCard
from models.events import EventState
from translations import _

DAY = timedelta(days=1)


def file(card: EventCard, *, tag: str, zone: str, address: Callable[[str], str]) -> bytes:
    """Return an event as a calendar file; NotFound while its day is not settled."""
    if card.held_on is None:
        raise NotFound(_("The day is not settled yet."))
    made, language = Entry(), {"LANGUAGE": calendars.bcp47(tag)}
    made.add("uid", f"event-{card.code.lower()}@mitwirken")
    made.add("dtstamp", card.changed_at)
    made.add("last-modified", card.changed_at)
    made.add("sequence", card.version)
    is_off = card.state is EventState.CANCELLED
    title = event_letters.off_subject(card) if is_off else card.title
    made.add("summary", title.to(tag), parameters=language)
    _add_times(made, card, zone)
    if card.place:
        made.add("location", card.place, parameters={"LANGUAGE": "de"})
    page = address(f"/{tag}/events/{card.code}")
    parts = (card.about.to(tag), _plan(card, tag), page)
    made.add("description", "\n\n".join(filter(None, parts)), parameters=language)
    made.add("url", page)
    made.add("status", "CANCELLED" if is_off else "CONFIRMED")
    return calendars.finished(calendars.begun(_("Events"), tag, zone), [made], zone)


def _plan(card: EventCard, tag: str) -> str:
    """Return the plan of the day, a line for each item."""
    items = [("–".join(filter(None, (one.starts, one.ends))), one.words.to(tag)) for one in card.agenda]
    return "\n".join(" ".join(filter(None, item)) for item in items)


def _add_times(made: Entry, card: EventCard, zone: str) -> None:
    if card.held_on is None:
        return
    if card.starts:
        made.add("dtstart", calendars.at(card.held_on, card.starts, zone))
        if card.ends > card.starts:
            made.add("dtend", calendars.at(card.held_on, card.ends, zone))
        return
    made.add("dtstart", card.held_on)
    made.add("dtend", card.held_on + DAY)
