"""Working groups, their goal sheets, and the codes by which people find them."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models import clock, outbox, people
from models.columns import UTCDateTime
from models.db import Base, cache_of
from models.errors import NotAllowed, NotFound
from models.goals import Carrier, Field, Goal, Ownership
from models.people import Person
from models.sheets import GoalSheet
from models.staff import OFFICE, StaffMember
from translations import SOURCE, Localised, _

# Without 0/O, 1/I/L: codes are also typed by hand from a poster.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_code() -> str:
    """Return a random code for a QR code; it grants nothing, so it may be printed on posters."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(CODE_LENGTH))


class WorkingGroup(Base):
    """A group that works on a goal. People join it by its code."""

    __tablename__ = "working_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey(Goal.id), unique=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_code)
    is_open: Mapped[bool] = mapped_column(default=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"))
    signups: Mapped[int] = mapped_column(default=0)  # counted as they come; counting rows would not scale
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)

    goal: Mapped[Goal] = relationship(lazy="raise")
    contact: Mapped[Person | None] = relationship(lazy="raise")
    sheet: Mapped[GoalSheet] = relationship(uselist=False, lazy="raise")


@dataclass(frozen=True, slots=True)
class GroupCard:
    """What people see of a group wherever it is listed; safe to keep in memory."""

    id: int
    goal_id: int
    number: str
    code: str
    field_number: int
    field_name: Localised
    title: Localised
    summary: Localised
    carrier: Carrier
    lead_organisation: str
    is_open: bool

    def to(self, tag: str) -> str:
        """Say number and title."""
        return f"{self.number} {self.title.to(tag)}"


class Directory:
    """All groups of the region in the order of their numbers, by code and by number.

    `drafts` are those of goals that the office has not opened yet: nobody else knows of them.
    """

    def __init__(self, cards: list[GroupCard], drafts: list[GroupCard] | None = None) -> None:
        self.cards, self.drafts = tuple(cards), tuple(drafts or ())
        self.open = tuple(card for card in cards if card.is_open)
        self._found = {key: card for card in cards for key in (card.code, card.number)}
        self.version = hash(self.cards and tuple((c.code, c.to("de"), c.is_open) for c in self.cards))

    def find(self, key: str) -> GroupCard | None:
        """Return the group with this code (in any case) or goal number."""
        return self._found.get(key.strip().upper())

    def get(self, key: str) -> GroupCard:
        """Return the group with this code or goal number; NotFound in plain words otherwise."""
        found = self.find(key)
        if found is None:
            raise NotFound(_("There is no working group with this code."))
        return found

    def by_id(self, group_id: int) -> GroupCard | None:
        """Return the group of this id."""
        return next((card for card in self.cards if card.id == group_id), None)

    def search(self, words: str, tag: str, field: int | None = None) -> list[GroupCard]:
        """Return the groups in whose texts all the words occur, as the reader sees them or in German."""
        wanted = words.casefold().split()
        return [
            card
            for card in self.cards
            if (field is None or card.field_number == field)
            and all(w in _searchable(card, tag) for w in wanted)
        ]


def _searchable(card: GroupCard, tag: str) -> str:
    said = [words.to(lang) for words in (card.title, card.summary) for lang in {tag, "de"}]
    return " ".join((card.number, card.lead_organisation, *said)).casefold()


def directory(session: Session) -> Directory:
    """Return all groups, from memory where they have been read a moment ago."""
    return cache_of(session).get("groups", lambda: _load(session))


def _load(session: Session) -> Directory:
    latest = (
        sa.select(sa.func.max(Ownership.position)).where(Ownership.goal_id == Goal.id).correlate(Goal)
    ).scalar_subquery()
    rows = session.execute(
        sa.select(
            WorkingGroup.id, Goal.id, Goal.number, WorkingGroup.code, Field.number, Field.name,
            Goal.title, Goal.summary, Ownership.carrier, GoalSheet.lead_organisation, WorkingGroup.is_open,
            Goal.is_draft,
        )
        .join(Goal, Goal.id == WorkingGroup.goal_id)
        .join(Field, Field.id == Goal.field_id)
        .outerjoin(Ownership, sa.and_(Ownership.goal_id == Goal.id, Ownership.position == latest))
        .outerjoin(GoalSheet, GoalSheet.group_id == WorkingGroup.id)
        .order_by(Goal.position)
    )  # fmt: skip
    made = [
        (row.is_draft, GroupCard(*row[:8], row[8] or Carrier.GROUPS, row[9] or "", row[10])) for row in rows
    ]
    return Directory(
        [one for is_draft, one in made if not is_draft], [one for is_draft, one in made if is_draft]
    )


def with_sheet(session: Session, group_id: int) -> WorkingGroup:
    """Return a group with its goal, its history of ownership and its whole goal sheet."""
    return session.scalars(
        sa.select(WorkingGroup)
        .where(WorkingGroup.id == group_id)
        .options(
            joinedload(WorkingGroup.goal).selectinload(Goal.ownerships),
            joinedload(WorkingGroup.goal).joinedload(Goal.field),
            joinedload(WorkingGroup.contact),
            joinedload(WorkingGroup.sheet).selectinload(GoalSheet.participants),
            joinedload(WorkingGroup.sheet).selectinload(GoalSheet.milestones),
            joinedload(WorkingGroup.sheet).selectinload(GoalSheet.meetings),
        )
    ).one()


def newest(session: Session) -> datetime:
    """Return when the newest group came, or now where there is none: since then something can be told."""
    return session.scalar(sa.select(sa.func.max(WorkingGroup.created_at))) or clock.now()


def set_open(session: Session, group_id: int, *, is_open: bool) -> None:
    """Open a group for new people, or close it; sign-ups that are already there stay."""
    session.get_one(WorkingGroup, group_id).is_open = is_open
    session.flush()
    cache_of(session).drop()


def show_to_all(session: Session, by: StaffMember, goal_id: int) -> None:
    """Let everybody see a goal and its group; whether the group takes people is decided by itself."""
    if by.role not in OFFICE:
        raise NotAllowed(_("You may not do this."))
    goal = session.get(Goal, goal_id)
    if goal is None:
        raise NotFound(_("This is not there any more."))
    goal.is_draft = False
    session.flush()
    cache_of(session).drop()


def set_contact(session: Session, group_id: int, *, name: str, email: str, phone: str = "") -> Person:
    """Make somebody the group's contact person: known by the address, or somebody new."""
    contact = vouched(session, name=name, email=email, phone=phone)
    session.get_one(WorkingGroup, group_id).contact_id = contact.id
    session.flush()
    return contact


def vouched(session: Session, *, name: str, email: str, phone: str = "") -> Person:
    """Return the person whom the office names: known by the address, or somebody new.

    The office vouches for the address, so it counts as confirmed and what was held for it goes out.
    """
    person_id, _confirmed = people.meet(session, name=name, language=SOURCE, email=email, phone=phone)
    person = session.get_one(Person, person_id)
    person.name, person.phone, person.email_failed = name, phone or person.phone, ""
    outbox.confirm_address(session, person)
    return person
