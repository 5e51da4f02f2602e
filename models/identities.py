"""Who somebody of the office is at the single sign-on of their house, once it has attested their address."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, staff
from models.columns import UTCDateTime
from models.db import Base
from models.staff import StaffMember

LONGEST = 255  # of a subject, as the standard has it


class Identity(Base):
    """An account at a provider that opens an account here; each at most one of the other."""

    __tablename__ = "staff_identities"

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(sa.String(LONGEST))
    subject: Mapped[str] = mapped_column(sa.String(LONGEST))
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey(StaffMember.id, ondelete="CASCADE"), index=True)
    bound_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("issuer", "subject"), sa.UniqueConstraint("issuer", "staff_id"))


def find(session: Session, issuer: str, subject: str) -> StaffMember | None:
    """Return whose account an identity opens, unless it is closed."""
    found = session.scalars(
        sa.select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    ).first()
    return staff.get(session, found.staff_id) if found is not None else None


def bind(session: Session, issuer: str, subject: str, email: str) -> StaffMember | None:
    """Let an identity open the account of an address that was attested, from now on.

    None where nobody has such an account, it is closed, or belongs to another identity already. Nobody
    gets an account by this.
    """
    member = staff.by_email(session, email) if email else None
    if member is None or member.disabled_at is not None or not 0 < len(subject) <= LONGEST:
        return None
    session.get_one(StaffMember, member.id, with_for_update=True)  # two at once come one after the other
    taken = sa.select(Identity.id).where(
        Identity.issuer == issuer, sa.or_(Identity.staff_id == member.id, Identity.subject == subject)
    )
    if session.scalars(taken).first() is not None:
        return None
    session.add(Identity(issuer=issuer, subject=subject, staff_id=member.id, bound_at=clock.now()))
    session.flush()
    return member


def unbind(session: Session, staff_id: int) -> None:
    """Let no identity open this account any more, until its address is attested anew."""
    session.execute(sa.delete(Identity).where(Identity.staff_id == staff_id))
