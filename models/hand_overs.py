"""Contacts that may be handed over to a group's contact person and have not been yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.consents import CONTACT_RELAY, Consent
from models.groups import WorkingGroup
from models.memberships import Membership, MembershipState
from models.people import Person
from models.queue import NAME
from models.submissions import OPEN_STATES, State, Submission

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-up whose contact waits to be handed over; `has_contact`: somebody is there to get it."""

    submission_id: int
    version: int
    name: str
    organisation: str
    group_id: int
    language: str
    received_at: datetime
    has_contact: bool


def _standing() -> list[sa.ColumnElement[bool]]:
    agreed = sa.select(Consent.id).where(
        Consent.submission_id == Submission.id, Consent.purpose == CONTACT_RELAY,
        Consent.withdrawn_at.is_(None),
    )  # fmt: skip
    return [
        Submission.form == "join-group", Submission.handed_over_at.is_(None),
        Submission.state.in_((*OPEN_STATES, State.ACCEPTED)),
        Membership.state.in_([MembershipState.ASKED, MembershipState.ACTIVE]), agreed.exists(),
    ]  # fmt: skip


def count(session: Session) -> int:
    """Return how many contacts wait."""
    wanted = (
        sa.select(sa.func.count(Submission.id))
        .join(Membership, Membership.submission_id == Submission.id)
        .where(*_standing())
    )
    return session.scalar(wanted) or 0


def listed(session: Session, after: int = 0) -> Sequence[Waiting]:
    """Return the contacts that wait, the longest waiting first, from an entry on: one statement.

    One more than a page where there are more.
    """
    rows = session.execute(
        sa.select(
            Submission.id, Submission.version, NAME, Person.organisation, Membership.group_id,
            Submission.language, Submission.received_at, WorkingGroup.contact_id.is_not(None),
        )
        .join(Membership, Membership.submission_id == Submission.id)
        .join(Person, Person.id == Submission.person_id)
        .join(WorkingGroup, WorkingGroup.id == Membership.group_id)
        .where(*_standing(), Submission.id > after)
        .order_by(Submission.id)
        .limit(PAGE + 1)
    )  # fmt: skip
    return [Waiting(*row) for row in rows]
