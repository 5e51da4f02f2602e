"""Calendar feeds: a group's for everybody, a person's by their secret link. Calendars ask again and again."""

from datetime import timedelta
from hashlib import sha256

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models import calendars, clock, groups, links, meetings
from models.calendars import Entry
from models.groups import GroupCard
from models.links import Purpose
from models.meetings import GroupMeeting
from models.people import Person
from translations import Text, _, find, suggest
from webforms.site import site

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
PAST = timedelta(days=365)  # how far back a feed goes
TYPE = "text/calendar; charset=utf-8"


@blueprint.get("/<key>.ics")
def feed(key: str) -> Response:
    """Hand out the meetings of the group of a code, or those of the person of a link."""
    since = clock.today(site().settings.zone) - PAST
    with site().db.reading() as session:
        card = groups.directory(session).find(key)
        if card is not None:
            found = [
                GroupMeeting(one, card.id)
                for one in meetings.of_group(session, card.id)
                if one.held.latest and one.held.latest >= since
            ]
            return _group_feed(session, card, found)
        person = links.owner(session, links.look(session, key, Purpose.CALENDAR))
        found = meetings.of_person(session, person.id, since=since)
        entries = _with_cards(session, found)
    return answer(entries, _("My groups' meetings"), tag=_tag(person), is_private=True)


def _group_feed(session: Session, card: GroupCard, found: list[GroupMeeting]) -> Response:
    name = _("Meetings of the group {number}")(number=card.number)
    return answer(_with_cards(session, found), name, tag=_tag(None))


def _with_cards(session: Session, found: list[GroupMeeting]) -> list[Entry]:
    directory = groups.directory(session)
    cards = ((directory.by_id(group_id), meeting) for meeting, group_id in found)
    return [(card, meeting) for card, meeting in cards if card is not None]


def _tag(person: Person | None) -> str:
    """Return the language asked for, else the person's, else what the program asks for."""
    wanted = find(request.args.get("lang", ""))
    if wanted is not None:
        return wanted.tag
    return person.language if person else suggest(request.headers.get("Accept-Language")).tag


def answer(entries: list[Entry], name: Text, *, tag: str, is_private: bool = False) -> Response:
    """Return a calendar, or 304 to who has it already.

    A private feed says nothing of when it last changed: who leaves a group has fewer meetings, none newer.
    """
    settings = site().settings
    body = calendars.calendar(entries, name, tag=tag, zone=settings.zone, address=settings.address)
    response = Response(body, content_type=TYPE)
    response.set_etag(sha256(body).hexdigest()[:32])
    newest = None if is_private else calendars.newest(entries)
    if newest is not None:
        response.last_modified = newest
    response.headers["Cache-Control"] = "private, no-cache" if is_private else "no-cache"
    response.headers["Content-Language"] = tag
    response.headers["Vary"] = "Accept-Language"
    return response.make_conditional(request)  # type: ignore[return-value]
