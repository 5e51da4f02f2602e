"""Registrations: who comes to an event, who waits for a place, and who has arrived.

The last place is given once: a counter of the event decides, in the statement that takes a place.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base, today_in
from models.errors import Conflict
from models.event_letters import News, Ticket
from models.events import Event, Workshop
from models.groups import CODE_ALPHABET
from models.people import Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.staff import StaffMember
from translations import _


class RegistrationState(StrEnum):
    """Where a registration stands."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Registration(Base):
    """A person at an event, alone or with others of an organisation; at most one of each pair.

    Who waits moves up in the order of `queued_at` and id; `version` grows with every step. The code is shown
    to the person and read at the door; it names the registration and grants nothing else.
    """

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id, ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    state: Mapped[RegistrationState] = mapped_column(choice_of(RegistrationState))
    seats: Mapped[int] = mapped_column(default=1)
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    languages: Mapped[list[str]] = mapped_column(
        sa.JSON, default=list
    )  # that the person speaks, for the badge
    needs: Mapped[str] = mapped_column(sa.Text, default="")  # an interpreter, a ramp; in the person's words
    code: Mapped[str] = mapped_column(sa.String(8))
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_seats: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    walked_in: Mapped[bool] = mapped_column(default=False)  # signed up by the hall's code on the day
    badge_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when it was printed
    seat_key: Mapped[str] = mapped_column(sa.String(16), default="")  # from it follow codes of further places

    event: Mapped[Event] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.UniqueConstraint("event_id", "code"),
        sa.Index("ix_registrations_line", "event_id", "state", "queued_at", "id"),
    )


class Arrival(Base):
    """So many people of a registration came in, at the tick of the device that noted it.

    A registration has each tick once: what is sent again counts nothing twice. What was taken back stays
    with nobody, so that it does not come back.
    """

    __tablename__ = "arrivals"

    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Registration.id, ondelete="CASCADE"), primary_key=True
    )
    tick: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)  # milliseconds
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    seats: Mapped[int]
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))


class WorkshopPlace(Base):
    """A place in a workshop that a registration has; where it waits for the event, the wish for one."""

    __tablename__ = "workshop_places"

    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Registration.id, ondelete="CASCADE"), primary_key=True
    )
    workshop_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Workshop.id, ondelete="CASCADE"), primary_key=True, index=True
    )


def of_person(session: Session, person_id: int) -> Sequence[Registration]:
    """Return a person's registrations with their events, also cancelled ones, the newest event first."""
    return session.scalars(
        sa.select(Registration)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person_id)
        .options(joinedload(Registration.event))
        .order_by(Event.held_on.desc(), Registration.id.desc())
    ).all()


def of(session: Session, person_id: int, event_id: int) -> Registration | None:
    """Return a person's registration for an event, also a cancelled one."""
    return session.scalars(
        sa.select(Registration).where(Registration.event_id == event_id, Registration.person_id == person_id)
    ).first()


def by_submission(session: Session, submission_id: int) -> "Outcome | None":
    """Return what became of a form; None where its person was registered already, by another one."""
    found = session.scalars(
        sa.select(Registration).where(Registration.submission_id == submission_id)
    ).first()
    if found is None:
        return None
    here = found.arrived_at is not None
    return Outcome(ticket_of(found), found.state, walked_in=found.walked_in, is_here=here)


def workshops_of(session: Session, registration_id: int) -> Sequence[int]:
    """Return the ids of the workshops of a registration."""
    return session.scalars(
        sa.select(WorkshopPlace.workshop_id).where(WorkshopPlace.registration_id == registration_id)
    ).all()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a registration. It is not new where the person was registered already."""

    ticket: Ticket
    state: RegistrationState
    is_new: bool = True
    walked_in: bool = False
    is_here: bool = False

    @property
    def has_place(self) -> bool:
        """Whether the person can come."""
        return self.state is RegistrationState.REGISTERED

    @property
    def news(self) -> News:
        """What there is to say of it."""
        return News.REGISTERED if self.has_place else News.WAITING


MOST_SEATS = 30
CODE_LENGTH = 6
SEAT_CODE_LENGTH = 9  # of a further place, see `seats`; it begins with the registration's
_EVENT = Event.__table__.c
_WORKSHOP = Workshop.__table__.c
_ROW = Registration.__table__.c


def _take_statement(_insert):  # type: ignore[no-untyped-def]
    """Give places to a registration, or count them as waited for: `waiting` is 0 afterwards where it fits."""
    seats, zero = p("seats"), sa.literal_column("0", sa.Integer)
    room = sa.or_(_EVENT.capacity.is_(None), _EVENT.taken + seats <= _EVENT.capacity)
    fits = sa.and_(room, _EVENT.waiting == zero)
    last = sa.func.coalesce(_EVENT.register_until, _EVENT.held_on, p("today"), type_=sa.Date())
    return (
        sa.update(Event)
        .where(
            _EVENT.id == p("event_id_"),
            sa.or_(  # papers of its day are typed in, also once it is over
                _EVENT.state == sa.literal_column("'open'"),
                sa.and_(
                    _EVENT.state == sa.literal_column("'over'"), _EVENT.held_on == p("walk_in_day"),
                ),
            ),
            sa.or_(_EVENT.capacity.is_(None), _EVENT.capacity >= seats),
            sa.or_(last >= p("today"), _EVENT.held_on == p("walk_in_day")),
        )
        .values(
            taken=_EVENT.taken + sa.case((fits, seats), else_=zero),
            waiting=_EVENT.waiting + sa.case((fits, zero), else_=seats),
        )
        .returning(_EVENT.waiting)
    )  # fmt: skip


_TAKE = Prepared(_take_statement)


def _add_statement(insert):  # type: ignore[no-untyped-def]
    # All registrations of an event are written while its row is held, so a code that is free now stays free.
    known = sa.select(_ROW.id).where(_ROW.event_id == p("event_id"), _ROW.code == p("code"))
    statement = insert(Registration).values(
        event_id=p("event_id"), person_id=p("person_id"), state=p("state"), seats=p("seats"),
        organisation=p("organisation"), languages=p("languages"), needs=p("needs"),
        code=sa.case((known.exists(), p("other_code")), else_=p("code")),
        submission_id=p("submission_id"), queued_at=p("now"), changed_at=p("now"),
        arrived_seats=sa.literal_column("0"), version=sa.literal_column("1"), walked_in=p("walked_in"),
        seat_key=p("seat_key"),
    )  # fmt: skip
    new, names = statement.excluded, (
        "state", "seats", "organisation", "languages", "needs", "submission_id", "queued_at", "changed_at",
        "walked_in", "seat_key",
    )  # fmt: skip
    return statement.on_conflict_do_update(
        index_elements=["event_id", "person_id"],
        set_={name: new[name] for name in names} | {"version": _ROW.version + sa.literal_column("1")},
        where=_ROW.state == sa.literal_column("'cancelled'"),
    ).returning(_ROW.id, _ROW.version, _ROW.code)


_ADD = Prepared(_add_statement)
_TAKE_WORKSHOP = Prepared(
    lambda _insert: (
        sa.update(Workshop)
        .where(
            _WORKSHOP.id == p("workshop_id_"), _WORKSHOP.event_id == p("event_id_"),
            sa.or_(_WORKSHOP.capacity.is_(None), _WORKSHOP.taken + p("seats") <= _WORKSHOP.capacity),
        )
        .values(taken=_WORKSHOP.taken + p("seats"))
        .returning(_WORKSHOP.id)
    )
)  # fmt: skip
_CHOOSE_WORKSHOP = Prepared(
    lambda insert: insert(WorkshopPlace).values(
        registration_id=p("registration_id"), workshop_id=p("workshop_id")
    )
)


def new_code() -> str:
    """Return six characters that are easily typed, for the entrance."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(CODE_LENGTH))


def register(
    session: Session,
    person_id: int,
    event_id: int,
    *,
    seats: int = 1,
    organisation: str = "",
    workshops: Sequence[int] = (),
    languages: Sequence[str] = (),
    needs: str = "",
    submission_id: int | None = None,
    walked_in: bool = False,
    came_on: date | None = None,
) -> Outcome:
    """Give somebody a place at an event, or the next one in the line; nobody is told of it yet.

    A group gets all its places together, and who comes later does not overtake it, however few they are. Who
    is registered already stays so. Conflict where the event takes nobody (any more), or a workshop is full.
    `walked_in`: they stand at the door on the day, so it does not matter that registration has ended; what
    they signed on paper may be typed in later, with the day on which they came.
    """
    today = today_in(session)
    asked = {
        "event_id_": event_id, "seats": seats, "today": today.isoformat(),
        "walk_in_day": (came_on or today).isoformat() if walked_in else None,
    }  # fmt: skip
    row = _TAKE.run(session, asked)  # holds the event: from here on, one after the other
    if row is None:
        raise _refusal(session, event_id, seats)
    state = RegistrationState.WAITING if row.waiting else RegistrationState.REGISTERED
    values = {
        "event_id": event_id, "person_id": person_id, "state": state.value, "seats": seats,
        "organisation": organisation, "languages": list(languages), "needs": needs, "code": new_code(),
        "other_code": new_code(), "submission_id": submission_id, "now": clock.now(), "walked_in": walked_in,
        "seat_key": secrets.token_hex(8) if seats > 1 else "",
    }  # fmt: skip
    added = _ADD.run(session, values)
    if added is None:
        _count(session, event_id, state, -seats)
        return _as_before(session, person_id, event_id)
    chosen = tuple(dict.fromkeys(workshops))
    if state is RegistrationState.REGISTERED and not take_workshops(session, event_id, chosen, seats):
        raise Conflict(_("A workshop is full by now. Please choose another one."))
    if chosen:
        rows = [{"registration_id": added.id, "workshop_id": one} for one in chosen]
        _CHOOSE_WORKSHOP.run_many(session, rows)
    return Outcome(Ticket(added.id, added.version, added.code, seats), state)


def take_workshops(session: Session, event_id: int, workshops: Sequence[int], seats: int) -> bool:
    """Take places in all of these workshops; False as soon as one is full."""
    values = ({"workshop_id_": one, "event_id_": event_id, "seats": seats} for one in workshops)
    return all(_TAKE_WORKSHOP.run(session, one) is not None for one in values)


def _refusal(session: Session, event_id: int, seats: int) -> Conflict:
    capacity = session.scalar(sa.select(Event.capacity).where(Event.id == event_id))
    if capacity is not None and capacity < seats:
        return Conflict(_("There are {n} places in all. Please register fewer people.")(n=capacity))
    return Conflict(_("One can no longer register for this event."))


def _count(session: Session, event_id: int, state: RegistrationState, seats: int) -> None:
    column = Event.waiting if state is RegistrationState.WAITING else Event.taken
    session.execute(
        sa.update(Event)
        .where(Event.id == event_id)
        .values({column: column + seats})
        .execution_options(synchronize_session=False)
    )


def _as_before(session: Session, person_id: int, event_id: int) -> Outcome:
    found = of(session, person_id, event_id)
    if found is None:
        raise LookupError("a registration that stands in the way is not there")
    return Outcome(ticket_of(found), found.state, is_new=False)


def ticket_of(registration: Registration) -> Ticket:
    """Return a registration as letters tell of it."""
    return Ticket(registration.id, registration.version, registration.code, registration.seats)
