"""Contact persons of groups: to whom the office hands new people over."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.groups import WorkingGroup


def fill_missing(session: Session, person_id: int) -> int:
    """Make this person the contact of every group that has none; return of how many."""
    filled = session.execute(
        sa.update(WorkingGroup)
        .where(WorkingGroup.contact_id.is_(None))
        .values(contact_id=person_id)
        .returning(WorkingGroup.id)
        .execution_options(synchronize_session=False)
    )
    return len(filled.all())
