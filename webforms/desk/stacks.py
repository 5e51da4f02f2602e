"""Paper at the desk: a stack of filled-in sheets, typed in quickly, row by row, each by its own form."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import arrivals, clock, door, event_cards, groups, registrations, submissions
from models.audit import Kind, Verb
from models.db import today_in
from models.errors import DomainError, InvalidAnswer
from models.event_cards import EventCard
from models.forms.event_questions import DECIDE_LATER, LATER, WorkshopIn, workshops_of
from models.forms.form import Form, Sender
from models.forms.join_group import JoinGroup
from models.forms.questions import Context
from models.forms.receive import SentBefore
from models.forms.register_event import RegisterEvent
from models.groups import GroupCard
from models.memberships import ROLE_WORDS, Role
from models.people import ChannelKind
from models.submissions import PAPER
from translations import Text, _, catalogues
from webforms import tokens
from webforms.desk import guard, showing, trail
from webforms.site import site

blueprint = Blueprint("stacks", __name__)
ROWS = 12  # on one page; the form has room for so many
TICKS = ("pass_on", "updates", "here")
_TYPED = ("name", "contact", "organisation", "role", "seats", *TICKS)
_GROUP, _EVENT = "group-", "event-"


@dataclass(slots=True)
class Row:
    """A row as it was typed, and what came of it."""

    number: int
    typed: Mapping[str, str] = field(default_factory=dict)
    error: Text | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """What all the sheets of a stack are about: a group or an event, and their language."""

    key: str
    about: GroupCard | EventCard
    language: str

    @property
    def form(self) -> type[Form]:
        """The form that each row goes through."""
        return JoinGroup if isinstance(self.about, GroupCard) else RegisterEvent

    @property
    def workshops(self) -> list[WorkshopIn]:
        """The questions for workshops, one in each phase of an event."""
        return [] if isinstance(self.about, GroupCard) else workshops_of(self.about, 1)

    def raw(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return a row as raw answers of the form."""
        contact = typed.get("contact", "").strip()
        reach = (
            ChannelKind.EMAIL if "@" in contact or not any(map(str.isdigit, contact)) else ChannelKind.PHONE
        )
        raw = {
            "name": typed.get("name", ""), "organisation": typed.get("organisation", ""),
            "reach": reach.value, reach.value: contact,
        }  # fmt: skip
        if isinstance(self.about, GroupCard):
            given = {name: "yes" for name in ("pass_on", "updates") if typed.get(name)}
            return {**raw, **given, "group": self.about.code, "role": typed.get("role") or Role.MEMBER.value}
        others = (
            {"company": "others", "seats": typed["seats"]} if typed.get("seats", "1") not in ("", "1") else {}
        )
        chosen = {one.name: typed.get(one.name) or LATER for one in self.workshops}
        return {**raw, "event": self.about.code, "company": "alone", **others, **chosen}


@blueprint.get("/paper")
def choose() -> Response:
    """Ask what the stack is about, then show empty rows."""
    with site().db.reading() as session:
        key, language = request.args.get("about", ""), request.args.get("language", "de")
        stack = _stack(session, key, language) if key else None
        return _page(session, stack, [Row(number) for number in range(ROWS)])


def _stack(session: Session, key: str, language: str) -> Stack:
    if language not in {entry.tag for entry in catalogues.offered()}:
        raise InvalidAnswer(_("Please choose one of the languages."))
    if key.startswith(_EVENT):
        return Stack(key, event_cards.published(session).get(key.removeprefix(_EVENT)), language)
    return Stack(key, groups.directory(session).get(key.removeprefix(_GROUP)), language)


def _page(
    session: Session, stack: Stack | None, rows: list[Row], status: int = 200, *, saved: int = 0
) -> Response:
    today = today_in(session)
    about = [(f"{_GROUP}{card.code}", card) for card in groups.directory(session).open]
    ahead = event_cards.published(session).ahead(today)
    return showing.show(
        "desk/stacks.html", status, stack=stack, rows=rows, saved=saved, roles=ROLE_WORDS,
        about=[*((f"{_EVENT}{card.code}", card) for card in ahead), *about],
        is_event=stack is not None and isinstance(stack.about, EventCard),
        later=(LATER, DECIDE_LATER), tongues_offered=catalogues.offered(),
        consents=[JoinGroup.pass_on, JoinGroup.updates],
    )  # fmt: skip


@blueprint.post("/paper")
def take_in() -> AnyResponse:
    """Take each row in by itself; those with mistakes stay on the page, the others are kept."""
    base = tokens.check(site().secret, request.form.get("csrf", ""), bound_to=guard.ticket())
    saved, wrong = 0, list[Row]()
    with site().db.reading() as session:
        stack = _stack(session, request.form.get("about", ""), request.form.get("language", ""))
        for row in _rows(stack):
            try:
                _receive(session, stack, row, f"{base}-{row.number}")
                saved += 1
            except SentBefore:
                saved += 1
            except DomainError as refusal:
                row.error = refusal.text
                wrong.append(row)
        fresh = [] if wrong else [Row(number) for number in range(ROWS)]
        return _page(session, stack, wrong or fresh, 422 if wrong else 200, saved=saved)


def _rows(stack: Stack) -> list[Row]:
    made, names = [], (*_TYPED, *(one.name for one in stack.workshops))
    for number in range(ROWS):
        typed = {name: request.form.get(f"{name}-{number}", "") for name in names}
        if any(typed[name].strip() for name in ("name", "contact")):
            made.append(Row(number, typed))
    return made


def _receive(reading: Session, stack: Stack, row: Row, key: str) -> None:
    form = stack.form(stack.raw(row.typed), Context(reading, stack.language, channel=PAPER), complete=True)
    if form.errors:
        raise InvalidAnswer(next(iter(form.errors.values())))
    with site().db.transaction() as session:
        sender = Sender(PAPER, stack.language, key, None, staff_id=guard.me().id)
        receipt = form.submit(session, sender)
        if receipt.submission_id is not None:
            entry = submissions.get(session, receipt.submission_id)
            entry.typed_by_id = guard.me().id
            if isinstance(stack.about, EventCard) and row.typed.get("here") and entry.person_id:
                _arrive(session, stack.about.id, entry.person_id)
        trail.note(session, Verb.ADD, Kind.ENTRY, receipt.submission_id or "")


def _arrive(session: Session, event_id: int, person_id: int) -> None:
    """Note that somebody who signed up on paper is in the hall; they stand there, so they have a place."""
    one = registrations.of(session, person_id, event_id)
    if one is not None:
        event = door.get(session, event_id)
        arrivals.arrive(session, event, one.code, at=clock.now(), by=guard.me().id, anyway=True)
