"""Goals: what the programme wants, who carries each goal, and since when."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.programmes import Body, Programme
from models.when import When
from translations import Localised, _

NUMBER_PATTERN = r"^\d{1,3}(\.\d{1,4}){0,3}$"


class Carrier(StrEnum):
    """Who carries a goal: green goals are carried by the groups, blue ones by the office."""

    GROUPS = "green"
    OFFICE = "blue"


CARRIER_WORDS = {
    Carrier.GROUPS: _("Carried by a working group"),
    Carrier.OFFICE: _("Carried by the office"),
}


class Field(Base):
    """A field of action, which gathers goals; its number is the part of theirs before the dot."""

    __tablename__ = "fields"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    number: Mapped[int]
    name: Mapped[Localised]

    __table_args__ = (sa.UniqueConstraint("programme_id", "number"),)


class Goal(Base):
    """A goal with its number, wording and, where it has one, a measurable target."""

    __tablename__ = "goals"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    field_id: Mapped[int] = mapped_column(sa.ForeignKey(Field.id), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("goals.id"))
    number: Mapped[str] = mapped_column(sa.String(20))
    position: Mapped[int] = mapped_column(sa.BigInteger, index=True)  # of field 22 on, beyond 32 bits
    title: Mapped[Localised]
    summary: Mapped[Localised]
    deadline: Mapped[When] = composite(
        When.from_parts,
        mapped_column("deadline_wording", sa.String(200), default=""),
        mapped_column("deadline_earliest", sa.Date, nullable=True),
        mapped_column("deadline_latest", sa.Date, nullable=True),
    )
    base: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3))
    target: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 3))
    unit: Mapped[str] = mapped_column(sa.String(40), default="")

    field: Mapped[Field] = relationship(lazy="raise")
    ownerships: Mapped[list["Ownership"]] = relationship(order_by="Ownership.position", lazy="raise")

    __table_args__ = (sa.UniqueConstraint("programme_id", "number"),)


class Ownership(Base):
    """One step in the history of who carries a goal; the last one holds."""

    __tablename__ = "ownerships"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey(Goal.id, ondelete="CASCADE"))
    position: Mapped[int]
    carrier: Mapped[Carrier] = mapped_column(choice_of(Carrier))
    body_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Body.id))
    decided_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    body: Mapped[Body | None] = relationship(lazy="joined")

    __table_args__ = (sa.UniqueConstraint("goal_id", "position"),)


def position_of(number: str) -> int:
    """Return a sort key so that 2.21 comes before 10.64 and 4.29 before 4.30."""
    parts = [int(part) for part in number.split(".")[:3]]
    parts += [0] * (3 - len(parts))
    return parts[0] * 100_000_000 + parts[1] * 10_000 + parts[2]
