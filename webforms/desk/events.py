"""Events at the desk: made, published, changed, called off; their plan, their workshops, the invitation."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from models import event_cards, event_editing, event_invitations, groups, guests, staff
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import DomainError, NotFound
from models.events import Event, EventKind, EventState
from models.forms import clean
from translations import LANGUAGES, SOURCE, Text, _
from webforms import errors, numbers, static_files
from webforms.desk import event_fields, guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("events", __name__)
_PLACE = "/events/<int:number>"
LONGEST_REASON = 500
KIND_WORDS: dict[EventKind, Text] = {
    EventKind.CONFERENCE: _("Conference"), EventKind.WORKSHOP: _("Workshop"),
    EventKind.MEETING: _("Meeting"),
}  # fmt: skip
STATE_WORDS: dict[EventState, Text] = {
    EventState.DRAFT: _("Draft"), EventState.OPEN: _("Published"), EventState.OVER: _("Over"),
    EventState.CANCELLED: _("Cancelled"),
}  # fmt: skip
_SAVED = {
    "saved": _("Saved."),
    "told": _("Saved. Who is registered hears of a new day, time or place."),
    "publish": _("Everybody sees the event now, and can register."),
    "call-off": _("The event is cancelled. Everybody who is registered gets a message."),
    "close": _("The event is over. Nobody can register any more."),
}
_ACTS = {"publish": Verb.SEND, "call-off": Verb.CLOSE, "close": Verb.CLOSE}
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


@blueprint.get("/events")
def listed() -> Response:
    """Show all events, and room to make one."""
    return _list()


def _list(status: int = 200, *, error: Text | None = None) -> Response:
    with site().db.reading() as session:
        return showing.show(
            "desk/events.html", status, events=guests.events(session), states=STATE_WORDS, kinds=KIND_WORDS,
            error=error, typed=request.form, title_of=event_cards.title_of,
        )  # fmt: skip


@blueprint.post("/events")
def create() -> AnyResponse:
    """Make an event, which only the office sees, and go on to its page."""
    try:
        facts = event_fields.facts(request.form)
        with trail.acting(Verb.ADD, Kind.EVENT) as session:
            number = event_editing.create(session, facts).id
    except DomainError as refusal:
        return _list(errors.status_of(refusal), error=refusal.text)
    return redirect(url_for(".edit", number=number), 303)


@blueprint.get(_PLACE)
def edit(number: int) -> Response:
    """Show an event, to be changed."""
    return _page(number)


def _page(number: int, status: int = 200, *, error: Text | None = None, part: str = "") -> Response:
    """Show the editor; after a refusal with what was typed in one of its parts."""
    form: MultiDict[str, str] = request.form if error else MultiDict()
    with site().db.reading() as session:
        event, directory = guests.event(session, number), groups.directory(session)
        wanted = form.get("beside") or request.args.get("beside", "")
        written = [one for one in event.heading.words if one != SOURCE]
        beside = wanted if wanted in OWN_NAMES else next(iter(written), "")
        return showing.show(
            "desk/event.html", status, event=event, card=event_cards.card_of(session, event), error=error,
            form=form, part=part, saved=_SAVED.get(request.args.get("done", "")), states=STATE_WORDS,
            kinds=KIND_WORDS, own_names=OWN_NAMES, beside=beside, source_tag=SOURCE,
            plan_rows=event_fields.plan_rows(event, form if part == "plan" else MultiDict()),
            workshop_rows=event_fields.workshop_rows(
                event, form if part == "workshops" else MultiDict(), directory
            ),
            directory=directory, counts=guests.counts(session, number),
            accounts=[one for one in staff.everyone(session, tag()) if one.disabled_at is None],
            look=static_files.address("updates.css"),
        )  # fmt: skip


def _version() -> int:
    return numbers.number(request.form.get("version", "")) or 0


def _change(
    number: int, part: str, work: Callable[[Session], object], verb: Verb = Verb.CHANGE, done: str = "saved"
) -> AnyResponse:
    """Do something with an event, noted; show it again as it was typed where that is refused."""
    try:
        with trail.acting(verb, Kind.EVENT, number) as session:
            work(session)
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(number, errors.status_of(refusal), error=refusal.text, part=part)
    site().db.cache.drop()  # once more after the commit: another request may have read the old state
    beside = request.form.get("show-beside") or request.form.get("beside") or None
    return redirect(url_for(".edit", number=number, done=done, beside=beside, _anchor=part or None), 303)


@blueprint.post(f"{_PLACE}/save")
def save(number: int) -> AnyResponse:
    """Keep the facts and the words of an event."""

    def work(session: Session) -> Event:
        facts = event_fields.facts(request.form)
        return event_editing.change(session, number, facts, version=_version(), by=guard.me().id)

    return _change(number, "facts", work, done="told")


@blueprint.post(f"{_PLACE}/plan")
def plan(number: int) -> AnyResponse:
    """Keep the plan of the day."""

    def work(session: Session) -> Event:
        items = event_fields.items(request.form)
        return event_editing.set_agenda(session, number, items, version=_version(), by=guard.me().id)

    return _change(number, "plan", work)


@blueprint.post(f"{_PLACE}/workshops")
def workshops(number: int) -> AnyResponse:
    """Keep the workshops, or add one for each goal that has none."""

    def work(session: Session) -> object:
        if request.form.get("act") == "each":
            return event_editing.add_for_each_goal(session, number, version=_version())
        rows = event_fields.workshops(request.form, groups.directory(session))
        return event_editing.set_workshops(session, number, rows, version=_version(), by=guard.me().id)

    return _change(number, "workshops", work)


@blueprint.post(f"{_PLACE}/<any('publish', 'call-off', 'close'):act>")
def act(number: int, act: str) -> AnyResponse:
    """Publish an event, call it off, or note that it is over."""

    def work(session: Session) -> Event:
        if act == "publish":
            return event_editing.publish(session, number, version=_version())
        if act == "close":
            return event_editing.close(session, number, version=_version())
        reason = clean.text(request.form.get("reason", ""), longest=LONGEST_REASON, lines=True)
        return event_editing.call_off(session, number, version=_version(), reason=reason)

    return _change(number, "", work, _ACTS[act], done=act)


@blueprint.post(f"{_PLACE}/invite")
def invite(number: int) -> AnyResponse:
    """Write the invitation to all groups, and go on to it: it is read once more before it is sent."""
    with trail.acting(Verb.ADD, Kind.UPDATE) as session:
        card = event_cards.card_of(session, guests.event(session, number))
        update = event_invitations.invite(session, card, by=Author(staff_id=guard.me().id)).id
    return redirect(url_for("desk.updates.write", number=update), 303)
