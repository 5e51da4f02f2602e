"""Log-ins under way that need two steps of a browser: with a passkey, or by way of a single sign-on.

What was asked is kept here, and the browser holds a token for it, so that an answer counts once, in the
browser that asked, and for minutes only.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.staff import StaffMember

SPAN = timedelta(minutes=5)
LONGEST_ADDRESS = 500


class Purpose(StrEnum):
    """What was begun."""

    ADD_PASSKEY = "add-passkey"
    USE_PASSKEY = "use-passkey"
    SIGN_ON = "sign-on"


class Ceremony(Base):
    """One that was begun in one browser. `challenge` is what has to come back with the answer."""

    __tablename__ = "staff_ceremonies"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(choice_of(Purpose))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id, ondelete="CASCADE"))
    challenge: Mapped[str] = mapped_column(sa.String(64))
    nonce: Mapped[str] = mapped_column(sa.String(64))  # of a single sign-on: stands in what it attests
    verifier: Mapped[str] = mapped_column(sa.String(64))  # and what shows that the code was ours (PKCE)
    onwards: Mapped[str] = mapped_column(sa.String(LONGEST_ADDRESS))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    session: Session, purpose: Purpose, *, staff_id: int | None = None, onwards: str = ""
) -> tuple[str, Ceremony]:
    """Begin one; return the token that the browser keeps, and what is asked."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    session.execute(sa.delete(Ceremony).where(Ceremony.expires_at <= now))
    begun = Ceremony(
        token_hash=_hash(token), purpose=purpose, staff_id=staff_id, challenge=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(36),
        onwards=onwards if len(onwards) <= LONGEST_ADDRESS else "", expires_at=now + SPAN,
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return token, begun


def take(session: Session, purpose: Purpose, token: str, *, staff_id: int | None = None) -> Ceremony | None:
    """Return what was begun with this token and use it up; None for another one's, or when it is over."""
    mine = Ceremony.staff_id.is_(None) if staff_id is None else Ceremony.staff_id == staff_id
    found = session.scalars(
        sa.select(Ceremony)
        .where(Ceremony.token_hash == _hash(token), Ceremony.purpose == purpose, mine)
        .with_for_update()
    ).first()
    if found is None:
        return None
    session.delete(found)
    session.flush()
    return found if found.expires_at > clock.now() else None
