"""Several entries, chosen together for one decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import progress
from models.attachments import Attachment
from models.people import Person
from models.progress import ProgressReport
from models.submissions import OPEN_STATES, Submission

MOST = 25  # entries at once: as many as a page of the queue shows


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry with what has to be known to accept it."""

    submission: Submission
    person: Person | None
    reports: Sequence[ProgressReport]
    files: int

    @property
    def is_ready(self) -> bool:
        """Whether it can still be accepted."""
        return self.submission.state in OPEN_STATES and self.person is not None


def read(session: Session, numbers: Sequence[int]) -> list[Chosen]:
    """Return these entries in the order given, unknown ones left out: three statements, however many."""
    rows = session.execute(
        sa.select(Submission, Person)
        .outerjoin(Person, Person.id == Submission.person_id)
        .where(Submission.id.in_(numbers))
    )
    found = {submission.id: (submission, person) for submission, person in rows}
    reports: dict[int, list[ProgressReport]] = {}
    for one in progress.of_submissions(session, list(found)):
        reports.setdefault(one.submission_id, []).append(one)
    counted = dict(
        session.execute(
            sa.select(Attachment.submission_id, sa.func.count())
            .where(Attachment.submission_id.in_(found))
            .group_by(Attachment.submission_id)
        ).all()
    )
    return [
        Chosen(*found[number], reports.get(number, []), counted.get(number, 0))
        for number in numbers
        if number in found
    ]
