"""Subscriptions: who wants to be told when something changes on a group's goal sheet."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.columns import UTCDateTime
from models.db import Base
from models.groups import WorkingGroup
from models.people import Person


class Subscription(Base):
    """A person's wish to hear of a group's changes; `told_until` is the last change they heard of."""

    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"), index=True)
    told_until: Mapped[int] = mapped_column(default=0)  # id of a sheet change
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (sa.UniqueConstraint("person_id", "group_id"),)
