"""Consents: who agreed to what, in which words, when and where; and who took it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.people import Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.submissions import Submission
from translations import Text, _

CONTACT_RELAY = "contact-relay"
GROUP_UPDATES = "group-updates"
EVENT_NEEDS = "event-needs"
PURPOSE_WORDS: Mapping[str, Text] = {
    CONTACT_RELAY: _("Passing my contact on to the group's contact person"),
    GROUP_UPDATES: _("News of my groups"),
    EVENT_NEEDS: _("What I need at an event"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it was just given: the purpose and the words that the person saw."""

    purpose: str
    version: int
    wording: str
    language: str


class Consent(Base):
    """One consent of one person, with the wording that they saw; withdrawing keeps the row."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )
    purpose: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    wording: Mapped[str] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.String(20))
    channel: Mapped[str] = mapped_column(sa.String(20))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


_GIVE = Prepared(
    lambda insert: insert(Consent).values(
        person_id=p("person_id"), submission_id=p("submission_id"), purpose=p("purpose"),
        version=p("version"), wording=p("wording"), language=p("language"), channel=p("channel"),
        given_at=p("given_at"),
    )
)  # fmt: skip


def give(
    session: Session, person_id: int, given: Iterable[Given], *, submission_id: int | None, channel: str
) -> None:
    """Store consents with the words that were shown."""
    now = clock.now()
    rows = [
        {
            "person_id": person_id, "submission_id": submission_id, "purpose": one.purpose,
            "version": one.version, "wording": one.wording, "language": one.language, "channel": channel,
            "given_at": now,
        }
        for one in given
    ]  # fmt: skip
    if rows:
        _GIVE.run_many(session, rows)


def of_submission(session: Session, submission_id: int) -> list[Consent]:
    """Return the consents given with one form, the first given first."""
    return list(
        session.scalars(sa.select(Consent).where(Consent.submission_id == submission_id).order_by(Consent.id))
    )


def of_person(session: Session, person_id: int) -> list[Consent]:
    """Return all consents of a person, withdrawn ones too."""
    return list(
        session.scalars(sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    )


def holds(session: Session, submission_id: int, purpose: str) -> bool:
    """Return whether the consent given with this form for this purpose still stands."""
    return any(
        one.purpose == purpose and one.withdrawn_at is None for one in of_submission(session, submission_id)
    )


def standing_in(session: Session, person_id: int, purpose: str, group_id: int) -> list[Consent]:
    """Return the consents for a purpose that a person gave for one group and that still stand."""
    return list(
        session.scalars(
            sa.select(Consent)
            .join(Submission, Submission.id == Consent.submission_id)
            .where(
                Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None),
                Submission.group_id == group_id,
            )
        )
    )  # fmt: skip
