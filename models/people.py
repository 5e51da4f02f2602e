"""People who take part, and how each of them is reached."""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.prepared import Prepared
from models.prepared import parameter as p
from translations import Text, _


class ChannelKind(StrEnum):
    """How messages reach a person."""

    EMAIL = "email"
    TELEGRAM = "telegram"
    PHONE = "phone"  # the office calls; nothing is sent


class OrganisationKind(StrEnum):
    """Kinds of organisations in a region (forms.md §1)."""

    MIGRANT = "migrant-organisation"
    SCHOOL = "school"
    DAY_CARE = "day-care"
    VOCATIONAL = "vocational-college"
    COMPANY = "company"
    CHAMBER = "chamber"
    PUBLIC = "public-office"
    WELFARE = "welfare"
    SPORTS = "sports-club"
    INITIATIVE = "initiative"
    PRIVATE = "private"
    OTHER = "other"


ORGANISATION_WORDS: dict[OrganisationKind, Text] = {
    OrganisationKind.MIGRANT: _("Migrant organisation"),
    OrganisationKind.SCHOOL: _("School"),
    OrganisationKind.DAY_CARE: _("Day-care centre"),
    OrganisationKind.VOCATIONAL: _("Vocational college"),
    OrganisationKind.COMPANY: _("Company"),
    OrganisationKind.CHAMBER: _("Chamber"),
    OrganisationKind.PUBLIC: _("Public office"),
    OrganisationKind.WELFARE: _("Welfare association"),
    OrganisationKind.SPORTS: _("Sports club"),
    OrganisationKind.INITIATIVE: _("Initiative"),
    OrganisationKind.PRIVATE: _("Private person"),
    OrganisationKind.OTHER: _("Something else"),
}


class Person(Base):
    """Somebody who takes part. Known by e-mail address, by chat, or by neither (the office calls)."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(20))
    language_chosen: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation_kind: Mapped[OrganisationKind | None] = mapped_column(choice_of(OrganisationKind))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    email_failed: Mapped[str] = mapped_column(sa.String(200), default="")
    telegram_id: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)
    telegram_name: Mapped[str] = mapped_column(sa.String(64), default="")
    telegram_blocked: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    prefers: Mapped[ChannelKind] = mapped_column(choice_of(ChannelKind))
    met_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    keep_until: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    quiet_from: Mapped[int | None]  # full hours in the region's zone; news waits until `quiet_until`
    quiet_until: Mapped[int | None]

    @property
    def channel(self) -> ChannelKind:
        """How to reach the person now: as they wish, else by what works."""
        if self.prefers is ChannelKind.PHONE and self.phone:
            return ChannelKind.PHONE
        works = {
            ChannelKind.TELEGRAM: self.telegram_id is not None and not self.telegram_blocked,
            ChannelKind.EMAIL: bool(self.email) and not self.email_failed,
        }
        if works.get(self.prefers):
            return self.prefers
        return next((kind for kind, usable in works.items() if usable), ChannelKind.PHONE)

    @property
    def is_anonymous(self) -> bool:
        """Whether they have told no way at all to reach them."""
        return not (self.telegram_id is not None or self.email or self.phone)


# Meeting somebody by e-mail must not change what is stored of a known person: anyone can type an address.
_MEET = Prepared(
    lambda insert: insert(Person)
    .values(
        name=p("name"), language=p("language"), language_chosen=sa.true(), email=p("email"), email_failed="",
        phone=p("phone"), organisation=p("organisation"), organisation_kind=p("organisation_kind"),
        telegram_name="", telegram_blocked=sa.false(), prefers=p("prefers"), met_at=p("now"),
        seen_at=p("now"),
    )
    .on_conflict_do_update(index_elements=["email"], set_={"seen_at": p("now")})
    .returning(Person.__table__.c.id, Person.__table__.c.email_confirmed_at)
)  # fmt: skip


def is_reachable() -> sa.ColumnElement[bool]:
    """Return the condition that a message to a person can go out; who wants to be called gets none."""
    is_called = sa.and_(Person.prefers == ChannelKind.PHONE, Person.phone != "")
    by_mail = sa.and_(Person.email.is_not(None), Person.email != "", Person.email_failed == "")
    by_chat = sa.and_(Person.telegram_id.is_not(None), Person.telegram_blocked.is_(False))
    return sa.and_(sa.not_(is_called), sa.or_(by_mail, by_chat))


def meet(
    session: Session,
    *,
    name: str,
    language: str,
    email: str | None,
    phone: str = "",
    organisation: str = "",
    organisation_kind: OrganisationKind | None = None,
    prefers: ChannelKind | None = ChannelKind.EMAIL,
) -> tuple[int, bool]:
    """Return (id, address confirmed) of who wrote on a page: known by the address, or somebody new."""
    row = _MEET.run(
        session,
        {
            "name": name, "language": language, "email": email, "phone": phone,
            "prefers": (prefers or ChannelKind.EMAIL).value, "organisation": organisation,
            "organisation_kind": organisation_kind.value if organisation_kind else None, "now": clock.now(),
        },
    )  # fmt: skip
    return int(row.id), row.email_confirmed_at is not None


def complete(
    session: Session,
    person: Person,
    *,
    name: str,
    email: str | None,
    phone: str,
    organisation: str,
    organisation_kind: OrganisationKind | None,
    prefers: ChannelKind | None,
) -> None:
    """Add what a known person has told now. An address that belongs to somebody else is not taken over."""
    person.name = name or person.name
    person.phone = phone or person.phone
    person.organisation = organisation or person.organisation
    person.organisation_kind = organisation_kind or person.organisation_kind
    person.prefers = prefers or person.prefers
    person.seen_at = clock.now()
    if email and email != person.email and by_email(session, email) is None:
        person.email, person.email_confirmed_at, person.email_failed = email, None, ""
    session.flush()


def by_email(session: Session, email: str) -> Person | None:
    """Return the person of an address."""
    return session.scalars(sa.select(Person).where(Person.email == email.strip().lower())).first()


def anybody(session: Session) -> Person | None:
    """Return the first person that there is."""
    return session.scalars(sa.select(Person).order_by(Person.id).limit(1)).first()


def of_chat(session: Session, telegram_id: int) -> Person | None:
    """Return the person of a chat, if there is one."""
    return session.scalars(sa.select(Person).where(Person.telegram_id == telegram_id)).first()


def by_chat(session: Session, telegram_id: int, *, language: str) -> Person:
    """Return the person of a chat; a first message makes them known with a suggested language."""
    found = of_chat(session, telegram_id)
    if found is None:
        now = clock.now()
        found = Person(
            telegram_id=telegram_id, language=language, prefers=ChannelKind.TELEGRAM, met_at=now, seen_at=now
        )
        session.add(found)
        session.flush()
    elif found.telegram_blocked:
        found.telegram_blocked = False  # who writes can be reached again
    notice(found)
    return found


def notice(person: Person) -> None:
    """Remember that the person was in touch, to the day: their data is kept from then on."""
    if person.seen_at < clock.now() - timedelta(days=1):
        person.seen_at = clock.now()


def correct(session: Session, person: Person, *, name: str, organisation: str, phone: str) -> None:
    """Put right what a person has told of themselves; an address is changed by confirming a new one."""
    person.name, person.organisation, person.phone = name, organisation, phone
    notice(person)
    session.flush()


def get(session: Session, person_id: int) -> Person | None:
    """Return the person, or None when they have been erased."""
    return session.get(Person, person_id)


def set_language(session: Session, person: Person, tag: str) -> None:
    """Remember the language that the person chose."""
    person.language = tag
    person.language_chosen = True
    session.flush()


def confirm_email(session: Session, person: Person) -> None:
    """Note that the person has shown the address to be theirs."""
    if person.email_confirmed_at is None:
        person.email_confirmed_at = clock.now()
        session.flush()
