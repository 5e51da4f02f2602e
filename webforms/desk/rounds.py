"""Status rounds at the desk: open, look who has answered, remind, close."""

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import clock, programmes, quiet, rounds, rounds_asking, rounds_coverage
from models.audit import Kind, Verb
from models.errors import InvalidAnswer
from models.forms.contact import REACH_WORDS
from models.rounds import REQUEST_WORDS
from models.rounds_coverage import Coverage
from translations import Text, _, n_
from webforms import numbers
from webforms.desk import showing, trail
from webforms.site import site

blueprint = Blueprint("rounds", __name__)
_SAVED = {
    "opened": _("The status round is open. All leads who can be reached are being asked."),
    "closed": _("The status round is closed. Late answers still count."),
    "typed": _("The answers have been noted and wait among the entries."),
    "sent": _("The link is on its way."),
}
_NUMBER = "<int:number>"


@blueprint.get("/rounds")
def listed() -> Response:
    """Show all rounds, and how to open one by hand."""
    month = clock.today(site().settings.zone).replace(day=1)
    with site().db.reading() as session:
        return showing.show(
            "desk/rounds.html", rounds=rounds.listed(session), counts=rounds_coverage.counts(session),
            programmes=programmes.listed(session), month=month, zone=site().settings.zone,
        )  # fmt: skip


@blueprint.post("/rounds/open")
def open_now() -> AnyResponse:
    """Open this month's round of a programme, once it has been confirmed."""
    _must_be_sure()
    zone = site().settings.zone
    with site().db.transaction() as session:
        programme = programmes.get(session, numbers.number(request.form.get("programme", "")) or 0)
        made = rounds_asking.open(session, programme, clock.today(zone), zone=zone)
        number = made.id
        trail.note(session, Verb.ADD, Kind.ROUND, number)
    return redirect(url_for(".one", number=number, saved="opened"), 303)


def _must_be_sure() -> None:
    if request.form.get("sure") != "yes":
        raise InvalidAnswer(_("Please confirm it first."))


@blueprint.get(f"/rounds/{_NUMBER}")
def one(number: int) -> Response:
    """Show who has answered, the silent ones first."""
    with site().db.reading() as session:
        whole = _coverage(session, number)
        return showing.show(
            "desk/round.html", whole=whole, round=whole.round, states=REQUEST_WORDS, reaches=REACH_WORDS,
            saved=_saved(), now=clock.now(), most=len(rounds_asking.REMIND_AFTER),
            is_quiet=quiet.is_quiet(clock.now(), site().settings.zone),
        )  # fmt: skip


def _coverage(session: Session, number: int) -> Coverage:
    return rounds_coverage.coverage(session, rounds.get(session, number))


def _saved() -> Text | None:
    saved = request.args.get("saved", "")
    if saved not in ("reminded", "at-eight"):
        return _SAVED.get(saved)
    count = numbers.number(request.args.get("n", "")) or 0
    if not count:
        return _(
            "Nobody has been reminded: on the day of asking, and more than twice, nobody gets a reminder."
        )
    if saved == "at-eight":
        return n_(
            "{n} group gets a reminder at eight in the morning: nothing is sent at night.",
            "{n} groups get a reminder at eight in the morning: nothing is sent at night.",
        )(n=count)
    return n_("{n} group gets a reminder now.", "{n} groups get a reminder now.")(n=count)


@blueprint.post(f"/rounds/{_NUMBER}/choose")
def choose(number: int) -> AnyResponse:
    """Remind the chosen groups, or show their call sheets."""
    numbers = request.form.getlist("group")[:200]
    if request.form.get("act") == "call-sheet":
        return redirect(url_for("desk.call_sheets.show", number=number, group=numbers), 303)
    zone = site().settings.zone
    saved = "at-eight" if quiet.is_quiet(clock.now(), zone) else "reminded"
    with trail.acting(Verb.SEND, Kind.ROUND, number) as session:
        whole = _coverage(session, number)
        only = [line.card.id for line in whole.lines if line.card.number in numbers]
        count = rounds_asking.remind(session, whole.round, zone=zone, only=only, early=True)
    return redirect(url_for(".one", number=number, saved=saved, n=count), 303)


@blueprint.post(f"/rounds/{_NUMBER}/close")
def close(number: int) -> AnyResponse:
    """End a round, once it has been confirmed."""
    _must_be_sure()
    with trail.acting(Verb.CLOSE, Kind.ROUND, number) as session:
        rounds_asking.close(session, rounds.get(session, number))
    return redirect(url_for(".one", number=number, saved="closed"), 303)
