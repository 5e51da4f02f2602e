"""Programmes: sets of goals with a runtime and yearly cycles, and the bodies that decide on them."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, composite, mapped_column

from models.columns import choice_of
from models.db import Base, today_in
from models.errors import NotFound
from models.when import When
from translations import _


class BodyKind(StrEnum):
    """What a body does in the programme."""

    STEERING = "steering"
    POLITICAL = "political"
    ADVISORY = "advisory"
    OFFICE = "office"


class Body(Base):
    """A committee or partner that advises or decides."""

    __tablename__ = "bodies"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    kind: Mapped[BodyKind] = mapped_column(choice_of(BodyKind))


class Programme(Base):
    """A goal process with its runtime, status months and yearly conference."""

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200), unique=True)
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    status_months: Mapped[list[int]]
    conference_month: Mapped[int | None]
    conference_name: Mapped[str] = mapped_column(sa.String(200), default="")
    interim_due: Mapped[When] = composite(
        When.from_parts,
        mapped_column("interim_due_wording", sa.String(200), default=""),
        mapped_column("interim_due_earliest", sa.Date, nullable=True),
        mapped_column("interim_due_latest", sa.Date, nullable=True),
    )


def listed(session: Session) -> Sequence[Programme]:
    """Return all programmes, the newest first."""
    return session.scalars(sa.select(Programme).order_by(Programme.starts.desc(), Programme.id.desc())).all()


def running(session: Session) -> Programme:
    """Return the newest programme that has begun, else the newest; NotFound where there is none."""
    found = listed(session)
    today = today_in(session)
    begun = (one for one in found if one.starts is None or one.starts <= today)
    chosen = next(begun, found[0] if found else None)
    if chosen is None:
        raise NotFound(_("There is no such programme."))
    return chosen


def get(session: Session, number: int) -> Programme:
    """Return a programme; NotFound in plain words where there is none."""
    found = session.get(Programme, number)
    if found is None:
        raise NotFound(_("There is no such programme."))
    return found
