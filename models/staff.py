"""Staff of the office: who may log in at the desk, and as what."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import Conflict, InvalidAnswer, NotFound
from translations import LANGUAGES, SOURCE, _, sorting

# argon2id, 19 MiB, two passes, one lane: OWASP's smallest setting, about 30 ms on a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Verified against for unknown addresses, so that the answer takes as long as for known ones.
_NOBODY = _HASHER.hash("nobody has this password")
MIN_PASSWORD = 12
NO_LANGUAGE = _("Please choose at least one language to translate into.")
NO_FIELD = _("Please choose at least one field to look after.")


class StaffRole(StrEnum):
    """What somebody may do at the desk; an admin may do everything."""

    OFFICER = "officer"
    TRANSLATOR = "translator"  # a volunteer who puts words into other languages, and sees nothing else
    REVIEWER = "reviewer"  # decides on the entries of the groups of certain fields, and sees no others
    MODERATOR = "moderator"  # plans and runs meetings, and sees nobody's data
    ADMIN = "admin"


OFFICE = frozenset({StaffRole.OFFICER, StaffRole.ADMIN})


class StaffMember(Base):
    """An account at the desk. With a `totp_secret`, a log-in asks for a code as well."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[StaffRole] = mapped_column(choice_of(StaffRole))
    language: Mapped[str] = mapped_column(sa.String(20), default="de")
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    totp_secret: Mapped[str | None] = mapped_column(sa.String(200))  # sealed, see `factors`
    factor_step: Mapped[int | None] = mapped_column(sa.BigInteger)  # whose code was used last
    recovery_codes: Mapped[list[str]] = mapped_column(default=list)  # hashes of those that are left
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    languages: Mapped[list[str]] = mapped_column(default=list)  # tags into which a translator translates
    fields: Mapped[list[int]] = mapped_column(default=list)  # numbers of those that a reviewer looks after


def hash_password(password: str) -> str:
    """Return the argon2id hash; InvalidAnswer for a password that is too short. Slow on purpose."""
    if len(password) < MIN_PASSWORD:
        raise InvalidAnswer(_("Please choose a password of at least {n} characters.")(n=MIN_PASSWORD))
    return _HASHER.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Return whether a password belongs to a hash; equally slow when there is none."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def add(
    session: Session,
    email: str,
    *,
    name: str,
    role: StaffRole,
    password_hash: str,
    languages: Collection[str] = (),
    fields: Collection[int] = (),
) -> StaffMember:
    """Open an account; Conflict when the address has one. Translators have languages, reviewers fields."""
    known = [entry.tag for entry in LANGUAGES if entry.tag in languages]
    if role is StaffRole.TRANSLATOR and not known:
        raise InvalidAnswer(NO_LANGUAGE)
    if role is StaffRole.REVIEWER and not fields:
        raise InvalidAnswer(NO_FIELD)
    if by_email(session, email):
        raise Conflict(_("There is an account with this e-mail address already."))
    member = StaffMember(
        email=email.strip().lower(), name=name, role=role, password_hash=password_hash,
        created_at=clock.now(), languages=known if role is StaffRole.TRANSLATOR else [],
        fields=sorted(set(fields)) if role is StaffRole.REVIEWER else [],
    )  # fmt: skip
    session.add(member)
    session.flush()
    return member


def by_email(session: Session, email: str) -> StaffMember | None:
    """Return the account of an address."""
    return session.scalars(sa.select(StaffMember).where(StaffMember.email == email.strip().lower())).first()


def get(session: Session, staff_id: int) -> StaffMember | None:
    """Return the account if it may still log in."""
    found = session.get(StaffMember, staff_id)
    return found if found and found.disabled_at is None else None


def everyone(session: Session, tag: str = SOURCE) -> list[StaffMember]:
    """Return all accounts by name, in the order of a reader's language."""
    found = session.scalars(sa.select(StaffMember).order_by(StaffMember.email))
    return sorting.by(tag, lambda one: one.name, found)


def disable(session: Session, email: str) -> StaffMember:
    """Close an account at once; NotFound when there is none."""
    member = by_email(session, email)
    if member is None:
        raise NotFound(_("There is no account with this e-mail address."))
    member.disabled_at = clock.now()
    session.flush()
    return member


def set_language(session: Session, staff_id: int, tag: str) -> None:
    """Remember the language in which somebody works at the desk."""
    session.get_one(StaffMember, staff_id).language = tag
    session.flush()


def set_password(session: Session, staff_id: int, password_hash: str) -> None:
    """Change somebody's password; its hash is made before the transaction, as it takes long."""
    session.get_one(StaffMember, staff_id).password_hash = password_hash
    session.flush()
