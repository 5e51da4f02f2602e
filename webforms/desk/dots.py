"""Votes with sticky dots at the desk: opened, sorted by several moderators at once, closed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import ballot_board, ballot_result, ballots, occasions, programmes, voting
from models.audit import Kind, Verb
from models.ballots import LONGEST_CARD, PHASE_WORDS, Ballot, Phase
from models.errors import Conflict, DomainError, InvalidAnswer
from models.exporting.ballot import ballot as ballot_table
from models.forms import clean
from models.staff import OFFICE
from translations import LANGUAGES, Text, _, catalogues, find, language
from webforms import numbers, static_files
from webforms.desk import exports, guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("dots", __name__)
_NUMBER, _CARD = "<int:number>", "<int:card_id>"
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
MOST_TYPED = 20_000
_SAVED = {
    "saved": _("Saved."),
    "goals": _("The goals are there, each with a group that takes nobody in yet."),
}


def _line(name: str, longest: int = ballot_board.LONGEST_TITLE) -> str:
    return clean.text(request.form.get(name, ""), longest=longest)


def _number(name: str) -> int | None:
    return numbers.number(request.form.get(name, "").strip())


@blueprint.get("/dots")
def listed() -> Response:
    """Show all votes, or those of one event with `?event=`, with room to open one."""
    return _list()


def _list(status: int = 200, *, wrong: Text | None = None) -> Response:
    number = numbers.number(request.values.get("event", ""))
    with site().db.reading() as session:
        events = occasions.every(session)
        held = next((one for one in events if one.id == number), None)
        found = ballots.of_event(session, held.id) if held else ballots.listed(session)
        return showing.show(
            "desk/dots.html", status, found=found, phases=PHASE_WORDS, wrong=wrong, held=held,
            events=events, named=occasions.name, typed=request.form, is_office=guard.me().role in OFFICE,
        )  # fmt: skip


@blueprint.post("/dots")
def begin() -> AnyResponse:
    """Open a vote for suggestions."""
    try:
        with trail.acting(Verb.ADD, Kind.BALLOT) as session:
            made = ballot_board.begin(
                session, guard.me(), _line("title"), event_id=_number("event") or None,
                cards_each=_number("cards") or 2, dots_each=_number("dots") or 3,
            )  # fmt: skip
            number = made.id
    except InvalidAnswer as refusal:
        return _list(422, wrong=refusal.text)
    return redirect(url_for(".one", number=number), 303)


def _shown(session: Session, ballot: Ballot) -> dict[str, Any]:
    return {
        "ballot": ballot, "mark": ballots.mark(session, ballot), "own_names": OWN_NAMES,
        "topics": ballots.topics(session, ballot.id), "longest": LONGEST_CARD,
        "cards": ballots.cards(session, ballot.id, hidden=True),
    }  # fmt: skip


def _show(number: int, status: int = 200, *, wrong: Text | None = None) -> Response:
    with site().db.reading() as session:
        ballot = ballots.get(session, number)
        is_counted = ballot.phase in (Phase.VOTE, Phase.RESULT)
        event = next((one for one in occasions.every(session) if one.id == ballot.event_id), None)
        return showing.show(
            "desk/dots_one.html", status, wrong=wrong, phases=PHASE_WORDS, event=event, named=occasions.name,
            saved=_SAVED.get(request.args.get("saved", "")), is_office=guard.me().role in OFFICE,
            ranked=ballot_result.results(session, ballot) if is_counted else [],
            turnout=ballot_result.turnout(session, ballot) if is_counted else 0,
            fields=ballot_result.fields(session, ballot), programmes=programmes.listed(session),
            tongues_offered=catalogues.offered(), most_slips=voting.MOST_SLIPS,
            board_js=static_files.address("board.js"),
            **_shown(session, ballot),
        )  # fmt: skip


@blueprint.get(f"/dots/{_NUMBER}")
def one(number: int) -> Response:
    """Show a vote: its board, its count or its result."""
    return _show(number)


@blueprint.get(f"/dots/{_NUMBER}/board")
def board(number: int) -> Response:
    """Show the board alone, or 304 where nothing on it has changed."""
    with site().db.reading() as session:
        ballot = ballots.get(session, number)
        mark = f"{ballots.mark(session, ballot)}-{tag()}"
        if request.if_none_match.contains(mark):
            response = make_response("", 304)
        else:
            response = showing.show("desk/dots_board.html", **_shown(session, ballot))
    response.set_etag(mark)
    return response


def _is_from_script() -> bool:
    return "X-Board" in request.headers


def _act(number: int, verb: Verb, act: Callable[[Session], object]) -> AnyResponse:
    """Do something to a vote; a refusal comes with the page as it is now, or to the script as words."""
    try:
        with trail.acting(verb, Kind.BALLOT, number) as session:
            act(session)
    except (Conflict, InvalidAnswer) as refusal:
        status = 422 if isinstance(refusal, InvalidAnswer) else 409
        return _told(refusal, status) if _is_from_script() else _show(number, status, wrong=refusal.text)
    if _is_from_script():
        return make_response("", 204)
    return redirect(url_for(".one", number=number, saved="saved"), 303)


def _told(refusal: DomainError, status: int) -> Response:
    response = make_response(refusal.text.to(tag()), status)
    response.mimetype = "text/plain"
    return response


@blueprint.post(f"/dots/{_NUMBER}/phase")
def phase(number: int) -> AnyResponse:
    """Go on to the next phase, or back to suggesting; closing has to be confirmed."""
    raw = request.form.get("phase", "")
    wanted = Phase(raw) if raw in set(Phase) else Phase.SUGGEST

    def go(session: Session) -> None:
        if wanted is Phase.RESULT and request.form.get("sure") != "yes":
            raise InvalidAnswer(_("Please confirm it first."))
        ballot_board.go_to(session, guard.me(), number, wanted)

    return _act(number, Verb.CLOSE if wanted is Phase.RESULT else Verb.CHANGE, go)


@blueprint.post(f"/dots/{_NUMBER}/cards/{_CARD}/move")
def move(number: int, card_id: int) -> AnyResponse:
    """Put a card into a topic, or take it out."""
    seen, topic_id = _number("version") or 0, _number("topic") or None
    return _act(
        number, Verb.CHANGE,
        lambda session: ballot_board.move(session, guard.me(), number, card_id, topic_id, seen=seen),
    )  # fmt: skip


@blueprint.post(f"/dots/{_NUMBER}/cards/{_CARD}/word")
def word(number: int, card_id: int) -> AnyResponse:
    """Set a card's German words, and whether it is shown."""
    return _act(
        number, Verb.CHANGE,
        lambda session: ballot_board.word(
            session, guard.me(), number, card_id, german=_line("german", LONGEST_CARD),
            is_hidden=request.form.get("hidden") == "yes", seen=_number("version") or 0,
        ),
    )  # fmt: skip


@blueprint.post(f"/dots/{_NUMBER}/cards/add")
def add_cards(number: int) -> AnyResponse:
    """Note cards from paper, one for each line."""
    spoken = find(request.form.get("language", "")) or language("de")

    def note(session: Session) -> None:
        lines = clean.text(request.form.get("lines", ""), longest=MOST_TYPED, lines=True).splitlines()
        ballot_board.type_cards(session, guard.me(), number, [one.strip() for one in lines], spoken.tag)

    return _act(number, Verb.ADD, note)


_TOPIC_ACTS: dict[str, Callable[[Session, int], object]] = {
    "add": lambda s, n: ballot_board.add_topic(s, guard.me(), n, _line("title")),
    "rename": lambda s, n: ballot_board.rename_topic(
        s, guard.me(), n, _number("topic") or 0, _line("title"), seen=_number("version") or 0
    ),
    "remove": lambda s, n: ballot_board.remove_topic(s, guard.me(), n, _number("topic") or 0),
}


@blueprint.post(f"/dots/{_NUMBER}/topics/<any('add', 'rename', 'remove'):act>")
def topics(number: int, act: str) -> AnyResponse:
    """Open a topic, call it something else, or take it away."""
    return _act(number, Verb.CHANGE, lambda session: _TOPIC_ACTS[act](session, number))


@blueprint.post(f"/dots/{_NUMBER}/paper")
def paper(number: int) -> AnyResponse:
    """Note how many dots each topic has on paper."""

    def note(session: Session) -> None:
        counts = {}
        for name, raw in request.form.items():
            topic_id = numbers.number(name.removeprefix("paper-")) if name.startswith("paper-") else None
            if topic_id is None:
                continue
            count = numbers.number(raw.strip() or "0")
            if count is None:
                raise InvalidAnswer(_("Please write whole numbers."))
            counts[topic_id] = count
        ballot_board.set_paper(session, guard.me(), number, counts)

    return _act(number, Verb.CHANGE, note)


@blueprint.post(f"/dots/{_NUMBER}/slips")
def slips(number: int) -> AnyResponse:
    """Make codes for slips and show them to print, this once."""
    spoken = request.form.get("language", "")
    entry = next((one for one in catalogues.offered() if one.tag == spoken), language("de"))
    try:
        with trail.acting(Verb.ADD, Kind.BALLOT, number) as session:
            codes = voting.issue_slips(session, guard.me(), number, _number("many") or 0)
            ballot = ballots.get(session, number)
    except (InvalidAnswer, Conflict) as refusal:
        return _show(number, 422, wrong=refusal.text)
    address = site().settings.address(f"/{entry.tag}/dots/{ballot.code}")
    return showing.show("desk/dots_slips.html", ballot=ballot, codes=codes, entry=entry, address=address)


@blueprint.post(f"/dots/{_NUMBER}/goals")
def goals(number: int) -> AnyResponse:
    """Make goals of the chosen topics, in a programme that is there or a new one."""
    chosen = [one for raw in request.form.getlist("topics") if (one := numbers.number(raw)) is not None]
    try:
        with trail.acting(Verb.ADD, Kind.GOAL, f"ballot {number}") as session:
            ballot_result.make_goals(
                session, guard.me(), number, chosen, field_id=_number("field") or 0,
                programme_id=_number("programme") or None, title=_line("title"),
            )  # fmt: skip
    except (InvalidAnswer, Conflict) as refusal:
        return _show(number, 422 if isinstance(refusal, InvalidAnswer) else 409, wrong=refusal.text)
    return redirect(url_for(".one", number=number, saved="goals"), 303)


@blueprint.get(f"/dots/{_NUMBER}/result.<any('xlsx', 'csv'):ending>")
def export(number: int, ending: str) -> Response:
    """Hand out the topics with their dots and cards."""
    with site().db.reading() as session:
        ballot = ballots.get(session, number)
        return exports.hand_out(ballot_table(session, ballot, tag()), "dots", ending, str(number))
