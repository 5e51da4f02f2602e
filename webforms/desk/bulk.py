"""Several entries accepted at once: looked at together, each accepted by itself."""

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import dossier, groups, reach, selection
from models.errors import DomainError
from models.forms import FORMS, age, review
from models.selection import MOST, Chosen
from models.submissions import STATE_WORDS, STEP_WORDS, HistoryEntry, State, Step
from translations import LANGUAGES, Text, _
from webforms import numbers
from webforms.desk import filtering, guard, reading, reports, showing
from webforms.site import site

blueprint = Blueprint("bulk", __name__)
NOTHING_CHOSEN = _("Please tick the entries that you want to accept.")
ERASED = _("The person has been erased; this entry can no longer be answered.")
SETTLED = _("This entry has been settled already.")
_OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one entry; without `reason` it has been accepted."""

    number: int
    title: str
    name: str
    reason: Text | None = None
    state: State | None = None
    news: tuple[HistoryEntry, ...] = ()
    unsaved: tuple[str, ...] = ()


def _numbers(raw: list[str]) -> list[int]:
    """Return the entries chosen, each once, in the order in which the list shows them."""
    return list(dict.fromkeys(number for one in raw if (number := numbers.number(one))))


@blueprint.get("/accept")
def look() -> Response:
    """Show all that was chosen: what changes, and the wording that everybody will read."""
    wanted = _numbers(request.args.getlist("pick"))
    with site().db.reading() as session:
        directory = groups.directory(session)
        seen = selection.read(session, wanted[:MOST])
        chosen = [one for one in seen if reach.covers(session, guard.me(), one.submission.group_id)]
        ready = [one for one in chosen if _is_ready(one)]
        query = filtering.query(filtering.wanted(directory), directory, filtering.cursor())
        return showing.show(
            "desk/bulk.html", 200 if chosen else 422, lines=[(one, reports.proposals(one)) for one in ready],
            settled=[(one, _obstacle(one)) for one in chosen if not _is_ready(one)], directory=directory,
            name_of=reading.name_of, left_out=max(0, len(wanted) - MOST), most=MOST, forms=FORMS,
            states=STATE_WORDS, own_names=_OWN_NAMES, direction=reports.direction, query=query,
            back=url_for("desk.entries.listed", **query),
            longest=review.LONGEST, nothing=NOTHING_CHOSEN,
        )  # fmt: skip


def _is_ready(one: Chosen) -> bool:
    """Whether nothing has to be looked at by itself."""
    return one.is_ready and not age.needs_guardian(one.submission)


def _obstacle(one: Chosen) -> Text:
    if one.is_ready:
        return age.NEEDS_GUARDIAN
    return SETTLED if one.person is not None else ERASED


@blueprint.post("/accept")
def accept() -> AnyResponse:
    """Accept each entry in a transaction of its own; tell which were not, and why."""
    numbers = _numbers(request.form.getlist("entry"))[:MOST]
    outcomes = [_accept(number) for number in numbers]
    with site().db.reading() as session:
        directory = groups.directory(session)
        back = url_for("desk.entries.listed", **filtering.query(filtering.wanted(directory), directory))
    return showing.show(
        "desk/bulk_done.html", done=[one for one in outcomes if one.reason is None], back=back,
        failed=[one for one in outcomes if one.reason is not None], steps=STEP_WORDS, states=STATE_WORDS,
        nothing=NOTHING_CHOSEN,
    )  # fmt: skip


def _accept(number: int) -> Outcome:
    version = numbers.number(request.form.get(f"version-{number}", "")) or 0
    try:
        with site().db.transaction() as session:
            review.accept(session, guard.me(), number, version=version, public=reports.fields(request.form))
    except DomainError as refusal:
        return _outcome(number, version, refusal.text)
    return _outcome(number, version, None)


def _outcome(number: int, version: int, reason: Text | None) -> Outcome:
    with site().db.reading() as session:
        try:
            whole = reading.dossier_of(session, number)
        except DomainError:
            return Outcome(number, "", "", reason)
        about = (number, whole.submission.title, reading.name_of(whole.submission, whole.person))
        news = tuple(whole.since(version)) if version else ()
        if reason is None or _did_it_just_now(news):
            return Outcome(*about)
        return Outcome(*about, reason, whole.submission.state, news, _typed(whole))


def _did_it_just_now(news: tuple[HistoryEntry, ...]) -> bool:
    """Whether this officer has accepted exactly what they saw: the form was sent twice."""
    return len(news) == 1 and news[0].step is Step.ACCEPTED and news[0].staff_id == guard.me().id


def _typed(whole: dossier.Dossier) -> tuple[str, ...]:
    """Return the wording that was typed for an entry, so that it is not lost with the refusal."""
    given = reports.fields(request.form)
    said = (given[one.id] for one in whole.reports if one.id in given)
    return tuple(words for wording in said for words in wording.words.values() if words.strip())
