"""One-time links: each gives one right to one person for a while. Only their hashes are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import gone
from models.people import Person


class Purpose(StrEnum):
    """What a link is good for."""

    CONFIRM = "confirm"  # shows that an e-mail address is one's own
    ME = "me"  # opens one's own page
    ANSWER = "answer"  # answers a question of the office; target: the submission
    TELEGRAM = "telegram"  # goes on in Telegram
    DRAFT = "draft"  # goes on with a half-filled form on another channel; target: the draft
    CALENDAR = "calendar"  # one's own meetings as a calendar feed; looked at, never used up
    STOP = "stop"  # ends the messages about a group with one tap; target: the group
    HAND_OVER = "hand-over"  # makes its holder a group's lead; target: the group
    NEWS = "news"  # changes what news one gets; target: the group, None for all
    CHAT = "chat"  # links a Telegram group chat to a working group; target: the group
    ROUND = "round"  # answers for a group in a status round; target: the request
    TICKET = (
        "ticket"  # shows one's registration and can cancel it; target: the event; looked at, never used up
    )


SPANS = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.ME: timedelta(hours=2),
    Purpose.ANSWER: timedelta(days=60),
    Purpose.TELEGRAM: timedelta(days=2),
    Purpose.DRAFT: timedelta(days=2),
    Purpose.CALENDAR: timedelta(days=730),
    Purpose.STOP: timedelta(days=365),
    Purpose.HAND_OVER: timedelta(days=14),
    Purpose.NEWS: timedelta(days=365),
    Purpose.CHAT: timedelta(hours=2),
    Purpose.ROUND: timedelta(days=60),
    Purpose.TICKET: timedelta(days=365),
}


MAILBOX = (Purpose.CONFIRM, Purpose.HAND_OVER)  # whoever uses one of these can read the mailbox it went to


class Link(Base):
    """A link that was given out, with its purpose, its person and its end."""

    __tablename__ = "links"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(choice_of(Purpose))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    target_id: Mapped[int | None]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def hashed(token: str) -> str:
    """Return how a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(session: Session, purpose: Purpose, *, person_id: int | None, target_id: int | None = None) -> str:
    """Give out a link: 128 random bits that fit a Telegram start code."""
    token = secrets.token_urlsafe(16)
    session.add(
        Link(
            token_hash=hashed(token), purpose=purpose, person_id=person_id, target_id=target_id,
            expires_at=clock.now() + SPANS[purpose],
        )
    )  # fmt: skip
    session.flush()
    return token


def look(session: Session, token: str, purpose: Purpose) -> Link:
    """Return a link that is still good, without using it up; NotFound otherwise."""
    found = session.get(Link, hashed(token))
    if found is None or found.purpose != purpose or found.used_at or found.expires_at <= clock.now():
        raise gone()
    return found


def owner(session: Session, link: Link) -> Person:
    """Return the person to whom a link was given; NotFound when they have been erased."""
    person = session.get(Person, link.person_id) if link.person_id else None
    if person is None:
        raise gone()
    return person


def use(session: Session, token: str, purpose: Purpose) -> Link:
    """Use a link up; NotFound when it is unknown, over, or was used before. Two at once: one wins."""
    used = session.scalars(
        sa.update(Link)
        .where(
            Link.token_hash == hashed(token),
            Link.purpose == purpose,
            Link.used_at.is_(None),
            Link.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(Link)
    ).first()
    if used is None:
        raise gone()
    return used


def stands(session: Session, person_id: int, purpose: Purpose) -> bool:
    """Tell whether a person holds a link of this purpose that is still good."""
    found = sa.select(Link.token_hash).where(
        Link.person_id == person_id, Link.purpose == purpose, Link.used_at.is_(None),
        Link.expires_at > clock.now(),
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def end_all_to(session: Session, purpose: Purpose, target_id: int) -> None:
    """End all links of a purpose to one target that nobody has used yet."""
    session.execute(
        sa.delete(Link).where(Link.purpose == purpose, Link.target_id == target_id, Link.used_at.is_(None))
    )


def revoke(session: Session, person_id: int, *purposes: Purpose) -> None:
    """End all links of these purposes that a person holds."""
    session.execute(sa.delete(Link).where(Link.person_id == person_id, Link.purpose.in_(purposes)))
