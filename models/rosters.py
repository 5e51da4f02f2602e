"""Who is in which group, as the office sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from models import groups
from models.errors import NotFound
from models.groups import GroupCard, WorkingGroup
from models.memberships import Membership, MembershipState
from models.people import Person
from translations import _

PAGE = 100
STANDING_WORDS = {
    MembershipState.ASKED: _("Waiting for the office"),
    MembershipState.ACTIVE: _("In the group"),
    MembershipState.LEFT: _("Has left"),
    MembershipState.DECLINED: _("Declined"),
}


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the office's list."""

    card: GroupCard
    members: int
    asked: int
    contact: str


def overview(session: Session) -> list[GroupLine]:
    """Return all groups with how many are in them, how many have asked, and their contact person."""
    state = Membership.state
    counted = (
        sa.select(
            Membership.group_id,
            sa.func.sum(sa.case((state == MembershipState.ACTIVE, 1), else_=0)).label("members"),
            sa.func.sum(sa.case((state == MembershipState.ASKED, 1), else_=0)).label("asked"),
        )
        .group_by(Membership.group_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(WorkingGroup.id, counted.c.members, counted.c.asked, Person.name)
        .outerjoin(counted, counted.c.group_id == WorkingGroup.id)
        .outerjoin(Person, Person.id == WorkingGroup.contact_id)
    )
    known = {row[0]: row for row in rows}
    lines = []
    for card in groups.directory(session).cards:
        _id, members, asked, contact = known.get(card.id, (card.id, 0, 0, ""))
        lines.append(GroupLine(card, members or 0, asked or 0, contact or ""))
    return lines


def group(session: Session, group_id: int) -> WorkingGroup:
    """Return a group with its contact person."""
    return session.scalars(
        sa.select(WorkingGroup).where(WorkingGroup.id == group_id).options(joinedload(WorkingGroup.contact))
    ).one()


def member(session: Session, group_id: int, person_id: int) -> Person:
    """Return somebody who is in the group; NotFound for everybody else."""
    found = session.scalars(
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == group_id,
            Membership.state == MembershipState.ACTIVE,
            Person.id == person_id,
        )
    ).first()
    if found is None:
        raise NotFound(_("This person is not in the group."))
    return found


def counts(session: Session, group_id: int) -> dict[MembershipState, int]:
    """Return how many memberships of a group stand in each state."""
    found = session.execute(
        sa.select(Membership.state, sa.func.count())
        .where(Membership.group_id == group_id)
        .group_by(Membership.state)
    )
    return {row[0]: row[1] for row in found}


def members(
    session: Session, group_id: int, *, below: int | None = None, size: int = PAGE
) -> tuple[Sequence[Membership], int | None]:
    """Return a page of a group's people, the newest first, and the id to go on from (None at the end)."""
    statement = (
        sa.select(Membership)
        .where(Membership.group_id == group_id)
        .options(joinedload(Membership.person))
        .order_by(Membership.id.desc())
        .limit(size + 1)
    )
    if below is not None:
        statement = statement.where(Membership.id < below)
    found = session.scalars(statement).all()
    return found[:size], found[size - 1].id if len(found) > size else None
