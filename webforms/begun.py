"""How a form on a page began: empty, in a chat, or as a report that was sent before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from sqlalchemy.orm import Session

from models import drafts, feedback, links, people, submissions
from models.errors import NotFound, gone
from models.forms import afterwards
from models.forms.questions import Context
from models.forms.report_progress import ReportProgress
from models.links import Purpose
from models.people import Person
from webforms.site import signed_in, site, tag


@dataclass(frozen=True, slots=True)
class Begun:
    """For whom a form is filled in, with which answers to begin with, and about which entry of before."""

    person: Person | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    draft: str = ""  # the one-time link of the draft, good until the form is sent
    entry_id: int | None = None
    version: int = 0  # of the entry, as it is shown
    is_sent: bool = False  # the draft's link was used up: this form has arrived already

    def context(self, session: Session) -> Context:
        """Return how the form is read."""
        return Context(
            session, tag(), channel="page", has_telegram=site().settings.has_telegram, person=self.person,
            entry_id=self.entry_id, entry_version=self.version,
        )  # fmt: skip


def look(slug: str) -> Begun:
    """Return how the form of this request began; NotFound where its link or its entry is not good."""
    person, token, number = signed_in(), _named("draft"), _named("entry")
    if not token and not number:
        return Begun(person)
    with site().db.reading() as session:
        if token:
            return _in_chat(session, slug, token, person)
        return _before(session, slug, number, person)


def _in_chat(session: Session, slug: str, token: str, person: Person | None) -> Begun:
    """Return a form begun in chat. It is filled in by the person of that chat, whoever holds the link."""
    try:
        link = links.look(session, token, Purpose.DRAFT)
    except NotFound:
        if request.method == "GET":
            raise
        # What was typed is whole without the draft; only with an entry it would become something else.
        return Begun(person, is_sent=bool(_named("entry")))
    draft = drafts.get(session, link.target_id) if link.target_id else None
    if draft is None or draft.form != slug:
        return Begun(person)
    if draft.person_id is not None and person is None:
        person = people.get(session, draft.person_id)
    if slug not in afterwards.REPORTS or draft.target_id is None:
        return Begun(person, draft.answers, token)
    entry = afterwards.own(session, person, draft.target_id)
    return Begun(person, draft.answers, token, entry.id, _version() or entry.version)


def _before(session: Session, slug: str, number: str, person: Person | None) -> Begun:
    """Return a form about an entry of who is signed in: to correct it, or to add something."""
    if person is None or slug not in afterwards.REPORTS:
        raise gone()
    entry = afterwards.own(session, person, int(number) if number.isdecimal() and len(number) < 10 else 0)
    answers: Mapping[str, str] = {}
    if slug == ReportProgress.slug:
        answers = entry.answers
        if request.method == "GET" and not afterwards.may_correct(session, entry):
            raise afterwards.OfficeHasBegun
    return Begun(person, answers, "", entry.id, _version() or entry.version)


def _named(field: str) -> str:
    """Return what the address or the form names; `request.values` copies both each time."""
    return request.args.get(field) or request.form.get(field, "")


def _version() -> int:
    raw = request.form.get("version", "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else 0


def has_arrived(key: str) -> bool:
    """Return whether the form with this key is there already."""
    with site().db.reading() as session:
        return submissions.arrived(session, key) is not None or feedback.arrived(session, key) is not None
