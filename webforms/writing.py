"""Writing to one's group: the composer for those who lead it, signed in by the link to their own page."""

from collections.abc import Callable

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import groups, leads, updates_watching, updates_writing
from models.changes import Author
from models.groups import GroupCard
from models.updates import UPDATE_WORDS
from translations import LANGUAGES, SOURCE, _
from webforms import (
    composing_look,
    composing_recipients,
    composing_sending,
    composing_words,
    numbers,
    pages,
    static_files,
    tokens,
)
from webforms.composing import OWN_NAMES, Place
from webforms.forms import bound_to
from webforms.site import signed_in, site, tag

blueprint = pages.blueprint("writing")
_NUMBER = "<int:one>"
_BASE = "/groups/<number>/write"
_DISCARDED = _("The draft has been thrown away.")
_ACTS = ("now", "plan", "ask", "stop", "discard")
_NAMES = ", ".join(f"'{name}'" for name in _ACTS)


def _render(template: str, status: int, **values: object) -> Response:
    return pages.show(
        "update.html", status, body=template, look=static_files.address("updates.css"), csrf=_csrf(), **values
    )


def _csrf() -> str:
    return tokens.issue(site().secret, bound_to=bound_to())


def _place(number: str) -> Place | None:
    """Return where a lead writes to their group; None for everybody else."""
    person = signed_in()
    if person is None:
        return None
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        if not leads.is_lead(session, person, card.id):
            return None
    return Place(Author(person_id=person.id), _base(card), _render, card)


def _base(card: GroupCard) -> str:
    return url_for("writing.listed", number=card.number)


def _in(number: str, act: Callable[[Place], AnyResponse], *, is_form: bool = False) -> AnyResponse:
    """Let a lead act; everybody else is shown on the goal sheet's page how a lead gets in."""
    place = _place(number)
    if place is None:
        return redirect(url_for("sheets.edit", number=number), 303)
    if is_form:
        request.max_content_length = composing_words.MOST_TOGETHER
        tokens.check(site().secret, request.form.get("csrf", ""), bound_to=bound_to())
    return act(place)


@blueprint.get(_BASE)
def listed(number: str) -> AnyResponse:
    """Show what the leads of a group have written to it, and where something new is begun."""

    def show(place: Place) -> Response:
        with site().db.reading() as session:
            below = numbers.number(request.args.get("below", ""))
            card = groups.directory(session).get(number)
            lines, onward = updates_watching.listed(session, group_id=card.id, below=below)
            return pages.show(
                "updates.html", lines=lines, onward=onward, states=UPDATE_WORDS, own_names=OWN_NAMES,
                card=card, place=place, tongues_all=LANGUAGES, source=tag(), csrf=_csrf(),
                look=static_files.address("updates.css"),
                saved=_DISCARDED if request.args.get("done") == "discarded" else None,
            )  # fmt: skip

    return _in(number, show)


@blueprint.post(f"{_BASE}/new")
def begin(number: str) -> AnyResponse:
    """Begin an update to the group, and go on to its first page."""

    def start(place: Place) -> AnyResponse:
        wanted = request.form.get("source", SOURCE)
        source = wanted if wanted in OWN_NAMES else SOURCE
        with site().db.transaction() as session:
            card = groups.directory(session).get(number)
            made = updates_writing.begin(session, by=place.by, group_id=card.id, source=source)
        return redirect(place.at(made.id), 303)

    return _in(number, start, is_form=True)


@blueprint.get(f"{_BASE}/{_NUMBER}")
def write(number: str, one: int) -> AnyResponse:
    """Show what an update says, for writing."""
    return _in(number, lambda place: composing_words.page(place, one))


@blueprint.post(f"{_BASE}/{_NUMBER}/save")
def save(number: str, one: int) -> AnyResponse:
    """Keep what was written."""
    return _in(number, lambda place: composing_words.save(place, one), is_form=True)


@blueprint.post(f"{_BASE}/{_NUMBER}/correct")
def correct(number: str, one: int) -> AnyResponse:
    """Change what has been sent, and send the correction."""
    return _in(number, lambda place: composing_words.correct(place, one), is_form=True)


@blueprint.get(f"{_BASE}/{_NUMBER}/recipients")
def recipients(number: str, one: int) -> AnyResponse:
    """Show who gets it."""
    return _in(number, lambda place: composing_recipients.page(place, one))


@blueprint.post(f"{_BASE}/{_NUMBER}/recipients")
def choose(number: str, one: int) -> AnyResponse:
    """Choose who of the group gets it."""
    return _in(number, lambda place: composing_recipients.save(place, one), is_form=True)


@blueprint.get(f"{_BASE}/{_NUMBER}/look")
def look(number: str, one: int) -> AnyResponse:
    """Show how it will look."""
    return _in(number, lambda place: composing_look.page(place, one))


@blueprint.get(f"{_BASE}/{_NUMBER}/mail")
def mail(number: str, one: int) -> AnyResponse:
    """Show the HTML of its e-mail."""
    return _in(number, lambda place: composing_look.mail(place, one))


@blueprint.post(f"{_BASE}/{_NUMBER}/look")
def try_out(number: str, one: int) -> AnyResponse:
    """Send it to oneself."""
    return _in(number, lambda place: composing_look.try_out(place, one), is_form=True)


@blueprint.get(f"{_BASE}/{_NUMBER}/send")
def sending(number: str, one: int) -> AnyResponse:
    """Show what will be sent to whom, or how it goes."""
    return _in(number, lambda place: composing_sending.page(place, one))


@blueprint.post(f"{_BASE}/{_NUMBER}/send/<any({_NAMES}):act>")
def act(number: str, one: int, act: str) -> AnyResponse:
    """Do what a button of that page says."""
    return _in(number, lambda place: composing_sending.act(place, one, act), is_form=True)
