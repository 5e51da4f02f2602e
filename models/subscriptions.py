"""Subscriptions: who wants to be told when something changes on a group's goal sheet.

Who leads a group or reports on it is not subscribed by that. A subscription ends with its person.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import clock
from models.changes import SheetChange
from models.columns import UTCDateTime
from models.db import Base
from models.groups import GroupCard, WorkingGroup
from models.letters import Button
from models.links import Purpose
from models.people import Person
from models.prepared import Prepared
from models.prepared import parameter as p
from translations import _


class Subscription(Base):
    """A person's wish to hear of a group's changes; `told_until` is the last change they heard of."""

    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"), index=True)
    told_until: Mapped[int] = mapped_column(default=0)  # id of a sheet change
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (sa.UniqueConstraint("person_id", "group_id"),)


# Two taps at once are one wish: the unique constraint decides.
_FOLLOW = Prepared(
    lambda insert: (
        insert(Subscription)
        .values(
            person_id=p("person_id"), group_id=p("group_id"), told_until=p("told_until"), created_at=p("now")
        )
        .on_conflict_do_nothing(index_elements=["person_id", "group_id"])
        .returning(Subscription.__table__.c.id)
    )
)


def follow(session: Session, person_id: int, group_id: int) -> bool:
    """Tell a person of a group's changes from now on; False where they are told already."""
    newest = sa.select(sa.func.max(SheetChange.id)).where(SheetChange.group_id == group_id)
    values = {
        "person_id": person_id, "group_id": group_id, "told_until": session.scalar(newest) or 0,
        "now": clock.now(),
    }  # fmt: skip
    return _FOLLOW.run(session, values) is not None


def stop(session: Session, person_id: int, group_id: int) -> bool:
    """End it at once; False where it had ended already."""
    ended = session.execute(
        sa.delete(Subscription)
        .where(Subscription.person_id == person_id, Subscription.group_id == group_id)
        .returning(Subscription.id)
    )
    return ended.first() is not None


def of_person(session: Session, person_id: int) -> Sequence[int]:
    """Return the ids of the groups that a person is told of."""
    return session.scalars(
        sa.select(Subscription.group_id).where(Subscription.person_id == person_id).order_by(Subscription.id)
    ).all()


def stop_button(group: GroupCard) -> Button:
    """Return the button that ends it with one tap: in chat at once, from an e-mail on a page."""
    return Button(
        _("Stop these messages"), verb=f"unfollow:{group.id}:0", page="/{lang}/stop/{link}",
        purpose=Purpose.STOP, target_id=group.id,
    )  # fmt: skip
