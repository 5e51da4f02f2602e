"""Readings: the measured figure of a goal's target over time, each with its day and its source."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import UTCDateTime
from models.db import Base
from models.goals import Goal
from models.staff import StaffMember


class Reading(Base):
    """A figure in the goal's unit, as measured on a day. One a day: a second one corrects the first."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey(Goal.id, ondelete="CASCADE"))
    measured_on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(sa.Numeric(12, 3))
    source: Mapped[str] = mapped_column(sa.String(300))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("goal_id", "measured_on"),)
