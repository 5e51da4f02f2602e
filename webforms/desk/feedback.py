"""Feedback of the gallery walk at the desk: sorted into topics, put into German, typed in from paper."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import feedback_sorting, feedback_summary, groups, occasions
from models.audit import Kind, Verb
from models.errors import Conflict, InvalidAnswer
from models.events import Event
from models.exporting.feedback import feedback as feedback_table
from models.feedback import LONGEST_POINT, SIDE_WORDS, Noted, Side
from models.forms import clean
from models.staff import OFFICE
from translations import LANGUAGES, Text, _, catalogues, find, language
from webforms import numbers
from webforms.desk import exports, guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("feedback", __name__)
_NUMBER = "<int:number>"
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
MOST_TYPED = 20_000  # characters of one column typed in from paper
_SAVED = {
    "sorted": _("Saved."),
    "typed": _("The points from paper have been noted and are counted with the others."),
    "shown": _("Saved."),
    "hidden": _("Saved."),
}


def _saved() -> Text | None:
    return _SAVED.get(request.args.get("saved", ""))


@blueprint.get("/feedback")
def listed() -> Response:
    """Show on which goals there is feedback, event by event; of one event with `?event=`."""
    number = numbers.number(request.args.get("event", ""))
    with site().db.reading() as session:
        events = occasions.every(session)
        held = next((one for one in events if one.id == number), None)
        found = feedback_summary.listed(session, event_id=held.id if held else None)
        return showing.show(
            "desk/feedback.html", found=found, events=events, held=held, named=occasions.name,
            cards=groups.directory(session).cards, tongues_offered=catalogues.offered(),
            is_office=guard.me().role in OFFICE,
        )  # fmt: skip


def _show(
    number: int, status: int = 200, *, wrong: Text | None = None, at: int = 0, typed: str = ""
) -> Response:
    with site().db.reading() as session:
        whole = feedback_summary.of_sheet(session, number)
    return showing.show(
        "desk/feedback_sheet.html", status, whole=whole, sides=SIDE_WORDS, own_names=OWN_NAMES, wrong=wrong,
        at=at, typed=typed, saved=_saved(), longest=LONGEST_POINT, is_office=guard.me().role in OFFICE,
    )  # fmt: skip


@blueprint.get(f"/feedback/{_NUMBER}")
def one(number: int) -> Response:
    """Show what was said on one goal, each point with room for the German words and a topic."""
    return _show(number)


@blueprint.post(f"/feedback/{_NUMBER}/points/<int:point_id>")
def sort(number: int, point_id: int) -> AnyResponse:
    """Save a point's German words, topic and whether it is shown; 409 with what was typed if it changed."""
    german = clean.text(request.form.get("german", ""), longest=LONGEST_POINT)
    seen = numbers.number(request.form.get("version", "")) or 0
    try:
        with trail.acting(Verb.CHANGE, Kind.FEEDBACK, number) as session:
            feedback_sorting.sort(
                session, guard.me(), point_id, seen=seen, german=german,
                topic_id=numbers.number(request.form.get("topic", "")) or None,
                is_hidden=request.form.get("hidden") == "yes",
            )  # fmt: skip
    except Conflict as refusal:
        return _show(number, 409, wrong=refusal.text, at=point_id, typed=german)
    return redirect(url_for(".one", number=number, saved="sorted", _anchor=f"point-{point_id}"), 303)


def _title() -> str:
    return clean.text(request.form.get("title", ""), longest=feedback_sorting.LONGEST_TITLE)


def _add(session: Session, number: int) -> None:
    raw = request.form.get("side", "")
    side = Side(raw) if raw in set(Side) else Side.STAYS
    feedback_sorting.add_topic(session, guard.me(), number, side, _title())


def _rename(session: Session, number: int) -> None:
    topic_id = numbers.number(request.form.get("topic", "")) or 0
    feedback_sorting.rename_topic(session, guard.me(), number, topic_id, _title())


def _merge(session: Session, number: int) -> None:
    topic_id, into = (numbers.number(request.form.get(name, "")) for name in ("topic", "into"))
    feedback_sorting.merge_topics(session, guard.me(), number, topic_id or 0, into or None)


_TOPIC_ACTS: dict[str, Callable[[Session, int], None]] = {"add": _add, "rename": _rename, "merge": _merge}


@blueprint.post(f"/feedback/{_NUMBER}/topics/<any('add', 'rename', 'merge'):act>")
def topics(number: int, act: str) -> AnyResponse:
    """Open a topic, call it something else, or put all its points elsewhere."""
    try:
        with trail.acting(Verb.CHANGE, Kind.FEEDBACK, number) as session:
            _TOPIC_ACTS[act](session, number)
    except InvalidAnswer as refusal:
        return _show(number, 422, wrong=refusal.text)
    return redirect(url_for(".one", number=number, saved="sorted"), 303)


@blueprint.post(f"/feedback/{_NUMBER}/release")
def release(number: int) -> AnyResponse:
    """Show the feedback on a goal to everybody, or no longer."""
    is_released = request.form.get("released") == "yes"
    with trail.acting(Verb.CHANGE, Kind.FEEDBACK, number) as session:
        feedback_sorting.set_released(session, guard.me(), number, is_released=is_released)
    return redirect(url_for(".one", number=number, saved="shown" if is_released else "hidden"), 303)


def _event(session: Session, code: str) -> Event | None:
    return next((one for one in occasions.every(session) if one.code == code), None)


def _ask(status: int = 200, *, wrong: Text | None = None) -> Response:
    with site().db.reading() as session:
        return showing.show(
            "desk/feedback_paper.html", status, cards=groups.directory(session).cards, wrong=wrong,
            events=occasions.every(session), named=occasions.name, sides=SIDE_WORDS, saved=_saved(),
            typed=request.values, tongues_offered=catalogues.offered(),
        )  # fmt: skip


@blueprint.get("/feedback/paper")
def ask() -> Response:
    """Offer to type in what was written on a printed sheet."""
    return _ask()


@blueprint.post("/feedback/paper")
def type_in() -> AnyResponse:
    """Note the points of a printed sheet; they are counted with the others."""
    event, number = request.form.get("event", ""), request.form.get("group", "")
    spoken = (find(request.form.get("language", "")) or language("de")).tag
    key = request.form.get("csrf", "").partition(".")[0]
    try:
        points: list[Noted] = []
        for side in Side:
            raw = clean.text(request.form.get(side.value, ""), longest=MOST_TYPED, lines=True)
            points += feedback_sorting.noted(raw, side)
        with trail.acting(Verb.ADD, Kind.FEEDBACK, number) as session:
            card, held = groups.directory(session).get(number), _event(session, event)
            feedback_sorting.type_in(
                session, guard.me(), card, held.id if held else None, points,
                numbers.number(request.form.get("none", "")) or 0, key=key, language=spoken,
            )  # fmt: skip
    except InvalidAnswer as refusal:
        return _ask(422, wrong=refusal.text)
    return redirect(url_for(".ask", group=number, event=event or None, saved="typed"), 303)


@blueprint.get("/feedback/print")
def sheet() -> Response:
    """Show the sheet to print for pens, in one language, for one goal or for all."""
    wanted, number = request.args.get("language", tag()), request.args.get("group", "")
    entry = next((one for one in catalogues.offered() if one.tag == wanted), language("de"))
    with site().db.reading() as session:
        directory = groups.directory(session)
        cards = [directory.get(number)] if number else list(directory.cards)
        event = _event(session, request.args.get("event", ""))
        return showing.show(
            "desk/feedback_print.html", cards=cards, entry=entry, sides=SIDE_WORDS,
            event=occasions.name(event) if event else None,
        )  # fmt: skip


@blueprint.get("/feedback/export.<any('xlsx', 'csv'):ending>")
def export(ending: str) -> Response:
    """Hand out all points with counts, of one event with `?event=`."""
    with site().db.reading() as session:
        event = _event(session, request.args.get("event", ""))
        return exports.hand_out(
            feedback_table(session, tag(), event_id=event.id if event else None), "feedback", ending
        )
