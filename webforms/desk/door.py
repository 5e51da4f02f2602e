"""The door of an event: people are let in by code or by name, with network and without."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import arrivals, clock, door
from models.arrivals import Answer, Outcome
from models.audit import Kind, Verb
from models.door import TWINS, Guest
from models.errors import DomainError, InvalidAnswer
from models.event_cards import title_of
from models.events import Event
from models.registrations import RegistrationState
from translations import Text, _, dates
from webforms import numbers, static_files
from webforms.desk import showing, trail
from webforms.site import site, tag

blueprint = Blueprint("door", __name__)
_PLACE = "/events/<int:number>/door"
_CAMERA = "camera=(self), microphone=(), geolocation=()"  # on this page only
SHOWN = 100  # of the list, where no script looks through all of it
MOST_AT_ONCE = 200  # arrivals that one request brings
_SAID: dict[str, Text] = {
    "arrived": _("Welcome! Noted as here."),
    "gone": _("Taken back."),
}
# What the script says; it puts names and figures into them itself.
WORDS: dict[str, Text] = {
    "counts": _("{here} of {taken} are here"),
    "since": _("here since {time}"),
    "already": _("already here since {time}"),
    "part": _("{here} of {seats} are here"),
    "waiting": _("is on the waiting list: let in anyway?"),
    "cancelled": _("has cancelled: let in anyway?"),
    "expected": _("not here yet"),
    "unsent": _("waiting to be sent"),
    "unknown": _("Nobody is registered with this code."),
    "queue": _("Waiting to be sent: {n}"),
    "sent": _("Everything has been sent."),
    "more": _("There are more. Please type more of the name."),
    "camera": _("The camera cannot be used here. Please type the code."),
    "anyway": _("Let in anyway"),
    "here": _("Is here"),
    "walkin": _("Came without registering"),
}


@blueprint.get(_PLACE)
def show(number: int) -> Response:
    """Show the list with its counts, and who was let in last."""
    return _page(number)


def _page(number: int, status: int = 200, *, typed: str = "", error: Text | None = None) -> Response:
    with site().db.reading() as session:
        event = door.get(session, number)
        words = request.args.get("q", "")[:100]
        found = door.matching(door.guests(session, number), words)
        guest = door.meant(session, number, request.args.get("guest", "")) if not error else None
        response = showing.show(
            "desk/door.html", status, event=event, guests=found[:SHOWN], more=len(found) > SHOWN, q=words,
            guest=guest, typed=typed, error=error, said=_SAID,
            where=where, tick=_now(), title=title_of(event), twins=TWINS,
            words={name: one.to(tag()) for name, one in WORDS.items()},
            script=static_files.address("door.js"),
        )  # fmt: skip
    response.headers["Permissions-Policy"] = _CAMERA
    return response


def _now() -> int:
    return round(clock.now().timestamp() * 1000)


def time_of(moment: datetime | None) -> str:
    """Return a moment as a time of day in the region's zone."""
    if moment is None:
        return ""
    return dates.clock(moment.astimezone(ZoneInfo(site().settings.zone)).time(), tag())


def where(one: Guest, *, again: bool = False) -> Text:
    """Say whether somebody is here."""
    if one.state is RegistrationState.WAITING:
        return WORDS["waiting"]
    if one.state is RegistrationState.CANCELLED:
        return WORDS["cancelled"]
    if not one.arrived_seats:
        return WORDS["expected"]
    if one.left:
        return WORDS["part"](here=one.arrived_seats, seats=one.seats)
    return WORDS["already" if again else "since"](time=time_of(one.arrived_at))


@blueprint.post(_PLACE)
def let_in(number: int) -> AnyResponse:
    """Let in whom a code means; a group and who has no place are asked about first."""
    typed, raw = request.form.get("code", "")[:100], request.form.get("seats", "")
    with site().db.transaction() as session:
        event = door.get(session, number)
        guest = door.meant(session, number, typed)
        if guest is None:
            return _page(number, 422, typed=typed, error=WORDS["unknown"])
        if guest.seats > 1 and guest.left and not raw:
            return redirect(url_for(".show", number=number, guest=guest.code), 303)
        seats = numbers.number(raw) if raw else None
        if raw and not seats:
            raise InvalidAnswer(_("How many of them are here?"))
        at = _moment(numbers_of(request.form.get("tick", "")))
        answer = arrivals.arrive(
            session, event, guest.code, seats=seats, at=at, skew=clock.now() - at, by=trail.actor(),
            anyway=request.form.get("anyway") == "yes",
        )  # fmt: skip
        _note(session, answer)
    return redirect(url_for(".show", number=number, guest=guest.code, was=answer.outcome.value), 303)


def numbers_of(raw: str) -> int:
    """Return milliseconds as a device counts them; now, where it sent none."""
    return int(raw) if raw.isascii() and raw.isdecimal() and 11 < len(raw) < 15 else _now()


def _moment(tick: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=tick)


def _note(session: Session, answer: Answer) -> None:
    if answer.change:
        verb = Verb.ADD if answer.change > 0 else Verb.REMOVE
        trail.note(session, verb, Kind.ARRIVAL, answer.registration_id)


@blueprint.post(f"{_PLACE}/undo")
def undo(number: int) -> AnyResponse:
    """Take back that somebody is here."""
    code = door.read_code(request.form.get("code", "")[:100])
    with site().db.transaction() as session:
        answer = arrivals.undo(session, door.get(session, number), code, at=clock.now())
        _note(session, answer)
    return redirect(url_for(".show", number=number, guest=code, was=answer.outcome.value), 303)


@blueprint.get(f"{_PLACE}/list")
def everybody(number: int) -> Response:
    """Return the list for the script, that goes on without network; with a mark, what has changed since.

    Nothing at all where nothing has: many devices ask all day, and the list of a large hall is long.
    """
    with site().db.reading() as session:
        event = door.get(session, number)
        found = door.changes(session, event, request.args.get("since", ""))
        if not found.is_all and not found.guests:
            return Response(status=204)
        return _json({"mark": found.mark, "all": found.is_all, **_told(event, found.guests)})


def _told(event: Event, guests: Iterable[Guest]) -> dict[str, Any]:
    return {
        "arrived": event.arrived, "taken": event.taken,
        "guests": [
            {
                "code": one.code, "name": one.name, "organisation": one.organisation, "seats": one.seats,
                "here": one.arrived_seats, "since": time_of(one.arrived_at), "state": one.state.value,
                "walkin": one.walked_in,
            }
            for one in guests
        ],
    }  # fmt: skip


def _json(values: Mapping[str, Any]) -> Response:
    return Response(json.dumps(values, ensure_ascii=False), mimetype="application/json")


@blueprint.post(f"{_PLACE}/queue")
def take_queue(number: int) -> Response:
    """Take in what a device has noted, maybe long ago; what it sends twice counts once."""
    items = _items(request.form.get("items", ""))
    skew = timedelta(milliseconds=_now() - numbers_of(request.form.get("now", "")))
    with site().db.transaction() as session:
        event = door.get(session, number)
        results, touched = [], dict[int, Guest]()
        for code, tick, item in items:
            guest = door.meant(session, number, code)
            outcome = "unknown"
            if guest is not None:
                answer = _taken(session, event, guest, tick, item, skew)
                outcome, touched[guest.id] = answer.outcome.value, guest
            results.append({"code": code, "tick": tick, "outcome": outcome})
        fresh = [door.by_id(session, one) for one in touched]
        return _json({"results": results, **_told(door.get(session, number), fresh)})


def _items(raw: str) -> list[tuple[str, int, dict[str, Any]]]:
    try:
        found = json.loads(raw)
        items = [(_code(one["code"]), int(one["tick"]), dict(one)) for one in found][:MOST_AT_ONCE]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InvalidAnswer(_("This form could not be checked. Please send it once more.")) from error
    return [one for one in items if 0 < one[1] < 10**14]


def _code(raw: object) -> str:
    """Return a code as it can be said back: half a character cannot."""
    return str(raw)[:100].encode("utf-8", "replace").decode()


def _taken(
    session: Session, event: Event, guest: Guest, tick: int, item: Mapping[str, Any], skew: timedelta
) -> Answer:
    at, seats = _moment(tick), item.get("seats")
    if item.get("undo") is True:
        answer = arrivals.undo(session, event, guest.code, at=at, skew=skew)
    else:
        try:
            answer = arrivals.arrive(
                session, event, guest.code, seats=seats if isinstance(seats, int) and seats > 0 else None,
                at=at, skew=skew, by=trail.actor(), anyway=item.get("anyway") is True,
            )  # fmt: skip
        except DomainError:  # the event was called off meanwhile
            return Answer(Outcome.CANCELLED, guest.id)
    _note(session, answer)
    return answer
