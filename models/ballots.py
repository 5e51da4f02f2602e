"""Ballots with sticky dots: people suggest goals on cards, moderators sort them into topics, everyone votes.

Cards and dots know their voter only for the limit: two cards, three dots. When a ballot is closed, its voters
are removed and the dots become numbers, so that nobody can tell who gave which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import LocalisedWords, UTCDateTime, choice_of
from models.db import Base, cache_of
from models.errors import Conflict, NotAllowed, NotFound
from models.events import Event
from models.feedback import may_moderate
from models.groups import new_code
from models.programmes import Programme
from models.registrations import Registration
from models.staff import StaffMember
from translations import Localised, Text, _

MOST_EACH = 9  # cards or dots that one voter can have
LONGEST_CARD = 300


class Phase(StrEnum):
    """What can be done now."""

    SUGGEST = "suggest"
    GROUP = "group"
    VOTE = "vote"
    RESULT = "result"


PHASE_WORDS: Mapping[Phase, Text] = {
    Phase.SUGGEST: _("Suggest"),
    Phase.GROUP: _("Sort"),
    Phase.VOTE: _("Vote"),
    Phase.RESULT: _("Result"),
}
CLOSED = _("This vote is closed.")


class Ballot(Base):
    """A vote on topics, at an event or by numbered slips; `turnout` is known once it is closed."""

    __tablename__ = "ballots"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_code)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Event.id, ondelete="SET NULL"), index=True)
    title: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))
    phase: Mapped[Phase] = mapped_column(choice_of(Phase), default=Phase.SUGGEST)
    cards_each: Mapped[int] = mapped_column(default=2)
    dots_each: Mapped[int] = mapped_column(default=3)
    turnout: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    became_id: Mapped[int | None] = mapped_column(  # the programme whose goals its topics became
        sa.ForeignKey(Programme.id)
    )


@dataclass(frozen=True, slots=True)
class VoteCard:
    """What leads to a ballot; safe to keep in memory."""

    id: int
    code: str
    title: Localised


class BallotVoter(Base):
    """Somebody who takes part while the ballot runs: a place of a registration, or a slip with a number.

    `version` grows with each change of their dots: the lock that holds the limit, and what makes a button
    that is pressed twice count once.
    """

    __tablename__ = "ballot_voters"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(sa.ForeignKey(Ballot.id, ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Registration.id, ondelete="CASCADE"), index=True
    )
    seat: Mapped[int] = mapped_column(default=1)  # which of the places that the registration has
    slip: Mapped[str | None] = mapped_column(sa.String(64))  # hashed
    version: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        sa.UniqueConstraint("ballot_id", "registration_id", "seat"),
        sa.UniqueConstraint("ballot_id", "slip"),
    )


class BallotTopic(Base):
    """What can be voted on. `dots` are those of pages and chats, once closed; `paper` those from paper."""

    __tablename__ = "ballot_topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(sa.ForeignKey(Ballot.id, ondelete="CASCADE"), index=True)
    title: Mapped[Localised] = mapped_column(LocalisedWords, default=Localised({}))
    dots: Mapped[int] = mapped_column(default=0)
    paper: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class BallotCard(Base):
    """A suggestion in somebody's own words, with the office's German beside it."""

    __tablename__ = "ballot_cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(sa.ForeignKey(Ballot.id, ondelete="CASCADE"), index=True)
    voter_id: Mapped[int | None] = mapped_column(sa.ForeignKey(BallotVoter.id, ondelete="CASCADE"))
    slot: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)  # hashed; posted twice is one
    words: Mapped[str] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.String(20))
    german: Mapped[str] = mapped_column(sa.Text, default="")
    topic_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(BallotTopic.id, ondelete="SET NULL"), index=True
    )
    is_hidden: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (sa.UniqueConstraint("voter_id", "slot"),)

    @property
    def public(self) -> Localised:
        """Return what everybody reads: the office's wording where there is one, beside the original."""
        said = {self.language: self.words} if self.words else {}
        return Localised({**said, "de": self.german} if self.german else said)


class BallotDot(Base):
    """One dot of a voter on a topic; the slot makes it one of so many."""

    __tablename__ = "ballot_dots"

    voter_id: Mapped[int] = mapped_column(
        sa.ForeignKey(BallotVoter.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey(BallotTopic.id, ondelete="CASCADE"), index=True)

    __table_args__ = (sa.CheckConstraint(f"slot BETWEEN 1 AND {MOST_EACH}", name="slot"),)


def must_moderate(by: StaffMember) -> None:
    """Refuse who does not run votes."""
    if not may_moderate(by):
        raise NotAllowed(_("You may not do this."))


def _missing() -> NotFound:
    return NotFound(_("There is no such vote."))


def by_code(session: Session, code: str) -> Ballot:
    """Return the ballot of a code."""
    found = session.scalars(sa.select(Ballot).where(Ballot.code == code.strip().upper())).first()
    if found is None:
        raise _missing()
    return found


def get(session: Session, ballot_id: int) -> Ballot:
    """Return a ballot."""
    found = session.get(Ballot, ballot_id)
    if found is None:
        raise _missing()
    return found


def held(session: Session, ballot_id: int, *phases: Phase, shared: bool = False) -> Ballot:
    """Return a ballot that stays in its phase until the transaction ends; Conflict where it is in another.

    Voters hold it together; who changes the phase waits for all of them, and they for that.
    """
    wanted = sa.select(Ballot).where(Ballot.id == ballot_id).with_for_update(read=shared)
    found = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise _missing()
    if found.phase not in phases:
        raise Conflict(CLOSED if found.phase is Phase.RESULT else _("This is not open at the moment."))
    return found


def listed(session: Session) -> Sequence[Ballot]:
    """Return all ballots, the latest first."""
    return session.scalars(sa.select(Ballot).order_by(Ballot.id.desc())).all()


def of_event(session: Session, event_id: int) -> Sequence[Ballot]:
    """Return the ballots of an event, the latest first."""
    wanted = sa.select(Ballot).where(Ballot.event_id == event_id)
    return session.scalars(wanted.order_by(Ballot.id.desc())).all()


def seen_at(session: Session, event_id: int) -> tuple[VoteCard, ...]:
    """Return the votes of an event as its page names them, from memory: a whole hall opens it at once."""

    def load() -> tuple[VoteCard, ...]:
        return tuple(VoteCard(one.id, one.code, one.title) for one in of_event(session, event_id))

    return cache_of(session).get(f"votes {event_id}", load)


def topics(session: Session, ballot_id: int) -> Sequence[BallotTopic]:
    """Return what can be voted on, in the order in which it was opened."""
    wanted = sa.select(BallotTopic).where(BallotTopic.ballot_id == ballot_id)
    return session.scalars(wanted.order_by(BallotTopic.id)).all()


def topic(session: Session, topic_id: int) -> BallotTopic:
    """Return one topic."""
    found = session.get(BallotTopic, topic_id)
    if found is None:
        raise NotFound(_("This is not there any more."))
    return found


def cards(session: Session, ballot_id: int, *, hidden: bool = False) -> Sequence[BallotCard]:
    """Return the cards in the order of their arrival."""
    wanted = sa.select(BallotCard).where(BallotCard.ballot_id == ballot_id)
    if not hidden:
        wanted = wanted.where(BallotCard.is_hidden.is_(False))
    return session.scalars(wanted.order_by(BallotCard.id)).all()


def mark(session: Session, ballot: Ballot) -> str:
    """Return a mark that changes whenever something on the board does: cards, topics, phase."""
    parts: list[object] = [ballot.phase.value]
    for table in (BallotCard, BallotTopic):
        found = sa.func.count(), sa.func.max(table.id), sa.func.sum(table.version)
        parts += session.execute(sa.select(*found).where(table.ballot_id == ballot.id)).one()
    return "-".join(str(part or 0) for part in parts)


def old_words(until: datetime) -> sa.Select[int]:
    """Select the cards with words whose ballot had ended by then."""
    over = sa.select(Ballot.id).where(sa.func.coalesce(Ballot.closed_at, Ballot.created_at) <= until)
    return sa.select(BallotCard.id).where(BallotCard.ballot_id.in_(over), BallotCard.words != "")


def forget_words(session: Session, card_ids: Sequence[int]) -> None:
    """Empty cards; topics and dots stay."""
    session.execute(
        sa.update(BallotCard)
        .where(BallotCard.id.in_(card_ids))
        .values(words="", german="", version=BallotCard.version + 1)
        .execution_options(synchronize_session=False)
    )
