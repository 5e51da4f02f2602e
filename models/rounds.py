"""Status rounds: twice a year every group is asked how far its milestones are.

A round has one request per group. It asks the lead, reminds, and ends with the answer.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.groups import WorkingGroup
from models.people import Person
from models.programmes import Programme
from models.staff import StaffMember
from models.submissions import Submission


class RequestState(StrEnum):
    """Where a group stands in a round."""

    SILENT = "silent"  # nobody could be asked yet: no lead, or a lead without a channel
    ASKED = "asked"
    BEGUN = "begun"  # the lead has answered something and not sent it yet
    ANSWERED = "answered"


class StatusRound(Base):
    """One round of a programme, named by the month in which it opens (its first day)."""

    __tablename__ = "status_rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    month: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("programme_id", "month"),)


class RoundRequest(Base):
    """What a group is asked in a round, and whether it has answered."""

    __tablename__ = "round_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey(StatusRound.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    state: Mapped[RequestState] = mapped_column(choice_of(RequestState))
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Submission.id, ondelete="SET NULL"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))  # typed on the lead's behalf

    __table_args__ = (sa.UniqueConstraint("round_id", "group_id"),)
