"""The goal sheet's editing page: the same for leads on their page and for the office at the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import clock, groups, milestones, ownerships, sheet_history, understanding
from models.changes import SUBJECT_WORDS, Author
from models.errors import Conflict, DomainError, NotAllowed, NotFound
from models.goals import CARRIER_WORDS
from models.groups import GroupCard, WorkingGroup
from models.participants import PARTICIPANT_WORDS
from models.sheet_editing import LONGEST_MEASURE, LONGEST_NAME, LONGEST_REASON, LONGEST_TEXT
from models.sheets import MILESTONE_WORDS, Meeting, MeetingState, MilestoneState
from models.when import When
from translations import Text
from webforms import errors, numbers
from webforms.sheet_acts import ACTS, ROW, Act, Target
from webforms.sheet_reading import Reader
from webforms.site import site, tag

STATES = {state: words for state, words in MILESTONE_WORDS.items() if state is not MilestoneState.DROPPED}


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that could not be saved: which one, what was typed, and why not. Empty for a fresh page."""

    form: str = ""
    section: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    error: Text | None = None
    wrong: Mapping[str, Text] = field(default_factory=dict)
    slips: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False

    def words(self, form: str, name: str, stored: str) -> str:
        """Return what stands in a field: what was typed there just now, else what is stored."""
        return self.typed.get(name, "") if form == self.form else stored


Show = Callable[[Sent, int], Response]


def _understood(value: When) -> str:
    return understanding.understood(value, tag())


def _saved() -> tuple[str, Text | None]:
    """Return the section in which something has just been saved, and what to say there."""
    act = ACTS.get(request.args.get("saved", ""))
    return (request.args.get("at", ""), act.saved) if act else ("", None)


def values(session: Session, card: GroupCard, sent: Sent, *, office: bool) -> dict[str, Any]:
    """Return what both faces of the page show; the number of statements does not grow with the sheet."""
    group = groups.with_sheet(session, card.id)
    wanted, below = (numbers.number(request.args.get(name, "")) for name in ("milestone", "below"))
    section, note = _saved()
    return {
        "card": card, "group": group, "sheet": group.sheet, "sent": sent, "office": office,
        "version": group.sheet.version if group.sheet else 0, "planned": _planned(group),
        "history": sheet_history.read(session, card.id, milestone_id=wanted, below=below),
        "wanted": wanted, "opened": request.args.get("open", ""), "saved_at": section, "saved": note,
        "bodies": ownerships.bodies(session, tag()) if office else (), "carriers": CARRIER_WORDS,
        "states": MILESTONE_WORDS, "settable": STATES, "kinds": PARTICIPANT_WORDS,
        "subjects": SUBJECT_WORDS, "understood": _understood, "heaviest": milestones.HEAVIEST,
        "longest": {
            "name": LONGEST_NAME, "measure": LONGEST_MEASURE, "text": LONGEST_TEXT, "reason": LONGEST_REASON,
        },
    }  # fmt: skip


def _planned(group: WorkingGroup) -> list[Meeting]:
    meetings = group.sheet.meetings if group.sheet else []
    return [one for one in meetings if one.state is MeetingState.PLANNED]


def save(card: GroupCard, name: str, by: Author, *, office: bool, page: str, show: Show) -> AnyResponse:
    """Do what a form says and go back to its section; what cannot be saved is shown again as it was typed."""
    act = ACTS.get(name)
    if act is None or (act.office_only and not office):
        abort(404)
    read = Reader(request.form, clock.today(site().settings.zone))
    change = act.read(read)
    try:
        read.check()
        with site().db.transaction() as session:
            change(session, Target(card.id, by, read.number("version")))
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        return show(_sent(name, act, read, refusal), _status(refusal))
    site().db.cache.drop()  # once more after the commit: another request may have read the old state
    section = _section(act, read)
    return redirect(f"{page}?saved={name}&at={section}#{section}", 303)


def _status(refusal: DomainError) -> int:
    return next((code for kind, code in errors.STATUS.items() if isinstance(refusal, kind)), 400)


def _section(act: Act, read: Reader) -> str:
    return f"{ROW}{read.number('one')}" if act.section == ROW else act.section


def _sent(name: str, act: Act, read: Reader, refusal: DomainError) -> Sent:
    form = f"{name}-{read.number('one')}" if read.number("one") else name
    return Sent(
        form, _section(act, read), read.typed, refusal.text, read.wrong, read.slips,
        stale=isinstance(refusal, Conflict),
    )  # fmt: skip
