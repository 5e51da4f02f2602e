"""Who carries a goal: changed by a decision of a body, for a reason; every step stays."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import changes, clock, sheet_editing
from models.changes import Author, Subject
from models.db import cache_of, today_in
from models.errors import Conflict, InvalidAnswer
from models.goals import Carrier, Goal, Ownership
from models.groups import WorkingGroup
from models.programmes import Body, BodyKind
from models.sheet_editing import LONGEST_NAME, LONGEST_REASON, must_fit
from translations import SOURCE, _, sorting


def bodies(session: Session, tag: str = SOURCE) -> Sequence[Body]:
    """Return the bodies that can have decided, by name in the order of a reader's language."""
    return sorting.by(tag, lambda body: body.name, session.scalars(sa.select(Body)))


def hand_over(
    session: Session,
    group_id: int,
    carrier: Carrier,
    *,
    body: str,
    decided_on: date,
    reason: str,
    by: Author,
    seen: int,
) -> Ownership:
    """Let the groups or the office carry a group's goal from now on; the office only.

    `body` is the name of who decided, known or new. Conflict where the goal is carried that way already.
    """
    sheet_editing.must_be_office(session, by)
    sheet_editing.begin(session, group_id, by=by, seen=seen)
    reason = must_fit(reason, LONGEST_REASON, required=True)
    if decided_on > today_in(session):
        raise InvalidAnswer(_("This day is still to come."))
    goal_id = session.scalars(
        sa.select(Goal.id).join(WorkingGroup).where(WorkingGroup.id == group_id).with_for_update()
    ).one()
    last = session.scalars(
        sa.select(Ownership).where(Ownership.goal_id == goal_id).order_by(Ownership.position.desc()).limit(1)
    ).first()
    if last is not None and last.carrier is carrier:
        raise Conflict(_("The goal is carried that way already."))
    decided_by = _body(session, must_fit(body, LONGEST_NAME, required=True))
    made = Ownership(
        goal_id=goal_id, position=last.position + 1 if last else 1, carrier=carrier, body_id=decided_by.id,
        decided_on=decided_on, reason=reason, recorded_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    changes.record(
        session, group_id, Subject.OWNERSHIP, by=by, before=last.carrier.value if last else "",
        after=carrier.value, about=decided_by.name, reason=reason,
    )  # fmt: skip
    cache_of(session).drop()  # lists of groups show it
    return made


def _body(session: Session, name: str) -> Body:
    """Return the body of this name, made if it is new."""
    found = next((one for one in bodies(session) if one.name.casefold() == name.casefold()), None)
    if found is None:
        found = Body(name=name, kind=BodyKind.POLITICAL)
        session.add(found)
        session.flush()
    return found
