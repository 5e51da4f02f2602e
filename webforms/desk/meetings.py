"""Meetings at the desk: planned, changed and called off directly, without an entry."""

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import clock, groups, meetings
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import Conflict, NotFound
from models.forms import clean
from models.forms.form import raw_answers
from models.forms.plan_meeting import PlanMeeting, raw_of
from models.forms.questions import Context
from models.groups import GroupCard
from models.sheets import Meeting, MeetingState
from translations import Text, _
from webforms import numbers
from webforms.desk import guard, showing, trail
from webforms.forms import sent
from webforms.site import site, tag

blueprint = Blueprint("meetings", __name__)
LONGEST_REASON = 500
_PLACE = "/groups/<number>/meetings/<int:meeting_id>"
_SAVED = {
    "planned": _("The meeting is planned. The members get a message."),
    "changed": _("The meeting has been changed. The members get a message."),
    "cancelled": _("The meeting is cancelled. The members get a message."),
}
STATE_WORDS = {
    MeetingState.PLANNED: _("Planned"), MeetingState.HELD: _("Minutes are here"),
    MeetingState.CANCELLED: _("Cancelled"),
}  # fmt: skip


def _me() -> Author:
    return Author(staff_id=guard.me().id)


def _found(session: Session, number: str, meeting_id: int) -> tuple[GroupCard, Meeting]:
    card, (meeting, group_id) = groups.directory(session).get(number), meetings.get(session, meeting_id)
    if group_id != card.id:
        raise NotFound(_("There is no such meeting."))
    return card, meeting


def _form(session: Session, raw: Mapping[str, str], *, complete: bool) -> PlanMeeting:
    return PlanMeeting(raw, Context(session, tag(), channel="staff"), complete=complete)


def _page(
    number: str,
    form: PlanMeeting,
    status: int = 200,
    *,
    one: Meeting | None = None,
    error: Text | None = None,
) -> Response:
    session, today = form.context.session, clock.today(site().settings.zone)
    card = groups.directory(session).get(number)
    every = list(reversed(meetings.of_group(session, card.id)))
    return showing.show(
        "desk/meetings.html", status, card=card, form=form, one=one, error=error, states=STATE_WORDS,
        every=every, ahead={each.id for each in every if meetings.is_coming(each, today)},
        saved=_SAVED.get(request.args.get("saved", "")),
    )  # fmt: skip


@blueprint.get("/groups/<number>/meetings")
def listed(number: str) -> Response:
    """Show a group's meetings, with room to plan one."""
    with site().db.reading() as session:
        return _page(number, _form(session, {}, complete=False))


@blueprint.post("/groups/<number>/meetings")
def plan(number: str) -> AnyResponse:
    """Plan a meeting."""
    with site().db.transaction() as session:
        form = _form(session, raw_answers(sent(PlanMeeting), PlanMeeting), complete=True)
        if form.errors:
            return _page(number, form, 422)
        form.plan(groups.directory(session).get(number).id, _me())
        trail.note(session, Verb.ADD, Kind.MEETING, number)
    return redirect(url_for(".listed", number=number, saved="planned"), 303)


@blueprint.get(_PLACE)
def one(number: str, meeting_id: int) -> Response:
    """Show one meeting, to be changed or called off."""
    with site().db.reading() as session:
        _card, meeting = _found(session, number, meeting_id)
        return _page(number, _form(session, raw_of(meeting), complete=False), one=meeting)


@blueprint.post(f"{_PLACE}/<any('change', 'cancel'):act>")
def act(number: str, meeting_id: int, act: str) -> AnyResponse:
    """Change a meeting or call it off; 409 with everything that was typed where somebody was quicker."""
    with site().db.transaction() as session:
        _card, meeting = _found(session, number, meeting_id)
        seen = numbers.number(request.form.get("sequence", "")) or 0
        raw = raw_answers(sent(PlanMeeting), PlanMeeting) if act == "change" else raw_of(meeting)
        form = _form(session, raw, complete=act == "change")
        if form.errors:
            return _page(number, form, 422, one=meeting)
        try:
            if act == "change":
                meetings.change(session, meeting, form.details(meeting), by=_me(), sequence=seen)
            else:
                reason = clean.text(request.form.get("reason", ""), longest=LONGEST_REASON, lines=True)
                meetings.cancel(session, meeting, by=_me(), reason=reason, sequence=seen)
            trail.note(session, Verb.CHANGE if act == "change" else Verb.REMOVE, Kind.MEETING, meeting_id)
        except Conflict as refusal:
            session.rollback()
            return _page(number, form, 409, one=_found(session, number, meeting_id)[1], error=refusal.text)
    saved = "changed" if act == "change" else "cancelled"
    return redirect(url_for(".listed", number=number, saved=saved), 303)
