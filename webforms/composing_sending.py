"""Sending an update: now or at a time, released by somebody else where that is wished; watching it arrive."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import (
    clock,
    quiet,
    staff,
    troubles,
    updates_checking,
    updates_sending,
    updates_watching,
)
from models import updates_writing as writing
from models.audiences import Audience
from models.audit import Verb
from models.errors import DomainError, InvalidAnswer, NotAllowed, NotFound
from models.forms import clean
from models.forms.contact import REACH_WORDS
from models.outbox import DeliveryState
from models.updates import STEP_WORDS, Update, UpdateState
from models.updates_watching import Progress
from translations import Text, _, n_
from webforms import errors, numbers
from webforms.composing import Place, chats, seen, show
from webforms.site import site

REFRESH = 4  # seconds between two looks at what is being sent
LONGEST_REASON = 500
FILTERS: dict[str, tuple[Text, tuple[DeliveryState, ...]]] = {
    "": (_("All"), ()),
    "waiting": (_("Waiting"), troubles.DELAYED_STATES),
    "sent": (_("Sent"), (DeliveryState.SENT,)),
    "lost": (_("Did not arrive"), troubles.LOST_STATES),
    "dropped": (_("Not sent any more"), (DeliveryState.DROPPED,)),
}
_DONE = {
    "sent": _("The sending has begun. This page shows how it goes."),
    "planned": _("The update is planned."),
    "asked": _("The update waits for its release."),
    "given-back": _("The update has been given back."),
    "stopped": _("Stopped. Who has the update keeps it; nobody else gets it."),
    "taken-back": _("Taken back: it is a draft again."),
    "corrected": _("The correction is on its way."),
}
Act = Callable[[Session, Place, int, int, Mapping[str, str]], str]


def page(place: Place, number: int, error: Text | None = None, status: int = 200) -> Response:
    """Show what will be sent to how many, or how it goes."""
    with site().db.reading() as session:
        one = seen(session, place, number)
        if one.sent_at is not None:
            return _watched(session, place, one, error, status)
        audience = Audience.unpack(one.audience)
        zone = site().settings.zone
        member = staff.get(session, place.by.staff_id) if place.by.staff_id else None
        tongues = updates_watching.tongues(session, audience)
        return show(
            place, one, "send", status, error=error, done=_done(), lacks=updates_checking.lacking(one),
            count=sum(tongues.values()), chats=chats(session, audience),
            tongues_read=tongues, zone=zone,
            is_night=quiet.is_quiet(clock.now(), zone), morning_local=_local(quiet.after_quiet(zone)),
            soonest=_local(clock.now()), steps=updates_watching.history(session, number), acts=STEP_WORDS,
            may_release=member is not None and updates_sending.may_release(session, one, member),
            typed=request.form,
        )  # fmt: skip


def _local(moment: datetime) -> str:
    """Return a moment as a field for date and time takes it."""
    return moment.astimezone(ZoneInfo(site().settings.zone)).strftime("%Y-%m-%dT%H:%M")


def _watched(session: Session, place: Place, one: Update, error: Text | None, status: int) -> Response:
    """Show how an update that is out goes: as a whole, and for each recipient."""
    wanted = request.args.get("show", "")
    wanted = wanted if wanted in FILTERS else ""
    after = numbers.number(request.args.get("after", "")) or 0
    found, onward = None, None
    if place.is_office:  # who else hears of a group is nothing for its lead to know
        states = FILTERS[wanted][1]
        found, onward = updates_watching.recipients(session, one.id, states=states, after=after)
    how = updates_watching.progress(session, one)
    moves = how.is_moving and not after and "still" not in request.args and status == 200
    return show(
        place, one, "watch", status, is_moving=how.is_moving, can_stop=_can_stop(one, how), error=error,
        done=_done(), how=how, recipients=found, onward=onward,
        wanted=wanted, filters=FILTERS, after=after, refresh=REFRESH if moves else 0, reaches=REACH_WORDS,
        delivery_words=troubles.DELIVERY_WORDS, steps=updates_watching.history(session, one.id),
        acts=STEP_WORDS,
    )  # fmt: skip


def _can_stop(one: Update, how: Progress) -> bool:
    waits = any(how.states.get(state) for state in troubles.DELAYED_STATES)
    return one.state is not UpdateState.CANCELLED and (how.is_running or waits or how.weekly > 0)


def _done() -> Text | None:
    done = request.args.get("done", "")
    if done == "retried":
        count = numbers.number(request.args.get("n", "")) or 0
        return n_("{n} message goes out once more.", "{n} messages go out once more.")(n=count)
    return _DONE.get(done)


def act(place: Place, number: int, name: str) -> AnyResponse:
    """Do what a button of the page says; what is refused is said on the page."""
    version = numbers.number(request.form.get("version", "")) or 0
    try:
        with site().db.transaction() as session:
            seen(session, place, number)
            onwards = ACTS[name](session, place, number, version, request.form)
            place.note(session, VERBS[name], number)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        return page(place, number, refusal.text, errors.status_of(refusal))
    return redirect(onwards, 303)


def _to(place: Place, number: int, done: str) -> str:
    return f"{place.at(number, 'send')}?done={done}"


def _must_be_sure(form: Mapping[str, str]) -> None:
    if form.get("sure") != "yes":
        raise InvalidAnswer(_("Please confirm it first."))


def _send(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    _must_be_sure(form)
    rule = site().settings.release
    updates_sending.send(session, number, by=place.by, version=version, rule=rule)
    return _to(place, number, "sent")


def _plan(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    rule = site().settings.release
    updates_sending.schedule(session, number, _moment(form), by=place.by, version=version, rule=rule)
    return _to(place, number, "planned")


def _moment(form: Mapping[str, str]) -> datetime:
    """Read a date with a time in the region's zone."""
    try:
        naive = datetime.strptime(form.get("at", "").strip()[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007
    except ValueError:
        raise InvalidAnswer(_("Please give a day and a time.")) from None
    return naive.replace(tzinfo=ZoneInfo(site().settings.zone))


def _ask(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    at = _moment(form) if form.get("at", "").strip() else None
    updates_sending.ask_release(session, number, by=place.by, version=version, at=at)
    return _to(place, number, "asked")


def _release(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    _must_be_sure(form)
    held = updates_sending.release(session, number, by=place.by, version=version)
    return _to(place, number, "planned" if held.state is UpdateState.SCHEDULED else "sent")


def _give_back(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    words = clean.text(form.get("words", ""), longest=LONGEST_REASON, lines=True)
    updates_sending.give_back(session, number, words, by=place.by, version=version)
    return _to(place, number, "given-back")


def _stop(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    _must_be_sure(form)
    held = updates_sending.cancel(session, number, by=place.by, version=version)
    return _to(place, number, "stopped" if held.state is UpdateState.CANCELLED else "taken-back")


def _discard(session: Session, place: Place, number: int, version: int, form: Mapping[str, str]) -> str:
    _must_be_sure(form)
    writing.discard(session, number, by=place.by, version=version)
    return f"{place.base}?done=discarded"


def _retry(session: Session, place: Place, number: int, _version: int, _form: Mapping[str, str]) -> str:
    count = updates_watching.retry(session, number, by=place.by)
    return f"{_to(place, number, 'retried')}&n={count}"


ACTS: dict[str, Act] = {
    "now": _send, "plan": _plan, "ask": _ask, "release": _release, "give-back": _give_back, "stop": _stop,
    "discard": _discard, "retry": _retry,
}  # fmt: skip
VERBS = {
    "now": Verb.SEND, "plan": Verb.CHANGE, "ask": Verb.ASK, "release": Verb.ACCEPT,
    "give-back": Verb.DECLINE, "stop": Verb.CLOSE, "discard": Verb.REMOVE, "retry": Verb.SEND,
}  # fmt: skip
NAMES = ", ".join(f"'{name}'" for name in ACTS)  # as an address's pattern lists them
