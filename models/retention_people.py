"""Whom the nightly job forgets: addresses that nobody confirms, and people not heard of for long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, privacy
from models.groups import WorkingGroup
from models.leads import Lead
from models.links import Link, Purpose
from models.memberships import Membership, MembershipState
from models.people import Person
from models.submissions import State, Submission

_UNTOUCHED = (State.RECEIVED, State.REPEATED)
_IS_CONTACT = sa.or_(  # whoever answers for a group is needed, however long it has been silent
    sa.select(WorkingGroup.id).where(WorkingGroup.contact_id == Person.id).exists(),
    sa.select(Lead.id).where(Lead.person_id == Person.id).exists(),
)


def unconfirmed(since: datetime | None = None) -> sa.Select[Any]:
    """Select people who are known by an unconfirmed address only, and that the office did not work on.

    With `since`: those who have not been in touch since then.
    """
    worked_on = (
        sa.select(Submission.id)
        .where(
            Submission.person_id == Person.id,
            Submission.state.not_in(_UNTOUCHED),
            Submission.version > 1,  # the first one is of its arrival: accepted then, nobody looked at it
        )
        .exists()
    )
    invited = sa.select(Link.token_hash).where(  # the office asks them to lead a group
        Link.person_id == Person.id, Link.purpose == Purpose.HAND_OVER, Link.expires_at > clock.now()
    )
    found = sa.select(Person.id).where(
        Person.email.is_not(None),
        Person.email_confirmed_at.is_(None),
        Person.telegram_id.is_(None),
        Person.phone == "",
        ~worked_on,
        ~invited.exists(),
        ~_IS_CONTACT,
    )
    return found if since is None else found.where(Person.seen_at <= since)


def inactive(since: datetime | None = None) -> sa.Select[Any]:
    """Select people who are in no group and answer for none; being in a group is being in touch.

    With `since`: those who have not been in touch since then.
    """
    standing = (
        sa.select(Membership.id)
        .where(
            Membership.person_id == Person.id,
            Membership.state.in_([MembershipState.ASKED, MembershipState.ACTIVE]),
        )
        .exists()
    )
    found = sa.select(Person.id).where(~standing, ~_IS_CONTACT)
    return found if since is None else found.where(Person.seen_at <= since)


def erase(session: Session, chosen: Sequence[Any]) -> None:
    """Erase people; their entries still count."""
    for person in session.scalars(sa.select(Person).where(Person.id.in_(chosen))).all():
        privacy.erase(session, person)


def erase_with_entries(session: Session, chosen: Sequence[Any]) -> None:
    """Erase people with everything that they have sent: it was never theirs for sure."""
    for person in session.scalars(sa.select(Person).where(Person.id.in_(chosen))).all():
        sent = session.scalars(sa.select(Submission.id).where(Submission.person_id == person.id)).all()
        privacy.erase(session, person)
        session.execute(
            sa.delete(Submission).where(Submission.id.in_(sent)).execution_options(synchronize_session=False)
        )
