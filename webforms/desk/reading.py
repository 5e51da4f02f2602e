"""An entry in words: its answers question by question, and what may be done with it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import dossier, reach
from models.dossier import Dossier
from models.errors import DomainError
from models.forms import FORMS, meeting_entries, review
from models.forms.join_group import JoinGroup
from models.forms.questions import Consent, Context, Kind, Line, Question
from models.people import ChannelKind, Person
from models.submissions import OPEN_STATES, HistoryEntry, State, Step, Submission
from translations import Text, Words, _
from webforms.desk import guard

# What the sender hears nothing of: it is about the page, not about them.
_UNHEARD = {
    Step.REWORDED: _("Saved. The public page shows it at once."),
    Step.HIDDEN: _("The report is off the public page now."),
    Step.SHOWN_AGAIN: _("The report is public again."),
}
_LEFT_TO_RIGHT = ("email", "tel")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the question, the words, and whether the person wrote them."""

    name: str
    label: Text
    words: Words | str
    is_written: bool
    direction: str = "auto"


@dataclass(frozen=True, slots=True)
class Possible:
    """What the office can do with an entry now, and why it cannot hand the contact over."""

    answer: bool
    hand_over_to: Person | None
    obstacle: Text | None


def dossier_of(session: Session, number: int) -> Dossier:
    """Return an entry that who is logged in may see."""
    whole = dossier.read(session, number)
    reach.must_cover(session, guard.me(), whole.submission)
    return whole


def answers(session: Session, submission: Submission, tag: str) -> list[Answer]:
    """Return the answers in the order of the form; unreadable ones as they were sent."""
    form = FORMS.get(submission.form)
    if form is None:
        return []
    context = Context(session, tag, channel="staff", entry_id=submission.id)
    read = form(submission.answers, context, complete=True)
    given = submission.answers  # a question that was not put to this person is not answered by its default
    said = [
        _answer(question, words)
        for question, words in read.summary()
        if question.name in given or isinstance(question, Consent)
    ]
    raw = [(q, read.raw.get(q.name, "")) for q in read.asked if q.name in read.errors]
    return said + [
        Answer(question.name, question.label, words, is_written=True) for question, words in raw if words
    ]


def _answer(question: Question[object], words: Words) -> Answer:
    is_written = question.kind in (Kind.LINE, Kind.TEXT)
    is_address = isinstance(question, Line) and question.input_type in _LEFT_TO_RIGHT
    return Answer(question.name, question.label, words, is_written, "ltr" if is_address else "auto")


def name_of(submission: Submission, person: Person | None) -> str:
    """Return the name as told in this form, else as known."""
    return submission.answers.get("name") or (person.name if person else "")


def possible(session: Session, whole: Dossier) -> Possible:
    """Return what can be done now."""
    submission = whole.submission
    is_open = submission.state in OPEN_STATES and whole.person is not None
    is_sign_up = submission.form == JoinGroup.slug
    wants_contact = is_sign_up and submission.handed_over_at is None
    if not wants_contact or whole.person is None or submission.state not in (*OPEN_STATES, State.ACCEPTED):
        return Possible(is_open, None, None)
    try:
        _group, contact = review.may_hand_over(session, submission)
    except DomainError as refusal:
        return Possible(is_open, None, refusal.text)
    return Possible(is_open, contact, None)


def done(whole: Dossier, last: HistoryEntry, group_number: str) -> Text:
    """Say what the last step did, and whether the person hears of it by themselves."""
    person = whole.person
    name = name_of(whole.submission, person) or _("Without a name")
    if last.step in _UNHEARD:
        return _UNHEARD[last.step]
    if last.step is Step.HANDED_OVER:
        words = _("Contact of {name} handed over to {contact}. Both get a message.")
        return words(name=name, contact=last.words)
    if person is not None and person.is_anonymous:
        return _("Saved. Nobody gets a message: this came without a way of contact.")
    reached = review.reached_by(whole.submission, person) if person is not None else None
    if person is not None and reached is ChannelKind.PHONE:
        return _("Saved. {name} gets no message from here; please call: {phone}")(
            name=name, phone=person.phone or "–"
        )
    if person is not None and reached is ChannelKind.EMAIL and person.email_confirmed_at is None:
        return _("Saved. The message to {name} goes out once the e-mail address is confirmed.")(name=name)
    if last.step is Step.ACCEPTED and whole.submission.form in meeting_entries.FORMS:
        return _("Accepted. {name} gets a message.")(name=name)
    if last.step is Step.ACCEPTED and whole.reports:
        return _("Published. {name} gets a message.")(name=name)
    words = {
        Step.ASKED_BACK: _("Question sent to {name}."),
        Step.REJECTED: _("Declined. {name} gets your reason."),
        Step.ACCEPTED: _("{name} is now in the group {number} and gets a message.")
        if whole.membership
        else _("Answer sent to {name}."),
    }.get(last.step, _("Saved."))
    return words(name=name, number=group_number)
