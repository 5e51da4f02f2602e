"""All that the office sees of one entry: what was sent, by whom, what was agreed, said and delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import attachments, people, progress, submissions
from models.attachments import Attachment
from models.changes import SheetChange
from models.consents import Consent
from models.groups import WorkingGroup
from models.memberships import Membership
from models.outbox import Delivery, Message
from models.people import Person
from models.progress import ProgressReport
from models.staff import StaffMember
from models.submissions import HistoryEntry, Submission

# The thank-you and the request to confirm an address carry no key; they are written with the entry itself.
_AT_ONCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Related:
    """Another entry that this one adds to, or that adds to this one."""

    id: int
    title: str
    received_at: datetime
    is_earlier: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """One entry with all that belongs to it."""

    submission: Submission
    person: Person | None
    membership: Membership | None
    contact: Person | None
    consents: Sequence[Consent]
    history: Sequence[HistoryEntry]
    deliveries: Sequence[Delivery]
    reports: Sequence[ProgressReport]
    files: Sequence[Attachment]
    changes: Sequence[SheetChange]  # what it has changed on the goal sheet
    related: Sequence[Related]
    typed_by: StaffMember | None

    def since(self, version: int) -> Sequence[HistoryEntry]:
        """Return what happened after somebody saw the entry in this version: each step is one version."""
        return self.history[len(self.history) - max(0, self.submission.version - version) :]


def read(session: Session, submission_id: int) -> Dossier:
    """Return the whole entry; NotFound when there is none."""
    submission = submissions.get(session, submission_id)
    person = people.get(session, submission.person_id) if submission.person_id else None
    return Dossier(
        submission,
        person,
        _membership(session, submission),
        _contact(session, submission),
        _consents(session, submission),
        submissions.history_of(session, submission.id),
        [*_deliveries(session, submission)],
        progress.of_submission(session, submission.id),
        attachments.of_submission(session, submission.id),
        _changes(session, submission),
        _related(session, submission),
        session.get(StaffMember, submission.typed_by_id) if submission.typed_by_id else None,
    )


def _changes(session: Session, submission: Submission) -> Sequence[SheetChange]:
    return session.scalars(
        sa.select(SheetChange).where(SheetChange.submission_id == submission.id).order_by(SheetChange.id)
    ).all()


def _related(session: Session, submission: Submission) -> Sequence[Related]:
    earlier = submission.follows_id or 0
    columns = (Submission.id, Submission.title, Submission.received_at)
    rows = session.execute(
        sa.select(*columns)
        .where(sa.or_(Submission.id == earlier, Submission.follows_id == submission.id))
        .order_by(Submission.id)
    )
    return [Related(number, title, at, number == earlier) for number, title, at in rows]


def _membership(session: Session, submission: Submission) -> Membership | None:
    if submission.person_id is None or submission.group_id is None:
        return None
    return session.scalars(
        sa.select(Membership).where(
            Membership.person_id == submission.person_id, Membership.group_id == submission.group_id
        )
    ).first()


def _contact(session: Session, submission: Submission) -> Person | None:
    if submission.group_id is None:
        return None
    return session.scalars(
        sa.select(Person)
        .join(WorkingGroup, WorkingGroup.contact_id == Person.id)
        .where(WorkingGroup.id == submission.group_id)
    ).first()


def _consents(session: Session, submission: Submission) -> Sequence[Consent]:
    if submission.person_id is None:
        return ()
    return session.scalars(
        sa.select(Consent)
        .where(Consent.person_id == submission.person_id, Consent.submission_id == submission.id)
        .order_by(Consent.id)
    ).all()


def _keys(submission: Submission) -> list[str]:
    number = submission.id
    asked = [f"asked:{number}:{version}" for version in range(1, submission.version + 1)]
    ends = ("accepted:{}", "declined:{}", "handed:{}:member", "handed:{}:contact")
    return [*asked, *(end.format(number) for end in ends)]


def _deliveries(session: Session, submission: Submission) -> Sequence[Delivery]:
    """Return what was sent about the entry, to its sender and to the group's contact person."""
    about = sa.select(Delivery.id).join(Message, Message.id == Delivery.message_id)
    ids = about.where(Message.key.in_(_keys(submission)))
    if submission.person_id is not None:
        moment = submission.received_at
        at_once = about.where(
            Delivery.person_id == submission.person_id,
            Delivery.created_at.between(moment - _AT_ONCE, moment + _AT_ONCE),
            Message.kind.in_(["received", "thanks", "confirm"]),
        )
        both = sa.union(ids, at_once).subquery()
        ids = sa.select(both.c.id)
    return session.scalars(
        sa.select(Delivery)
        .where(Delivery.id.in_(ids))
        .options(joinedload(Delivery.message), joinedload(Delivery.person))
        .order_by(Delivery.id)
    ).all()
