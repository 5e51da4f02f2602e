"""Meetings as calendar entries (RFC 5545), in one language each, for the calendars that people use."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from models import meeting_letters
from models.groups import GroupCard
from models.sheets import Meeting, MeetingState
from translations import Text, _

MAKER = "-//mitwirken//meetings//DE"
AGAIN = timedelta(hours=6)  # how often a calendar may look for news
DAY = timedelta(days=1)
Entry = tuple[GroupCard, Meeting]


def calendar(
    entries: Sequence[Entry], name: Text, *, tag: str, zone: str, address: Callable[[str], str]
) -> bytes:
    """Return a calendar with those meetings whose day is known; `address` makes whole addresses of pages."""
    events = [
        _event(card, meeting, tag, zone, address)
        for card, meeting in entries
        if meeting_letters.is_entry(meeting.held)
    ]
    return finished(begun(name, tag, zone), events, zone)


def begun(name: Text, tag: str, zone: str) -> Calendar:
    """Return a calendar of this name that holds nothing yet."""
    made = Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name.to(tag), parameters={"LANGUAGE": bcp47(tag)})
    made.add("x-wr-calname", name.to(tag))
    made.add("x-wr-timezone", zone)
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    return made


def finished(made: Calendar, events: Sequence[Event], zone: str) -> bytes:
    """Return a calendar with these entries, and the rules of their zone, as a file."""
    days = [event.start.date() for event in events if isinstance(event.start, datetime)]
    if days:
        made.add_component(timezone(zone, min(days).year, max(days).year))
    for event in events:
        made.add_component(event)
    return bytes(made.to_ical())


def newest(entries: Sequence[Entry]) -> datetime | None:
    """Return when any of the meetings last changed; None when that is not known of any."""
    return max((one.changed_at for _card, one in entries if one.changed_at), default=None)


def bcp47(tag: str) -> str:
    """Return a language as other programs name it."""
    return "de" if tag == "de-simple" else tag


def _event(card: GroupCard, meeting: Meeting, tag: str, zone: str, address: Callable[[str], str]) -> Event:
    made, language = Event(), {"LANGUAGE": bcp47(tag)}
    made.add("uid", f"{card.code.lower()}-{meeting.id}@mitwirken")
    changed = meeting.changed_at or _first_day(meeting)
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("sequence", meeting.sequence)
    title = _("Meeting: {group}")(group=meeting_letters.named(card))
    if meeting.state is MeetingState.CANCELLED:
        title = _("Cancelled: {group}")(group=meeting_letters.named(card))
    made.add("summary", title.to(tag), parameters=language)
    _add_times(made, meeting, zone)
    if meeting.place:
        made.add("location", meeting.place, parameters={"LANGUAGE": "de"})
    page = address(f"/{tag}/groups/{card.number}")
    made.add("description", "\n\n".join([*_about(meeting, tag), page]), parameters=language)
    made.add("url", page)
    made.add("status", _status(meeting))
    return made


def _first_day(meeting: Meeting) -> datetime:
    """Return a moment that never moves, for meetings of which nobody noted when they were agreed."""
    return datetime.combine(meeting.held.earliest or date(1970, 1, 1), time(), UTC)


def _about(meeting: Meeting, tag: str) -> list[str]:
    found = [meeting.agenda] if meeting.agenda else []
    if meeting.languages:
        found.append(
            _("Languages there: {languages}")(languages=meeting_letters.spoken_there(meeting)).to(tag)
        )
    return found


def _status(meeting: Meeting) -> str:
    if meeting.state is MeetingState.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if meeting.held.is_exact else "TENTATIVE"


def at(day: date, written: str, zone: str) -> datetime:
    """Return the moment of a time of day, HH:MM, in a zone."""
    return datetime.combine(day, time.fromisoformat(written), ZoneInfo(zone))


def _add_times(made: Event, meeting: Meeting, zone: str) -> None:
    """Give the event its local times, or whole days where the time is not known."""
    first, last = meeting.held.earliest, meeting.held.latest
    if first is None or last is None:
        raise ValueError("a meeting without days is no calendar entry")
    if first == last and meeting.starts:
        made.add("dtstart", at(first, meeting.starts, zone))
        if meeting.ends > meeting.starts:
            made.add("dtend", at(first, meeting.ends, zone))
        return
    made.add("dtstart", first)
    made.add("dtend", last + DAY)
    made.add("transp", "TRANSPARENT")  # a whole day does not make anybody busy


@lru_cache(maxsize=32)
def timezone(zone: str, first: int, last: int) -> Timezone:
    """Return the rules of a zone from one year to another, its changes at their local times before them."""
    local = ZoneInfo(zone)
    made = Timezone()
    made.add("tzid", zone)
    start = datetime(first, 1, 1, tzinfo=UTC) - 2 * DAY
    found = [start, *_changes(local, start, datetime(last + 1, 1, 1, tzinfo=UTC))]
    for moment in found:
        before = (moment - timedelta(seconds=1)).astimezone(local)
        after = moment.astimezone(local)
        part = TimezoneDaylight() if after.dst() else TimezoneStandard()
        part.add("dtstart", (moment + _offset(before)).replace(tzinfo=None))
        part.add("tzoffsetfrom", _offset(before))
        part.add("tzoffsetto", _offset(after))
        part.add("tzname", after.tzname())
        made.add_component(part)
    return made


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _changes(local: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """Return the moments, to the minute, at which the zone's offset changes."""
    found, day = [], start
    while day < end:
        before = day.astimezone(local).utcoffset()
        if (day + DAY).astimezone(local).utcoffset() != before:
            minutes = range(24 * 60 + 1)
            is_after = [(day + timedelta(minutes=n)).astimezone(local).utcoffset() != before for n in minutes]
            found.append(day + timedelta(minutes=bisect_left(is_after, True)))
        day += DAY
    return found
