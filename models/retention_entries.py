"""Which answers the nightly job lets go of: those of entries that are settled, each state in its time.

What waits for the office is kept until it has decided, and what stands on a goal sheet stays there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import attachments, memberships, progress
from models.attachments import Attachment
from models.memberships import Membership, MembershipState
from models.submissions import HistoryEntry, State, Submission

STATES: Mapping[str, tuple[State, ...]] = {
    "entries-accepted": (State.ACCEPTED,),
    "entries-declined": (State.REJECTED,),
    "entries-withdrawn": (State.WITHDRAWN, State.REPEATED),
    "entries-unanswered": (State.RETURNED,),
}


def settled(key: str, since: datetime | None = None) -> sa.Select[Any]:
    """Select the entries with answers that are in one of these states; with `since`: since then.

    The sign-up of somebody who is in the group is kept for as long as they are.
    """
    standing = sa.select(Membership.id).where(
        Membership.submission_id == Submission.id, Membership.state == MembershipState.ACTIVE
    )
    found = sa.select(Submission.id).where(
        Submission.state.in_(STATES[key]), Submission.person_id.is_not(None), ~standing.exists()
    )
    return found if since is None else found.where(Submission.changed_at <= since)


def empty(session: Session, chosen: Sequence[Any]) -> None:
    """Empty entries; form, state, group and dates stay, so that counts do."""
    plain = {"synchronize_session": False}
    progress.forget(session, chosen)
    # What has been published stays with the goal sheet, and no longer says from whom it came.
    attachments.forget(session, Attachment.submission_id.in_(chosen), Attachment.is_public.is_(False))
    session.execute(
        sa.update(Attachment)
        .where(Attachment.submission_id.in_(chosen), Attachment.is_public)
        .values(person_id=None, name="", telegram_file="", telegram_unique="")
        .execution_options(**plain)
    )
    session.execute(
        sa.update(HistoryEntry)
        .where(HistoryEntry.submission_id.in_(chosen))
        .values(words="")
        .execution_options(**plain)
    )
    session.execute(
        sa.update(Submission)
        .where(Submission.id.in_(chosen))
        .values(answers={}, title="", person_id=None, keep_until=None)
        .execution_options(**plain)
    )


def close(session: Session, chosen: Sequence[Any]) -> None:
    """Empty entries on which nobody has answered the office, and close them."""
    asked = (Membership.submission_id.in_(chosen), Membership.state == MembershipState.ASKED)
    for membership in session.scalars(sa.select(Membership).where(*asked)):
        memberships.settle(session, membership, MembershipState.DECLINED)
    empty(session, chosen)
    session.execute(
        sa.update(Submission)
        .where(Submission.id.in_(chosen))
        .values(state=State.WITHDRAWN, version=Submission.version + 1)
        .execution_options(synchronize_session=False)
    )
