"""Meetings on pages: when a group meets next, files for one's own calendar, one's own feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import clock, groups, links, meeting_letters, meetings, preferences, stopping
from models.errors import NotFound, gone
from models.links import Link, Purpose
from models.people import Person
from models.preferences import Rhythm, Topic
from models.sheets import GoalSheet, Meeting, MeetingState
from translations import _
from webforms import calendar, one_click, pages
from webforms.me import acting
from webforms.site import site, tag

blueprint = pages.blueprint("meetings")


@dataclass(frozen=True, slots=True)
class Shown:
    """A group's meetings as its page shows them: ahead, cancelled but still ahead, and over."""

    ahead: Sequence[Meeting]
    cancelled: Sequence[Meeting]
    over: Sequence[Meeting]


@blueprint.app_template_global("meetings_of")
def shown(sheet: GoalSheet | None) -> Shown:
    """Sort a goal sheet's meetings, which are loaded with it."""
    today = clock.today(site().settings.zone)
    every = sorted(sheet.meetings, key=_by_day) if sheet else []
    cancelled = [one for one in every if one.state is MeetingState.CANCELLED]
    ahead = [one for one in every if meetings.is_coming(one, today)]
    over = [one for one in reversed(every) if one not in ahead and one not in cancelled]
    still = [one for one in cancelled if one.held.latest and one.held.latest >= today]
    return Shown(ahead, still, over)


def _by_day(one: Meeting) -> tuple[bool, str, str]:
    return one.held.earliest is None, str(one.held.earliest), one.starts


@blueprint.app_template_global("is_calendar_entry")
def is_entry(meeting: Meeting) -> bool:
    """Tell whether a meeting has a calendar file."""
    return meeting_letters.is_entry(meeting.held)


blueprint.add_app_template_global(meeting_letters.when_said, "meeting_when")
blueprint.add_app_template_global(meetings.written_otherwise, "written_otherwise")


@blueprint.app_template_global("webcal")
def webcal(path: str) -> str:
    """Return the address with which calendar programs subscribe to a feed."""
    return f"webcal://{urlsplit(site().settings.address(path)).netloc}{path}"


@blueprint.get("/groups/<number>/meetings/<int:meeting_id>.ics")
def file(number: str, meeting_id: int) -> Response:
    """Hand out one meeting as a calendar file."""
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        meeting, group_id = meetings.get(session, meeting_id)
    if group_id != card.id or not meeting_letters.is_entry(meeting.held):
        raise NotFound(_("There is no such meeting."))
    name = _("Meetings of the group {number}")(number=card.number)
    response = calendar.answer([(card, meeting)], name, tag=tag())
    response.headers["Content-Disposition"] = f'attachment; filename="{card.number}-{meeting.id}.ics"'
    return response


@blueprint.get("/calendar/<token>")
def subscribe(token: str) -> Response:
    """Show how one's own feed comes into one's own calendar. Looking does not use the link up."""
    with site().db.reading() as session:
        links.owner(session, links.look(session, token, Purpose.CALENDAR))
    return pages.show("my_calendar.html", path=f"/calendar/{token}.ics?lang={tag()}")


@blueprint.post("/me/calendar")
def make_link() -> AnyResponse:
    """Give out a link to one's own feed, or end all of them."""
    with site().db.transaction() as session:
        person = acting(session)
        if request.form.get("act") == "end":
            links.revoke(session, person.id, Purpose.CALENDAR)
            return redirect(url_for("me.own"), 303)
        token = links.issue(session, Purpose.CALENDAR, person_id=person.id)
    return redirect(url_for(".subscribe", token=token), 303)


@blueprint.get("/stop/meetings/<token>")
def ask_to_stop(token: str) -> Response:
    """Show what ends; looking alone ends nothing, as mail programs look ahead."""
    with site().db.reading() as session:
        link = links.look(session, token, Purpose.STOP)
        card = groups.directory(session).by_id(link.target_id or 0)
        if card is None or link.person_id is None:
            raise gone()
        rhythm = preferences.wish(session, link.person_id, Topic.MEETINGS, card.id).rhythm
    return pages.show("stop_meetings.html", card=card, told=rhythm is not Rhythm.NEVER)


@blueprint.post("/stop/meetings/<token>")
def stop(token: str) -> AnyResponse:
    """End it; mail programs may do so for their reader (RFC 8058), so there is nothing else to check."""
    if one_click.is_asked():
        return one_click.answer(token, Purpose.STOP, _end)
    with site().db.transaction() as session:
        link = links.look(session, token, Purpose.STOP)
        _end(session, link, links.owner(session, link))
    return redirect(url_for(".ask_to_stop", token=token), 303)


def _end(session: Session, link: Link, person: Person) -> None:
    for topic in (Topic.MEETINGS, Topic.REMINDERS):
        stopping.stop(session, person.id, topic, link.target_id or 0)
