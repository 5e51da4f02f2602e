"""One group of a status round at the desk: typing the lead's answers, handing the group over."""

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import groups, leads, links, rounds
from models.audit import Kind, Verb
from models.errors import Conflict, DomainError, InvalidAnswer
from models.forms.form import Sender, raw_answers
from models.forms.lead_group import invite
from models.forms.questions import Context, Email
from models.forms.receive import SentBefore
from models.forms.status_round import DESK, StatusRound
from models.groups import GroupCard
from models.links import Purpose
from models.people import Person
from models.rounds import RoundRequest
from models.rounds import StatusRound as Round
from translations import SOURCE, Text, _
from webforms import tokens
from webforms.desk import guard, showing, trail
from webforms.errors import status_of
from webforms.site import site, tag

blueprint = Blueprint("noting", __name__)
_PLACE = "/rounds/<int:number>/<group>"


def _read(session: Session, number: int, group: str) -> tuple[Round, RoundRequest, GroupCard, Person | None]:
    """Return a group's place in a round and who answers for it; Conflict where a newer round has begun."""
    one, card = rounds.get(session, number), groups.directory(session).get(group)
    request_ = rounds.current(session, card.id)
    if request_ is None or request_.round_id != one.id:
        raise Conflict(_("A newer status round has begun; this one takes no answers any more."))
    led = leads.of_group(session, card.id)
    person = next((lead for lead in led if lead.id == request_.person_id), led[0] if led else None)
    return one, request_, card, person


@blueprint.get(_PLACE)
def ask(number: int, group: str) -> Response:
    """Show the same form as the lead gets, to be typed on their behalf."""
    with site().db.reading() as session:
        _one, _request, card, person = _read(session, number, group)
        return _form(session, number, StatusRound({"group": card.code}, _context(session, person)), person)


def _context(session: Session, person: Person | None) -> Context:
    return Context(session, tag(), channel=DESK, person=person)


def _form(
    session: Session, number: int, form: StatusRound, person: Person | None, status: int = 200,
    error: Text | None = None,
) -> Response:  # fmt: skip
    one = rounds.get(session, number)
    current = rounds.current(session, form.group.id)
    return showing.show(
        "desk/round_form.html", status, round=one, form=form, person=person, card=form.group, error=error,
        waiting=current is not None and rounds.takes_answers(session, current),
        month=rounds.month_words(one.month),
    )  # fmt: skip


@blueprint.post(_PLACE)
def save(number: int, group: str) -> AnyResponse:
    """Take the answers in, marked with who typed them."""
    with site().db.reading() as session:
        _one, _request, card, person = _read(session, number, group)
        raw = {**raw_answers(request.form, StatusRound), "group": card.code}
        form = StatusRound(raw, _context(session, person), complete=True)
        if form.errors:
            return _form(session, number, form, person, 422)
        key = tokens.check(site().secret, request.form.get("csrf", ""), bound_to=guard.ticket())
        try:
            _receive(form, key, person)
        except SentBefore:
            pass
        except DomainError as refusal:
            return _form(session, number, form, person, status_of(refusal), refusal.text)
    return redirect(url_for("desk.rounds.one", number=number, saved="typed"), 303)


def _receive(form: StatusRound, key: str, person: Person | None) -> None:
    with site().db.transaction() as session:
        known = session.get(Person, person.id) if person else None
        receipt = form.submit(session, Sender(DESK, tag(), key, known, staff_id=guard.me().id))
        trail.note(session, Verb.ADD, Kind.ENTRY, receipt.submission_id or "")


@blueprint.get(f"{_PLACE}/hand-over")
def look(number: int, group: str) -> Response:
    """Explain how a group is handed over."""
    return _hand_over(number, group)


def _hand_over(
    number: int, group: str, status: int = 200, *, link: str = "", email: str = "", wrong: Text | None = None
) -> Response:
    with site().db.reading() as session:
        one, _request, card, person = _read(session, number, group)
        return showing.show(
            "desk/hand_over.html", status, round=one, card=card, person=person, link=link,
            typed={"email": email}, wrong={"email": wrong} if wrong else {},
        )  # fmt: skip


@blueprint.post(f"{_PLACE}/hand-over")
def hand_over(number: int, group: str) -> AnyResponse:
    """Make a one-time link: sent to an address, or shown once to be passed on."""
    raw = request.form.get("email", "")[:254]
    with site().db.reading() as session:
        _one, _request, card, _person = _read(session, number, group)
        context = Context(session, tag())
    if request.form.get("way") != "mail":
        with trail.acting(Verb.HAND_OVER, Kind.GROUP, group) as session:
            token = links.issue(session, Purpose.HAND_OVER, person_id=None, target_id=card.id)
        return _hand_over(number, group, link=site().settings.address(f"/{SOURCE}/lead/{token}"))
    question = Email(_("E-mail"))
    try:
        if not raw.strip():
            raise InvalidAnswer(question.missing)
        address = question.read(raw, context)
    except InvalidAnswer as refusal:
        return _hand_over(number, group, 422, email=raw, wrong=refusal.text)
    with trail.acting(Verb.HAND_OVER, Kind.GROUP, group) as session:
        invite(session, card, address, language=SOURCE)
    return redirect(url_for("desk.rounds.one", number=number, saved="sent"), 303)
