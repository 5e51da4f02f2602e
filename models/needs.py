"""Forgetting what somebody needed to take part in an event: the registration and the form both hold it."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.registrations import Registration
from models.submissions import Submission


def forget(session: Session, submission_ids: Collection[int]) -> None:
    """Forget what people needed who registered with these forms."""
    chosen = session.scalars(
        sa.select(Registration.id).where(Registration.submission_id.in_(submission_ids))
    ).all()
    forget_in_registrations(session, chosen)
    forget_in_forms(session, list(submission_ids))


def forget_in_registrations(session: Session, chosen: Sequence[Any]) -> None:
    """Forget what guests need; their places stay."""
    session.execute(
        sa.update(Registration)
        .where(Registration.id.in_(chosen))
        .values(needs="")
        .execution_options(synchronize_session=False)
    )


def forget_in_forms(session: Session, chosen: Sequence[Any]) -> None:
    """Forget it in the forms with which they had registered."""
    for one in session.scalars(sa.select(Submission).where(Submission.id.in_(chosen))):
        one.answers = {name: raw for name, raw in one.answers.items() if not name.startswith("needs")}
    session.flush()
