"""What a goal is measured by at the desk: its base, its target and the figures over time."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import figures, groups, readings
from models.audit import Kind, Verb
from models.errors import InvalidAnswer
from models.forms import clean
from models.groups import GroupCard
from models.readings import Course
from translations import Text, _
from webforms import charts
from webforms.desk import guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("measures", __name__)
_SAVED = {
    "figure": _("The figure has been saved."),
    "removed": _("The figure has been taken off."),
    "target": _("The target has been saved."),
}
LONGEST = 400
_FIGURE, _TARGET = ("value", "measured_on", "source"), ("base", "target", "unit", "deadline")


def _kept(course: Course) -> dict[str, str]:
    """Return the target as it is, for the fields."""
    values = {"base": course.base, "target": course.target}
    said = {name: figures.typed(one, tag()) if one is not None else "" for name, one in values.items()}
    return {**said, "unit": course.unit, "deadline": course.deadline.wording}


def _show(
    number: str, status: int = 200, *, typed: dict[str, str] | None = None, wrong: Text | None = None
) -> Response:
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        course = readings.course(session, card.goal_id)
    return showing.show(
        "desk/measure.html", status, card=card, course=course, chart=charts.chart(course, tag()),
        typed=_kept(course) | (typed or {}), wrong=wrong, saved=_SAVED.get(request.args.get("saved", "")),
    )  # fmt: skip


def _card(number: str) -> GroupCard:
    with site().db.reading() as session:
        return groups.directory(session).get(number)


def _typed(names: tuple[str, ...]) -> dict[str, str]:
    return {name: clean.text(request.form.get(name, "")[:LONGEST], longest=LONGEST) for name in names}


@blueprint.get("/groups/<number>/measure")
def measure(number: str) -> Response:
    """Show a goal's target and its figures, with room for the next one."""
    return _show(number)


@blueprint.post("/groups/<number>/measure/take")
def take(number: str) -> AnyResponse:
    """Take a figure in; a second one of the same day corrects the first."""
    card, typed = _card(number), _typed(_FIGURE)
    try:
        with trail.acting(Verb.ADD, Kind.GOAL, card.number) as session:
            readings.take(session, guard.me(), card.goal_id, **typed)
    except InvalidAnswer as refusal:
        return _show(number, 422, typed=typed, wrong=refusal.text)
    return redirect(url_for(".measure", number=number, saved="figure"), 303)


@blueprint.post("/groups/<number>/measure/remove")
def remove(number: str) -> AnyResponse:
    """Take a figure off."""
    card, raw = _card(number), request.form.get("reading", "")
    with trail.acting(Verb.REMOVE, Kind.GOAL, card.number) as session:
        reading_id = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else 0
        readings.remove(session, guard.me(), card.goal_id, reading_id)
    return redirect(url_for(".measure", number=number, saved="removed"), 303)


@blueprint.post("/groups/<number>/measure/target")
def set_target(number: str) -> AnyResponse:
    """Say from where to where the figure is to move, in which unit, and by when."""
    card, typed = _card(number), _typed(_TARGET)
    try:
        with trail.acting(Verb.CHANGE, Kind.GOAL, card.number) as session:
            readings.set_target(session, guard.me(), card.goal_id, **typed)
    except InvalidAnswer as refusal:
        return _show(number, 422, typed=typed, wrong=refusal.text)
    return redirect(url_for(".measure", number=number, saved="target"), 303)
