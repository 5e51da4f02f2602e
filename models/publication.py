"""What of accepted reports everybody can read: the office rewords them, takes them off, shows them again."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import changes, clock
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.changes import Author, SheetChange, Subject
from models.progress import ProgressReport
from models.sheets import Meeting
from models.submissions import Submission
from translations import SOURCE, Localised


def reword(session: Session, one: ProgressReport, public: Localised, *, by: Author) -> bool:
    """Change the wording for everybody of an accepted report; False where it is the same."""
    if public == one.public:
        return False
    one.public = public
    _note(session, one, by)
    return True


def hide(session: Session, one: ProgressReport, *, by: Author) -> None:
    """Take an accepted report off the public page. What it changed on the goal sheet stays changed."""
    one.published_at = None
    _note(session, one, by)


def show_again(session: Session, one: ProgressReport, *, by: Author) -> None:
    """Put a report that was taken off back onto the public page."""
    one.published_at = clock.now()
    _note(session, one, by)


def _note(session: Session, one: ProgressReport, by: Author) -> None:
    """Note in the sheet's history what everybody can read now, and take the earlier wording out of it.

    The sheet's history is public: what was mended must not go on being read there. The entry's own history
    at the desk keeps it.
    """
    session.execute(
        sa.update(SheetChange)
        .where(
            SheetChange.subject == Subject.REPORT,
            SheetChange.submission_id == one.submission_id,
            SheetChange.milestone_id.is_not_distinct_from(one.milestone_id),
        )
        .values(before="", after="")
        .execution_options(synchronize_session=False)
    )
    changes.record(
        session, one.group_id, Subject.REPORT, by=by, after=one.public.to(SOURCE) if one.published_at else "",
        about=one.milestone.measure if one.milestone else "", milestone_id=one.milestone_id,
        submission_id=one.submission_id,
    )  # fmt: skip
    session.flush()


def show_files(session: Session, submission_id: int, tokens: Collection[str]) -> None:
    """Make exactly these photos and documents of a submission public; its other files are the office's."""
    table = Attachment.__table__.c
    chosen = sa.and_(table.token.in_(tokens), table.kind != AttachmentKind.VOICE)
    session.execute(
        sa.update(Attachment)
        .where(Attachment.submission_id == submission_id)
        .values(is_public=sa.case((chosen, sa.true()), else_=sa.false()))
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A photo or a document that everybody may see. `size` is in bytes; `language` is its sender's."""

    token: str
    kind: AttachmentKind
    name: str
    caption: str
    size: int
    width: int
    height: int
    language: str


def files(session: Session, reports: Collection[ProgressReport | Meeting]) -> dict[int, list[PublicFile]]:
    """Return the public photos and documents of reports and minutes, by the submission that they came with.

    What was added to a report later stands with it. One statement for all reports, none for no reports.
    """
    numbers = {report.submission_id for report in reports if report.submission_id is not None}
    found: dict[int, list[PublicFile]] = {}
    if not numbers:
        return found
    owner = sa.case((Submission.id.in_(numbers), Submission.id), else_=Submission.follows_id)
    rows = session.execute(
        sa.select(
            owner, Attachment.token, Attachment.kind, Attachment.name, Attachment.caption, Attachment.size,
            Attachment.width, Attachment.height, Submission.language,
        )
        .join(Submission, Submission.id == Attachment.submission_id)
        .where(
            sa.or_(Submission.id.in_(numbers), Submission.follows_id.in_(numbers)),
            Attachment.is_public,
            Attachment.state == AttachmentState.READY,
            Attachment.kind != AttachmentKind.VOICE,
        )
        .order_by(Attachment.id)
    )  # fmt: skip
    for number, *about in rows:
        found.setdefault(number, []).append(PublicFile(*about))
    return found
