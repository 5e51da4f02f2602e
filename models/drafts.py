"""Drafts: half-filled forms, as raw answers. A restart loses nothing; another channel can go on."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, periods
from models.columns import UTCDateTime
from models.db import Base
from models.people import Person


class Draft(Base):
    """A form that somebody has begun. In chat each person has at most one at a time.

    `asked` names the question that waits for an answer ("" = the check before sending), `key` becomes
    the submission's key, `version` grows with each step and stands in the chat's buttons.
    """

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), unique=True)
    form: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(64))
    answers: Mapped[dict[str, Any]]
    asked: Mapped[str] = mapped_column(sa.String(40), default="")
    target_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(sa.String(20))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def begin(
    session: Session,
    form: str,
    *,
    person_id: int | None,
    language: str,
    answers: dict[str, Any] | None = None,
    target_id: int | None = None,
) -> Draft:
    """Begin a form afresh; in chat it takes the place of what the person had begun before."""
    if person_id is not None:
        session.execute(sa.delete(Draft).where(Draft.person_id == person_id))
    now = clock.now()
    draft = Draft(
        person_id=person_id, form=form, key=secrets.token_urlsafe(16), answers=dict(answers or {}), asked="",
        target_id=target_id, version=1, language=language, changed_at=now,
        expires_at=now + periods.of(session)["drafts"],
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def of_person(session: Session, person_id: int) -> Draft | None:
    """Return what the person has begun in chat."""
    return session.scalars(
        sa.select(Draft).where(Draft.person_id == person_id, Draft.expires_at > clock.now())
    ).first()


def get(session: Session, draft_id: int) -> Draft | None:
    """Return the draft if it is still there."""
    found = session.get(Draft, draft_id)
    return found if found and found.expires_at > clock.now() else None


def keep(session: Session, draft: Draft, answers: dict[str, Any], *, asked: str) -> None:
    """Store the answers so far and what is asked next."""
    draft.answers = dict(answers)
    draft.asked = asked
    draft.version += 1
    draft.changed_at = clock.now()
    draft.expires_at = draft.changed_at + periods.of(session)["drafts"]
    session.flush()


def complete(session: Session, draft: Draft, answers: dict[str, Any]) -> None:
    """Store answers that came late, without a new step: what was asked and shown stays good."""
    draft.answers = dict(answers)
    draft.changed_at = clock.now()
    session.flush()


def take_over(session: Session, draft: Draft, person_id: int) -> None:
    """Let a person go on in chat with a draft from a page, instead of what they had begun there."""
    session.execute(sa.delete(Draft).where(Draft.person_id == person_id, Draft.id != draft.id))
    draft.person_id = person_id
    session.flush()


def drop(session: Session, draft: Draft) -> None:
    """Forget a draft."""
    session.delete(draft)
    session.flush()
