"""Goals: what the programme wants, who carries each goal, and since when."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, composite, mapped_column, relationship

from models.columns import UTCDateTime, choice_of
from models.db import Base, today_in
from models.errors import NotFound
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
    is_draft: Mapped[bool] = mapped_column(default=False)  # for the office only, until it is opened

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


def has_public_goals() -> sa.ColumnElement[bool]:
    """Return the condition that a programme has a goal that everybody may see."""
    return sa.select(Goal.id).where(Goal.programme_id == Programme.id, Goal.is_draft.is_(False)).exists()


def public_programmes(session: Session) -> Sequence[Programme]:
    """Return the programmes that everybody may know of, the newest first: begun, or with a public goal."""
    goals = sa.select(Goal.id).where(Goal.programme_id == Programme.id)
    begun = sa.or_(Programme.starts.is_(None), Programme.starts <= today_in(session))
    waits = goals.where(Goal.is_draft.is_(True)).exists()
    wanted = sa.select(Programme).where(sa.or_(has_public_goals(), sa.and_(begun, ~waits)))
    return session.scalars(wanted.order_by(Programme.starts.desc(), Programme.id.desc())).all()


def public_programme(session: Session, number: int) -> Programme:
    """Return one of them; NotFound for any other, as if it were not there."""
    found = next((one for one in public_programmes(session) if one.id == number), None)
    if found is None:
        raise NotFound(_("There is no such programme."))
    return found


def position_of(number: str) -> int:
    """Return a sort key so that 2.21 comes before 10.64 and 4.29 before 4.30."""
    parts = [int(part) for part in number.split(".")[:3]]
    parts += [0] * (3 - len(parts))
    return parts[0] * 100_000_000 + parts[1] * 10_000 + parts[2]
