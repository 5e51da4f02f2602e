"""What the office does with reports that everybody can read already: reword, take off, show again."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from models import audit, progress, publication, reach, submissions
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import Conflict, InvalidAnswer, NotAllowed
from models.forms import clean, review
from models.progress import ProgressReport
from models.staff import StaffMember
from models.submissions import State, Step, Submission
from translations import LANGUAGES, Localised, _


def _accepted(session: Session, staff: StaffMember, submission_id: int) -> Submission:
    if staff.disabled_at is not None:
        raise NotAllowed(_("Your account is closed."))
    submission = submissions.get(session, submission_id)
    reach.must_cover(session, staff, submission)
    if submission.state is not State.ACCEPTED:
        raise Conflict(_("This entry has not been accepted."))
    return submission


def _report(session: Session, submission_id: int, report_id: int) -> ProgressReport:
    for one in progress.of_submission(session, submission_id):
        if one.id == report_id:
            return one
    raise review.not_yours()


def _note(
    session: Session, submission: Submission, version: int, staff: StaffMember, step: Step, words: str
) -> None:
    submissions.advance(
        session, submission, version=version, state=State.ACCEPTED, step=step, staff=staff, words=words
    )
    audit.note(session, staff.id, Verb.CHANGE, Kind.ENTRY, submission.id)


def _merged(before: Localised, given: Localised) -> Localised:
    """Return the wording with the languages given replaced; those that were not asked for stay."""
    return review.wording(Localised({**before.words, **given.words}))


def _as_text(one: ProgressReport) -> str:
    """Return a wording as the entry's history keeps it: each language under its own name."""
    names = {entry.tag: entry.own_name for entry in LANGUAGES}
    about = [one.milestone.measure] if one.milestone else []
    said = [f"{names.get(tag, tag)}: {words}" for tag, words in one.public.words.items()]
    return "\n".join([*about, *(said or ["–"])])


def reword(
    session: Session,
    staff: StaffMember,
    submission_id: int,
    *,
    version: int,
    public: Mapping[int, Localised],
    shown: Collection[str] | None = None,
) -> None:
    """Change what everybody reads of an accepted entry's reports, and which of its files they see.

    A language with empty words is taken out; one that is not given stays. Conflict if somebody was quicker.
    """
    submission, by = _accepted(session, staff, submission_id), Author(staff_id=staff.id)
    reports = progress.of_submission(session, submission.id)
    changed = [
        (one, new)
        for one in reports
        if (new := _merged(one.public, public.get(one.id, Localised({})))) != one.public
    ]
    before = "\n\n".join(_as_text(one) for one, _new in changed)
    _note(session, submission, version, staff, Step.REWORDED, before)
    for one, new in changed:
        publication.reword(session, one, new, by=by)
    if shown is not None:
        publication.show_files(session, submission.id, shown)


def hide(
    session: Session, staff: StaffMember, submission_id: int, report_id: int, *, version: int, reason: str
) -> None:
    """Take a report off the public page, with a reason for the entry's history.

    When none of the entry's reports is public any more, neither are its files.
    """
    submission = _accepted(session, staff, submission_id)
    one = _report(session, submission.id, report_id)
    words = clean.text(reason, longest=review.LONGEST, lines=True)
    if not words:
        raise InvalidAnswer(_("Please write a few words."))
    if one.published_at is None:
        raise Conflict(_("This report is not public any more."))
    _note(session, submission, version, staff, Step.HIDDEN, words)
    publication.hide(session, one, by=Author(staff_id=staff.id))
    if not any(other.published_at for other in progress.of_submission(session, submission.id)):
        publication.show_files(session, submission.id, ())


def show_again(
    session: Session, staff: StaffMember, submission_id: int, report_id: int, *, version: int
) -> None:
    """Put a report that was taken off back onto the public page."""
    submission = _accepted(session, staff, submission_id)
    one = _report(session, submission.id, report_id)
    if one.published_at is not None:
        raise Conflict(_("This report is public already."))
    about = one.milestone.measure if one.milestone else ""
    _note(session, submission, version, staff, Step.SHOWN_AGAIN, about)
    publication.show_again(session, one, by=Author(staff_id=staff.id))
