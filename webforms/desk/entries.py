"""The queue and its entries."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import clock, dossier, groups, progress, queue
from models.consents import CONTACT_RELAY, GROUP_UPDATES
from models.errors import DomainError, NotFound
from models.exporting.submissions import ORIGIN_WORDS
from models.forms import FORMS, review
from models.forms.contact import REACH_WORDS
from models.memberships import ROLE_NAMES
from models.queue import Cursor, Filters, Show
from models.rosters import STANDING_WORDS
from models.sheets import MILESTONE_WORDS
from models.staff import StaffMember
from models.submissions import STATE_WORDS, STEP_WORDS
from models.troubles import DELIVERY_WORDS, MESSAGE_WORDS
from translations import LANGUAGES, Localised, Text, _
from webforms import errors
from webforms.desk import filtering, guard, reading, showing
from webforms.desk.filtering import Query
from webforms.site import site, tag

blueprint = Blueprint("entries", __name__)
_JUST_NOW = timedelta(minutes=2)
CONSENT_WORDS = {
    CONTACT_RELAY: _("Contact may be passed on to the group's contact person"),
    GROUP_UPDATES: _("Wants news of the group"),
}
_WORDS: dict[str, Any] = {
    "states": STATE_WORDS, "steps": STEP_WORDS, "shows": queue.SHOW_WORDS, "forms": FORMS,
    "origins": ORIGIN_WORDS, "reaches": REACH_WORDS, "roles": ROLE_NAMES, "standings": STANDING_WORDS,
    "purposes": CONSENT_WORDS, "delivery_words": DELIVERY_WORDS, "message_words": MESSAGE_WORDS,
    "own_names": {entry.tag: entry.own_name for entry in LANGUAGES}, "counted_to": queue.COUNTED_TO,
}  # fmt: skip
Act = Callable[[Session, StaffMember, int, int, Mapping[str, str]], None]
ACTS: dict[str, Act] = {
    "ask": lambda s, me, n, v, w: review.ask_back(s, me, n, version=v, question=w.get("question", "")),
    "accept": lambda s, me, n, v, w: review.accept(
        s, me, n, version=v, words=w.get("words", ""), public=_public(w)
    ),
    "decline": lambda s, me, n, v, w: review.reject(s, me, n, version=v, reason=w.get("reason", "")),
    "hand-over": lambda s, me, n, v, _w: review.hand_over(s, me, n, version=v),
}


def _public(fields: Mapping[str, str]) -> dict[int, Localised]:
    """Return the public wordings of an entry's reports, from fields named public-REPORT-LANGUAGE."""
    found: dict[int, dict[str, str]] = {}
    for name, words in fields.items():
        kind, _dash, rest = name.partition("-")
        report, _dash, language = rest.partition("-")
        if kind == "public" and report.isdecimal() and words.strip():
            found.setdefault(int(report), {})[language] = words
    return {report: Localised(words) for report, words in found.items()}


def _listing(session: Session) -> dict[str, Any]:
    """Return what the list shows: two statements, however long the queue is."""
    directory = groups.directory(session)
    filters, place = filtering.wanted(directory), filtering.cursor()
    found = queue.page(session, filters, place)
    return {
        **_WORDS, "directory": directory, "filters": filters, "page": found, "counts": queue.counts(session),
        "query": filtering.query(filters, directory, place), "newer_older": _ends(filters),
        "parts": {show: filtering.query(_only(filters, show), directory) for show in Show},
        "turn": lambda to: filtering.query(filters, directory, to),
    }  # fmt: skip


def _only(filters: Filters, show: Show) -> Filters:
    return Filters(
        show, filters.form, filters.group_id, filters.language, filters.words, filters.oldest_first
    )


def _ends(filters: Filters) -> tuple[Text, Text]:
    """Return the words for going back and onwards in the order shown."""
    ends = (_("Newer entries"), _("Older entries"))
    return (ends[1], ends[0]) if filters.oldest_first else ends


@blueprint.get("/")
def listed() -> Response:
    """Show the queue: what waits for the office comes first."""
    with site().db.reading() as session:
        return showing.show("desk/queue.html", done=_done(session), **_listing(session))


@blueprint.get(f"/entries/<int(max={2**31 - 1}):number>")
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
    with site().db.reading() as session:
        whole = dossier.read(session, number)
        return showing.show(
            "desk/entry.html", status, whole=whole, one=whole.submission, error=error, act=act,
            typed=typed or {}, answers=reading.answers(session, whole.submission, tag()),
            name=reading.name_of(whole.submission, whole.person),
            changes=[(one, progress.change_of(one)) for one in whole.reports], measures=MILESTONE_WORDS,
            can=reading.possible(session, whole), longest=review.LONGEST, done=_done(session),
            **_listing(session),
        )  # fmt: skip


def _done(session: Session) -> tuple[int, Text] | None:
    """Return the entry that this person has just dealt with, and what was done: read from its history."""
    number = filtering.number(request.args.get("done", ""))
    if number is None:
        return None
    try:
        whole = dossier.read(session, number)
    except NotFound:
        return None
    last = whole.history[-1] if whole.history else None
    if last is None or last.staff_id != guard.me().id or last.at < clock.now() - _JUST_NOW:
        return None
    card = groups.directory(session).by_id(whole.submission.group_id or 0)
    return number, reading.done(whole, last, card.number if card else "")


@blueprint.post(f"/entries/<int(max={2**31 - 1}):number>/<any('ask', 'accept', 'decline', 'hand-over'):act>")
def act(number: int, act: str) -> AnyResponse:
    """Do what the form says; go on to the next entry that waits."""
    version = filtering.number(request.form.get("version", "")) or 0
    try:
        with site().db.transaction() as session:
            ACTS[act](session, guard.me(), number, version, request.form)
    except NotFound:
        raise
    except DomainError as refusal:
        status = next((code for kind, code in errors.STATUS.items() if isinstance(refusal, kind)), 400)
        return _entry(number, status, error=refusal.text, act=act, typed=request.form)
    return redirect(_onwards(number), 303)


def _onwards(number: int) -> str:
    """Return the next waiting entry's address; the same entry's where none waits or others are looked at."""
    with site().db.reading() as session:
        directory = groups.directory(session)
        filters = filtering.wanted(directory)
        query: Query = filtering.query(filters, directory, _place(filters))
        following = queue.next_waiting(session, filters, number) if filters.show is Show.WAITING else None
    return url_for(".entry", number=following or number, **{**query, "done": number})


def _place(filters: Filters) -> Cursor | None:
    return filtering.cursor() if filters.show is not Show.WAITING else None
