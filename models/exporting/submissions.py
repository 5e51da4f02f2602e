"""What people have sent, as the queue's filters choose it."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups, queue
from models.exporting.members import BATCH, OWN_NAMES
from models.exporting.table import Cell, Column, Table
from models.forms import FORMS
from models.forms.questions import Context
from models.groups import GroupCard
from models.people import Person
from models.queue import Filters
from models.submissions import STATE_WORDS, Submission
from translations import _

_COLUMNS = (
    Column(_("Number"), 9), Column(_("Received"), 18), Column(_("Form"), 24), Column(_("Goal"), 8),
    Column(_("Group"), 36), Column(_("Name"), 28), Column(_("E-mail"), 30), Column(_("Telephone"), 20),
    Column(_("Language"), 16), Column(_("Sent by"), 10), Column(_("State"), 16), Column(_("Last step"), 18),
    Column(_("Answers"), 60),
)  # fmt: skip
ORIGIN_WORDS = {
    "page": _("Page"),
    "chat": _("Chat"),
    "staff": _("Office"),
    "desk": _("Typed at the desk"),
    "paper": _("On paper"),
}


def submissions(session: Session, tag: str, filters: Filters) -> Table:
    """Return the submissions that the filters let through, the newest first."""
    return Table(_("Submissions"), _COLUMNS, _rows(session, tag, filters))


def _rows(session: Session, tag: str, filters: Filters) -> Iterator[tuple[Cell, ...]]:
    cards = {card.id: card for card in groups.directory(session).cards}
    statement = (
        sa.select(Submission, Person)
        .outerjoin(Person, Person.id == Submission.person_id)
        .where(*queue.matching(filters))
        .order_by(Submission.id if filters.oldest_first else Submission.id.desc())
        .execution_options(yield_per=BATCH)
    )
    if queue.states_of(filters.show):
        statement = statement.where(Submission.state.in_(queue.states_of(filters.show)))
    for submission, person in session.execute(statement):
        yield _row(session, submission, person, cards.get(submission.group_id or 0), tag)


def _row(
    session: Session, one: Submission, person: Person | None, card: GroupCard | None, tag: str
) -> tuple[Cell, ...]:
    form = FORMS.get(one.form)
    return (
        one.id,
        one.received_at,
        form.title.to(tag) if form else one.form,
        card.number if card else "",
        card.title.to(tag) if card else "",
        one.answers.get("name") or (person.name if person else ""),
        one.answers.get("email") or (person.email if person else ""),
        one.answers.get("phone") or (person.phone if person else ""),
        OWN_NAMES.get(one.language, one.language),
        ORIGIN_WORDS[one.channel].to(tag) if one.channel in ORIGIN_WORDS else one.channel,
        STATE_WORDS[one.state].to(tag),
        one.changed_at,
        _said(session, one, tag),
    )


def _said(session: Session, one: Submission, tag: str) -> str:
    form = FORMS.get(one.form)
    if form is None or not one.answers:
        return ""
    read = form(one.answers, Context(session, tag, channel="staff", entry_id=one.id), complete=True)
    return "\n".join(f"{question.label.to(tag)}: {words.to(tag)}" for question, words in read.summary())
