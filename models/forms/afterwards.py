"""What senders do with their reports afterwards: correct them, and add something."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from models import attachments, outbox, progress, submissions
from models.attachments import Attachment
from models.errors import Conflict
from models.forms import notices
from models.forms.file_questions import in_words
from models.forms.form import Form, Receipt, Sender
from models.forms.receive import SentBefore, store
from models.forms.review import not_yours
from models.forms.subjects import subject
from models.letters import Letter
from models.people import ChannelKind, Person
from models.submissions import OPEN_STATES, State, Step, Submission, hashed
from models.when import When
from translations import SOURCE, _

REPORTS = ("report-progress", "add-to-report")
_CLOSED_BY_SENDER = (State.WITHDRAWN, State.REPEATED)
CORRECTED = _("Thank you! Your report has been changed.")


class OfficeHasBegun(Conflict):
    """The office works on the entry: what is in it stays, and more can be added."""

    def __init__(self) -> None:
        super().__init__(
            _("The office has begun to work on your report. Please send what has changed as an addition.")
        )


def own(
    session: Session, person: Person | None, submission_id: int | None, *, held: bool = False
) -> Submission:
    """Return a person's own entry; somebody else's does not exist for them.

    `held`: it stays as it is until the transaction ends. What its sender adds while the office decides then
    comes before or after that, and is not refused.
    """
    if person is None or submission_id is None:
        raise not_yours()
    read = submissions.hold if held else submissions.get
    found = read(session, submission_id)
    if found.person_id != person.id:
        raise not_yours()
    return found


def correctable(session: Session, entries: Sequence[Submission]) -> set[int]:
    """Return which reports their sender can still change: the office has done nothing with them yet."""
    fresh = {one.id for one in entries if one.form == REPORTS[0] and one.state is State.RECEIVED}
    return fresh - submissions.begun_by_office(session, sorted(fresh)) if fresh else set()


def may_correct(session: Session, submission: Submission) -> bool:
    """Return whether the report can still be changed by its sender."""
    return submission.id in correctable(session, [submission])


def may_add(submission: Submission) -> bool:
    """Return whether something can be added to the entry."""
    return submission.form in REPORTS and submission.state not in _CLOSED_BY_SENDER


def correct(
    session: Session, form: Form, sender: Sender, entry_id: int, group_id: int, title: str
) -> Receipt:
    """Put the answers of `form` in the place of those that were sent; the old ones go into the history.

    The same answers once more change nothing. OfficeHasBegun when it is too late, Conflict when the report
    has changed since the sender looked at it.
    """
    submission = own(session, sender.person, entry_id, held=True)
    key = f"corrected:{entry_id}:{hashed(sender.key)[:32]}"
    if outbox.is_written(session, key):
        raise SentBefore
    before, kept = submission.answers, form.kept()
    asked = {question.name for question in form.asked}
    answers = {name: raw for name, raw in before.items() if name not in asked} | kept
    receipt = Receipt(sender.key, CORRECTED, (), answers != before, entry_id)
    if not receipt.is_new:
        return receipt
    if not may_correct(session, submission):
        raise OfficeHasBegun
    changed = {name for name in {*before, *answers} if before.get(name) != answers.get(name)}
    words = _words_before(session, form, before, changed)
    submissions.correct(
        session, submission, version=form.context.entry_version or submission.version, answers=answers,
        group_id=group_id, title=title, before=words, language=sender.language, channel=sender.channel,
    )  # fmt: skip
    tokens = [token for one in form.answers.values() if isinstance(one, tuple) for token in _tokens(one)]
    attachments.adopt(session, tokens, entry_id, submission.person_id or 0)
    attachments.let_go(session, entry_id, keep=tokens)
    _confirm(session, sender, notices.corrected(subject(session, submission)), key)
    return receipt


def _tokens(files: tuple[object, ...]) -> list[str]:
    return [one.token for one in files if isinstance(one, Attachment)]


def _words_before(session: Session, form: Form, before: dict[str, str], changed: set[str]) -> str:
    """Return what the answers that change now were, as the office reads it."""
    context = replace(form.context, session=session, language=SOURCE, channel="staff", answers={})
    pairs = type(form)(before, context, complete=True).summary()
    lines = [
        f"{question.label.to(SOURCE)} {words.to(SOURCE)}"
        for question, words in pairs
        if question.name in changed
    ]
    return "\n".join(lines)


def add(session: Session, form: Form, sender: Sender, words: str, files: Sequence[Attachment]) -> Receipt:
    """Add words and files to an entry; SentBefore when this form has arrived already.

    While the entry is open they land on it, and it waits for the office again; later a new one follows it.
    """
    submission = own(session, sender.person, form.context.entry_id, held=True)
    if not may_add(submission):
        raise Conflict(_("Nothing can be added to this entry any more."))
    is_open = submission.state in OPEN_STATES
    if is_open:
        # The history names the files, so that one who only sent a photo has said something there too.
        said = "\n".join(filter(None, (words, in_words(files).to(SOURCE))))
        entry_id = _onto(session, submission, sender, said)
    else:
        entry_id = _after(session, submission, form, sender)
    attachments.adopt(session, [one.token for one in files], entry_id, submission.person_id or 0)
    key = f"added:{submission.id}:{hashed(sender.key)[:32]}"
    _confirm(session, sender, notices.added(subject(session, submission)), key)
    return Receipt(sender.key, form.thanks(), form.next_steps(), submission_id=entry_id)


def _onto(session: Session, submission: Submission, sender: Sender, words: str) -> int:
    untouched = submission.state is State.RECEIVED
    submissions.advance(
        session, submission, version=submission.version,
        state=State.RECEIVED if untouched else State.ANSWERED, step=Step.ADDED, words=words,
        language=sender.language, channel=sender.channel,
    )  # fmt: skip
    return submission.id


def _after(session: Session, submission: Submission, form: Form, sender: Sender) -> int:
    """Make an entry of its own that follows a settled one, on the same milestone."""
    stored = store(session, form, sender, group_id=submission.group_id, title=submission.title)
    submissions.follow(session, stored.submission_id, submission.id)
    earlier = progress.of_submission(session, submission.id)
    if submission.group_id is not None:
        progress.report(
            session, submission_id=stored.submission_id, group_id=submission.group_id,
            milestone_id=earlier[0].milestone_id if len(earlier) == 1 else None, state=None,
            new_due=When.parse(""),
        )  # fmt: skip
    return stored.submission_id


def _confirm(session: Session, sender: Sender, letter: Letter, key: str) -> None:
    """Say that it has arrived, where the sender writes from; a key that was used means: sent before."""
    if sender.person is None:
        return
    if sender.channel == "chat":
        is_new = outbox.post(
            session, sender.person.id, ChannelKind.TELEGRAM, letter, kind="received",
            priority=outbox.ANSWER_FIRST, key=key,
        )  # fmt: skip
    else:
        is_new = outbox.tell(
            session, sender.person, letter, kind="received", priority=outbox.ANSWER_FIRST, key=key
        )
    if not is_new:
        raise SentBefore
