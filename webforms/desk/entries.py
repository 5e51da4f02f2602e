"""The queue and its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import clock, dossier, groups, queue
from models.cleaned import PROBLEM_WORDS
from models.consents import CONTACT_RELAY, GROUP_UPDATES
from models.errors import DomainError, NotFound
from models.exporting.submissions import ORIGIN_WORDS
from models.forms import FORMS, age, review
from models.forms.contact import REACH_WORDS
from models.memberships import ROLE_NAMES
from models.queue import Cursor, Filters, Show
from models.rosters import STANDING_WORDS
from models.submissions import OPEN_STATES, STATE_WORDS, STEP_WORDS, HistoryEntry
from models.troubles import DELIVERY_WORDS, MESSAGE_WORDS
from translations import LANGUAGES, SOURCE, Text, _
from webforms import errors, numbers
from webforms.desk import acts, filtering, guard, reading, reports, showing
from webforms.desk.filtering import Query
from webforms.site import site, tag

blueprint = Blueprint("entries", __name__)
_JUST_NOW = timedelta(minutes=2)
MEANWHILE = _("Somebody else has just worked on this entry. Please look at it again.")
CONSENT_WORDS = {
    CONTACT_RELAY: _("Contact may be passed on to the group's contact person"),
    GROUP_UPDATES: _("Wants news of the group"),
}
_WORDS: dict[str, Any] = {
    "states": STATE_WORDS, "steps": STEP_WORDS, "shows": queue.SHOW_WORDS, "forms": FORMS,
    "origins": ORIGIN_WORDS, "reaches": REACH_WORDS, "roles": ROLE_NAMES, "standings": STANDING_WORDS,
    "purposes": CONSENT_WORDS, "delivery_words": DELIVERY_WORDS, "message_words": MESSAGE_WORDS,
    "own_names": {entry.tag: entry.own_name for entry in LANGUAGES}, "counted_to": queue.COUNTED_TO,
    "pickable": OPEN_STATES,
}  # fmt: skip


def _listing(session: Session) -> dict[str, Any]:
    """Return what the list shows: two statements, however long the queue is."""
    directory = groups.directory(session)
    filters, place = filtering.wanted(directory), filtering.cursor()
    found = queue.page(session, filters, place)
    return {
        **_WORDS, "directory": directory, "filters": filters, "page": found,
        "counts": queue.counts(session, filters.groups),
        "query": filtering.query(filters, directory, place), "newer_older": _ends(filters),
        "parts": {show: filtering.query(_only(filters, show), directory) for show in Show},
        "turn": lambda to: filtering.query(filters, directory, to),
    }  # fmt: skip


def _only(filters: Filters, show: Show) -> Filters:
    return replace(filters, show=show)


def _ends(filters: Filters) -> tuple[Text, Text]:
    """Return the words for going back and onwards in the order shown."""
    ends = (_("Newer entries"), _("Older entries"))
    return (ends[1], ends[0]) if filters.oldest_first else ends


@blueprint.get("/")
def listed() -> Response:
    """Show the queue: what waits for the office comes first."""
    with site().db.reading() as session:
        return showing.show("desk/queue.html", done=_done(session), **_listing(session))


@blueprint.get("/entries/<int:number>")
def entry(number: int) -> Response:
    """Show an entry beside the queue."""
    return _entry(number)


def _entry(
    number: int,
    status: int = 200,
    *,
    error: Text | None = None,
    act: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    typed = typed or {}
    wordings = typed if act in acts.WITH_WORDINGS else None
    with site().db.reading() as session:
        whole = reading.dossier_of(session, number)
        can = reading.possible(session, whole)
        return showing.show(
            "desk/entry.html", status, whole=whole, one=whole.submission, error=error, act=act, typed=typed,
            answers=reading.answers(session, whole.submission, tag()), can=can,
            name=reading.name_of(whole.submission, whole.person), reviews=reports.reviews(whole, wordings),
            direction=reports.direction, problems=PROBLEM_WORDS, longest=review.LONGEST,
            shown=acts.shown(typed) if wordings else {one.token for one in whole.files if one.is_public},
            unsaved=_unsaved(act, typed, can.answer), news=_news(whole, typed) if error else (),
            done=_done(session), **_listing(session),
            needs_guardian=age.needs_guardian(whole.submission) and whole.submission.state in OPEN_STATES,
        )  # fmt: skip


def _unsaved(act: str, typed: Mapping[str, str], is_open: bool) -> list[str]:
    """Return what was typed where its form is no longer there, because the entry has been settled."""
    if is_open or act in ("", *acts.AFTERWARDS):
        return []
    is_word = ("words", "question", "reason", "public-")
    return [words for name, words in typed.items() if name.startswith(is_word) and words.strip()]


def _news(whole: dossier.Dossier, typed: Mapping[str, str]) -> Sequence[HistoryEntry]:
    """Return what somebody else did since the page that was sent had been opened."""
    version = numbers.number(typed.get("version", ""))
    return whole.since(version) if version else ()


def _done(session: Session) -> tuple[int, Text] | None:
    """Return the entry that this person has just dealt with, and what was done: read from its history."""
    number = numbers.number(request.args.get("done", ""))
    if number is None:
        return None
    try:
        whole = reading.dossier_of(session, number)
    except NotFound:
        return None
    last = whole.history[-1] if whole.history else None
    if last is None or last.staff_id != guard.me().id or last.at < clock.now() - _JUST_NOW:
        return None
    card = groups.directory(session).by_id(whole.submission.group_id or 0)
    return number, reading.done(whole, last, card.number if card else "")


@blueprint.post(f"/entries/<int:number>/<any({acts.NAMES}):act>")
def act(number: int, act: str) -> AnyResponse:
    """Do what the form says; go on to the next entry that waits."""
    version = numbers.number(request.form.get("version", "")) or 0
    try:
        with site().db.transaction() as session:
            acts.ACTS[act](session, guard.me(), number, version, request.form)
    except NotFound:
        raise
    except DomainError as refusal:
        return _entry(number, errors.status_of(refusal), error=refusal.text, act=act, typed=request.form)
    return redirect(_onwards(number, stay=act in acts.AFTERWARDS), 303)


@blueprint.post("/entries/<int:number>/take/<int:report>")
def take(number: int, report: int) -> Response:
    """Put the reporter's words into the field for the German wording, with all that was typed kept."""
    with site().db.reading() as session:
        whole = reading.dossier_of(session, number)
    typed = dict(request.form)
    for one in whole.reports:
        if one.id == report:
            typed[reports.field_name(one, SOURCE)] = reports.written(one, whole.submission)[0]
    if numbers.number(typed.get("version", "")) != whole.submission.version:
        return _entry(number, 409, error=MEANWHILE, act="take", typed=typed)
    return _entry(number, act="take", typed=typed)


def _onwards(number: int, *, stay: bool) -> str:
    """Return the next waiting entry's address; the same entry's where none waits or others are looked at."""
    with site().db.reading() as session:
        directory = groups.directory(session)
        filters = filtering.wanted(directory)
        query: Query = filtering.query(filters, directory, _place(filters))
        moves_on = filters.show is Show.WAITING and not stay
        following = queue.next_waiting(session, filters, number) if moves_on else None
    return url_for(".entry", number=following or number, **{**query, "done": number})


def _place(filters: Filters) -> Cursor | None:
    return filtering.cursor() if filters.show is not Show.WAITING else None
