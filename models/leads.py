"""Leads: who may keep a group's goal sheet and answers for it in the status rounds.

A group's contact person leads it too, without a row here.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import changes, clock
from models.changes import Author, Subject
from models.columns import UTCDateTime
from models.db import Base
from models.groups import WorkingGroup
from models.people import Person

NOBODY = Author()
LEADS = "leads"  # what the history says of who leads; the name is not stored in it


class Lead(Base):
    """Somebody who leads a group beside its contact person."""

    __tablename__ = "leads"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("group_id", "person_id"),)


def led_by(person_id: int) -> sa.CompoundSelect[tuple[int]]:
    """Return the statement for the ids of the groups that a person leads."""
    own = sa.select(Lead.group_id).where(Lead.person_id == person_id)
    contact = sa.select(WorkingGroup.id).where(WorkingGroup.contact_id == person_id)
    return sa.union(own, contact)


def groups_of(session: Session, person_id: int) -> set[int]:
    """Return the ids of the groups that a person leads."""
    return set(session.scalars(led_by(person_id)))


def is_lead(session: Session, person: Person, group_id: int) -> bool:
    """Return whether a person leads this group."""
    return group_id in groups_of(session, person.id)


def of_group(session: Session, group_id: int) -> Sequence[Person]:
    """Return who leads a group, the contact person first."""
    contact = sa.select(WorkingGroup.contact_id).where(WorkingGroup.id == group_id).scalar_subquery()
    own = sa.select(Lead.person_id).where(Lead.group_id == group_id)
    return session.scalars(
        sa.select(Person)
        .where(sa.or_(Person.id == contact, Person.id.in_(own)))
        .order_by(sa.case((Person.id == contact, 0), else_=1), Person.id)
    ).all()


def appoint(session: Session, group_id: int, person: Person, *, by: Author = NOBODY) -> bool:
    """Make a person a lead of a group; False when they lead it already."""
    if is_lead(session, person, group_id):
        return False
    session.add(Lead(group_id=group_id, person_id=person.id, since=clock.now()))
    session.flush()
    changes.record(session, group_id, Subject.LEAD, by=by, after=LEADS, about=changes.about_person(person.id))
    return True


def dismiss(session: Session, group_id: int, person_id: int, *, by: Author = NOBODY) -> bool:
    """Let a person no longer lead a group, nor be its contact person; False when they did neither."""
    gone = (
        sa.delete(Lead).where(Lead.group_id == group_id, Lead.person_id == person_id).returning(Lead.id),
        sa.update(WorkingGroup)
        .where(WorkingGroup.id == group_id, WorkingGroup.contact_id == person_id)
        .values(contact_id=None)
        .returning(WorkingGroup.id),
    )
    if not sum(len(session.execute(statement).all()) for statement in gone):
        return False
    changes.record(
        session, group_id, Subject.LEAD, by=by, before=LEADS, about=changes.about_person(person_id)
    )
    return True
