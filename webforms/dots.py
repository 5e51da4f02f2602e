"""Sticky dots on a page: suggest goals, give dots, see the result. Works without script."""

from collections.abc import Mapping

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import ballot_result, ballots, event_cards, voting
from models.ballots import LONGEST_CARD, PHASE_WORDS, Ballot, Phase
from models.errors import Conflict, DomainError, InvalidAnswer
from models.forms import clean
from models.registrations import Registration
from models.voting import Who
from translations import Text, _
from webforms import ballot_codes, crowding, numbers, pages, static_files, tokens
from webforms.forms import bound_to
from webforms.site import DOTS_COOKIE, DOTS_SPAN, drop_cookie, set_cookie, signed_in, site, tag

blueprint = pages.blueprint("dots")
_UNKNOWN = _("This code is not known here. It has six signs on your badge, or nine on a slip.")
_SAVED = {
    "card": _("Thank you! Your card is on the wall."),
    "back": _("Saved."),
    "dots": _("Saved."),
}


def _kept() -> str:
    return request.cookies.get(site().cookie(DOTS_COOKIE), "")


def _who(session: Session, ballot: Ballot) -> Who | None:
    """Return who takes part in this browser: by the code that was typed, else as who is signed in."""
    code, _sign, typed = _kept().partition(".")
    found = voting.by_typed(session, ballot, typed) if code == ballot.code else None
    person = signed_in()
    if found is None and person is not None:
        found = voting.of_person(session, ballot, person.id)
    return found


def _bound() -> str:
    """Return what form tokens are bound to here: the code that was typed, and who is signed in."""
    return f"{_kept()} {bound_to()}"


def _show(
    code: str,
    status: int = 200,
    *,
    wrong: Text | None = None,
    token: str = "",
    typed: str = "",
    words: str = "",
    wanted: Mapping[int, int] | None = None,
) -> Response:
    with site().db.reading() as session:
        ballot = ballots.by_code(session, code)
        who = _who(session, ballot)
        first = who.registration_id if who and who.seat == 1 else None
        given = voting.given(session, who).by_topic if who and wanted is None else wanted or {}
        is_over = ballot.phase is Phase.RESULT
        return pages.show(
            "dots.html", status, ballot=ballot, who=who, wrong=wrong, words=words, phases=PHASE_WORDS,
            token=token or tokens.issue(site().secret, bound_to=_bound()), typed=typed,
            puzzle=wrong is crowding.HELD_UP or ballot_codes.needs_work(session, ballot.code),
            puzzle_bits=ballot_codes.BITS, puzzle_script=static_files.address("puzzle.js"),
            is_held=wrong is crowding.HELD_UP, ready=crowding.READY,
            saved=_SAVED.get(request.args.get("saved", "")), longest=LONGEST_CARD,
            own_seats=session.get(Registration, first) if first else None,
            own=voting.own_cards(session, who) if who and ballot.phase is Phase.SUGGEST else [],
            topics=ballots.topics(session, ballot.id), cards=ballots.cards(session, ballot.id),
            given=given, used=sum(given.values()), has_code=bool(_kept()),
            ranked=ballot_result.results(session, ballot) if is_over else [],
            turnout=ballot_result.turnout(session, ballot) if is_over else 0,
            event=event_cards.published(session).by_id(ballot.event_id or 0),
            telegram=site().settings.telegram_address(f"v_{ballot.code}"),
        )  # fmt: skip


@blueprint.get("/dots/<code>")
def show(code: str) -> Response:
    """Show what can be done now."""
    return _show(code)


def _checked() -> str:
    """Return the key of the form that was sent; InvalidAnswer where it is not one of ours."""
    return tokens.check(site().secret, request.form.get("csrf", ""), bound_to=_bound())


@blueprint.post("/dots/<code>/enter")
def enter(code: str) -> AnyResponse:
    """Take the code with which somebody takes part; this browser keeps it for a day."""
    typed, token = clean.text(request.form.get("code", ""), longest=40), request.form.get("csrf", "")
    try:
        _checked()
        with site().db.reading() as session:
            ballot = ballots.by_code(session, code)
    except InvalidAnswer as refusal:
        return _show(code, 400, wrong=refusal.text)
    if not ballot_codes.lets_in(site().db, ballot.code, token):
        return _held_up(code, typed, token)
    with site().db.reading() as session:
        who = voting.by_typed(session, ballot, typed)
    if who is None:
        ballot_codes.note_wrong(site().db, ballot.code, token)
        return _show(code, 422, wrong=_UNKNOWN, token=ballot_codes.next_token(token, _bound()))
    response = redirect(url_for(".show", code=ballot.code), 303)
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    set_cookie(response, DOTS_COOKIE, f"{ballot.code}.{signs}", span=DOTS_SPAN)
    return response


def _held_up(code: str, typed: str, token: str) -> Response:
    """Give the form back with the code in it, to be worked or waited for."""
    kept = ballot_codes.next_token(token, _bound())
    response = _show(code, 429, wrong=crowding.HELD_UP, token=kept, typed=typed)
    response.headers["Retry-After"] = str(crowding.WAIT)
    return response


@blueprint.post("/dots/<code>/leave")
def leave(code: str) -> AnyResponse:
    """Forget the code in this browser, for whoever uses it next; what was given stays."""
    response = redirect(url_for(".show", code=code), 303)
    drop_cookie(response, DOTS_COOKIE)
    return response


def _taking_part(session: Session, code: str) -> tuple[Ballot, Who]:
    ballot = ballots.by_code(session, code)
    who = _who(session, ballot)
    if who is None:
        raise Conflict(_("Please type your code first."))
    return ballot, who


def _refused(code: str, refusal: DomainError, **kept: object) -> Response:
    status = 422 if isinstance(refusal, InvalidAnswer) else 409
    return _show(code, status, wrong=refusal.text, **kept)  # type: ignore[arg-type]


@blueprint.post("/dots/<code>/suggest")
def suggest(code: str) -> AnyResponse:
    """Put a card onto the wall, or take an own one back."""
    words, back = request.form.get("words", ""), numbers.number(request.form.get("back", ""))
    try:
        key = _checked()
        cleaned = clean.text(words, longest=LONGEST_CARD)
        with site().db.reading() as session:
            _ballot, who = _taking_part(session, code)
        with site().db.transaction() as session:
            if back is not None:
                voting.take_back(session, who, back)
            else:
                voting.suggest(session, who, cleaned, language=tag(), key=key)
    except (InvalidAnswer, Conflict) as refusal:
        return _refused(code, refusal, words=words[: 2 * LONGEST_CARD])
    return redirect(url_for(".show", code=code, saved="card" if back is None else "back"), 303)


@blueprint.post("/dots/<code>/vote")
def vote(code: str) -> AnyResponse:
    """Give the dots exactly so; 422 with what was chosen where they are too many."""
    chosen = {
        number: numbers.number(raw) or 0
        for name, raw in request.form.items()
        if name.startswith("topic-") and (number := numbers.number(name.removeprefix("topic-"))) is not None
    }
    wanted = {topic_id: count for topic_id, count in chosen.items() if count}
    try:
        _checked()
        with site().db.reading() as session:
            _ballot, who = _taking_part(session, code)
        with site().db.transaction() as session:
            voting.place(session, who, wanted)
    except (InvalidAnswer, Conflict) as refusal:
        return _refused(code, refusal, wanted=wanted)
    return redirect(url_for(".show", code=code, saved="dots"), 303)
