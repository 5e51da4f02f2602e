"""Memberships: who takes part in which group, and as what."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import clock, submissions
from models.columns import UTCDateTime, choice_of
from models.consents import GROUP_UPDATES, Consent
from models.db import Base
from models.errors import Conflict, NotFound
from models.groups import GroupCard, WorkingGroup
from models.people import Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.submissions import Submission
from translations import _


class Role(StrEnum):
    """How somebody takes part."""

    MEMBER = "member"
    INTERESTED = "interested"
    LEAD = "lead"


ROLE_WORDS = {
    Role.MEMBER: _("I want to take part"),
    Role.INTERESTED: _("I want to be kept informed"),
    Role.LEAD: _("I could lead"),
}
ROLE_NAMES = {
    Role.MEMBER: _("Takes part"),
    Role.INTERESTED: _("Is kept informed"),
    Role.LEAD: _("Could lead"),
}


class MembershipState(StrEnum):
    """Where a membership stands."""

    ASKED = "asked"
    ACTIVE = "active"
    LEFT = "left"
    DECLINED = "declined"


MEMBERSHIP_WORDS = {
    MembershipState.ASKED: _("The office is looking at it"),
    MembershipState.ACTIVE: _("You take part"),
    MembershipState.LEFT: _("You have left"),
    MembershipState.DECLINED: _("Declined"),
}


class Membership(Base):
    """A person in a group; there is at most one of each pair, whatever is pressed twice."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id), index=True)
    role: Mapped[Role] = mapped_column(choice_of(Role))
    state: Mapped[MembershipState] = mapped_column(choice_of(MembershipState))
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="raise")
    group: Mapped[WorkingGroup] = relationship(lazy="raise")

    __table_args__ = (sa.UniqueConstraint("person_id", "group_id"),)


_TABLE = Membership.__table__.c


def _join_statement(insert):  # type: ignore[no-untyped-def]
    statement = insert(Membership).values(
        person_id=p("person_id"), group_id=p("group_id"), role=p("role"), state=sa.literal_column("'asked'"),
        submission_id=p("submission_id"), asked_at=p("now"), changed_at=p("now"),
    )  # fmt: skip
    new = statement.excluded
    back: sa.ColumnElement[bool] = sa.literal_column("memberships.state IN ('left', 'declined')")
    return statement.on_conflict_do_update(
        index_elements=["person_id", "group_id"],
        set_={
            "role": sa.case((back, new.role), else_=_TABLE.role),
            "submission_id": sa.case((back, new.submission_id), else_=_TABLE.submission_id),
            "asked_at": sa.case((back, new.asked_at), else_=_TABLE.asked_at),
            "state": sa.case((back, sa.literal_column("'asked'")), else_=_TABLE.state),
        },
    ).returning(_TABLE.id, _TABLE.submission_id)


_JOIN = Prepared(_join_statement)
_COUNT = Prepared(
    lambda _insert: (
        sa.update(WorkingGroup)
        .where(WorkingGroup.id == p("group_id_"), WorkingGroup.is_open.is_(True))
        .values(signups=WorkingGroup.signups + p("new"))
        .returning(WorkingGroup.__table__.c.id)
    )
)


def join(session: Session, person_id: int, group: GroupCard, *, role: Role, submission_id: int) -> bool:
    """Ask for membership; the office looks at it later. Return False when the person was there already.

    Who has left may come back. The sign-up ends with `count`.
    """
    values = {
        "person_id": person_id, "group_id": group.id, "role": role.value, "submission_id": submission_id,
        "now": clock.now(),
    }  # fmt: skip
    return bool(_JOIN.run(session, values).submission_id == submission_id)


def count(session: Session, group: GroupCard, *, new: int) -> None:
    """Count new people of a group, at the very end: until the commit, PostgreSQL lets nobody else count.

    Raises Conflict when the group no longer takes people.
    """
    if _COUNT.run(session, {"group_id_": group.id, "new": new}) is None:
        raise Conflict(_("This group takes no new people at the moment."))


def of_person(session: Session, person_id: int) -> Sequence[Membership]:
    """Return the person's memberships, without those that they have left, the newest first."""
    return session.scalars(
        sa.select(Membership)
        .where(Membership.person_id == person_id, Membership.state != MembershipState.LEFT)
        .order_by(Membership.id.desc())
    ).all()


def by_submission(session: Session, submission_id: int) -> Membership | None:
    """Return the membership that a submission asked for."""
    return session.scalars(sa.select(Membership).where(Membership.submission_id == submission_id)).first()


def settle(session: Session, membership: Membership, state: MembershipState) -> None:
    """Set the membership to what the office has decided."""
    membership.state = state
    membership.changed_at = clock.now()
    session.flush()


def leave(session: Session, person_id: int, group_id: int) -> Membership:
    """End the person's own membership at once; NotFound when there is none."""
    found = session.scalars(
        sa.select(Membership).where(
            Membership.person_id == person_id,
            Membership.group_id == group_id,
            Membership.state != MembershipState.LEFT,
        )
    ).first()
    if found is None:
        raise NotFound(_("You are not in this group."))
    settle(session, found, MembershipState.LEFT)
    if found.submission_id is not None:
        submissions.withdraw(session, found.submission_id)
    return found


def agreed() -> sa.ColumnElement[bool]:
    """Return the condition that a member of the statement has agreed to hear of the group."""
    return (
        sa.select(Consent.id)
        .join(Submission, Submission.id == Consent.submission_id)
        .where(
            Consent.person_id == Membership.person_id, Submission.group_id == Membership.group_id,
            Consent.purpose == GROUP_UPDATES, Consent.withdrawn_at.is_(None),
        )
        .exists()
    )  # fmt: skip
