"""Updates at the desk: all of them in a list, and each one's pages."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import updates_watching, updates_writing
from models.audit import Kind, Verb
from models.changes import Author
from models.updates import UPDATE_WORDS
from translations import LANGUAGES, SOURCE, _
from webforms import (
    composing_look,
    composing_recipients,
    composing_sending,
    composing_words,
    numbers,
    static_files,
)
from webforms.composing import OWN_NAMES, Place
from webforms.desk import guard, showing, trail
from webforms.site import site

blueprint = Blueprint("updates", __name__)
_NUMBER = "<int:number>"
_DISCARDED = _("The draft has been thrown away.")


def _place() -> Place:
    return Place(Author(staff_id=guard.me().id), url_for("desk.updates.listed"), _render)


def _render(template: str, status: int, **values: object) -> Response:
    return showing.show(
        "desk/update.html", status, body=template, look=static_files.address("updates.css"), **values
    )


@blueprint.get("/updates")
def listed() -> Response:
    """Show all updates, the newest first, and where a new one is begun."""
    with site().db.reading() as session:
        below = numbers.number(request.args.get("below", ""))
        lines, onward = updates_watching.listed(session, below=below)
        return showing.show(
            "desk/updates.html", lines=lines, onward=onward, states=UPDATE_WORDS, own_names=OWN_NAMES,
            tongues_all=LANGUAGES, source=SOURCE, look=static_files.address("updates.css"),
            saved=_DISCARDED if request.args.get("done") == "discarded" else None,
        )  # fmt: skip


@blueprint.post("/updates/new")
def begin() -> AnyResponse:
    """Begin an update in a language, and go on to its first page."""
    wanted = request.form.get("source", SOURCE)
    source = wanted if wanted in OWN_NAMES else SOURCE
    with site().db.transaction() as session:
        number = updates_writing.begin(session, by=_place().by, source=source).id
        trail.note(session, Verb.ADD, Kind.UPDATE, number)
    return redirect(url_for(".write", number=number), 303)


@blueprint.get(f"/updates/{_NUMBER}")
def write(number: int) -> Response:
    """Show what an update says, for writing."""
    return composing_words.page(_place(), number)


@blueprint.post(f"/updates/{_NUMBER}/save")
def save(number: int) -> AnyResponse:
    """Keep what was written."""
    return composing_words.save(_place(), number)


@blueprint.post(f"/updates/{_NUMBER}/correct")
def correct(number: int) -> AnyResponse:
    """Change what has been sent, and send the correction."""
    return composing_words.correct(_place(), number)


@blueprint.get(f"/updates/{_NUMBER}/recipients")
def recipients(number: int) -> Response:
    """Show who gets it."""
    return composing_recipients.page(_place(), number)


@blueprint.post(f"/updates/{_NUMBER}/recipients")
def choose(number: int) -> AnyResponse:
    """Choose who gets it."""
    return composing_recipients.save(_place(), number)


@blueprint.get(f"/updates/{_NUMBER}/look")
def look(number: int) -> Response:
    """Show how it will look."""
    return composing_look.page(_place(), number)


@blueprint.get(f"/updates/{_NUMBER}/mail")
def mail(number: int) -> Response:
    """Show the HTML of its e-mail."""
    return composing_look.mail(_place(), number)


@blueprint.post(f"/updates/{_NUMBER}/look")
def try_out(number: int) -> AnyResponse:
    """Send it to oneself."""
    return composing_look.try_out(_place(), number)


@blueprint.get(f"/updates/{_NUMBER}/send")
def sending(number: int) -> Response:
    """Show what will be sent to whom, or how it goes."""
    return composing_sending.page(_place(), number)


@blueprint.post(f"/updates/{_NUMBER}/send/<any({composing_sending.NAMES}):act>")
def act(number: int, act: str) -> AnyResponse:
    """Do what a button of that page says."""
    return composing_sending.act(_place(), number, act)
