"""Submissions: every filled-in form, with one life from received to accepted or rejected."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import Conflict, NotFound
from models.groups import WorkingGroup
from models.people import Person
from models.prepared import Prepared
from models.prepared import parameter as p
from models.staff import StaffMember
from translations import _


class State(StrEnum):
    """Where a submission is in its life."""

    RECEIVED = "received"
    RETURNED = "returned"  # the office has asked something back
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # the person has changed their mind before the office decided
    REPEATED = "repeated"  # sent again while the first one was still there: kept, nothing to do


PAPER = "paper"  # the channel of sheets that an officer types in
OPEN_STATES = (State.RECEIVED, State.RETURNED, State.ANSWERED)
WAITING_STATES = (State.RECEIVED, State.ANSWERED)  # those that wait for the office

STATE_WORDS = {
    State.RECEIVED: _("New"),
    State.RETURNED: _("Question asked"),
    State.ANSWERED: _("Answered"),
    State.ACCEPTED: _("Accepted"),
    State.REJECTED: _("Declined"),
    State.WITHDRAWN: _("Withdrawn"),
    State.REPEATED: _("Sent again"),
}


class Step(StrEnum):
    """What happened to a submission."""

    RECEIVED = "received"
    ASKED_BACK = "asked-back"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HANDED_OVER = "handed-over"
    REPEATED = "repeated"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"  # by the sender, before the office began; the words are those from before
    ADDED = "added"  # by the sender, afterwards
    REWORDED = "reworded"  # the public wording, by the office; the words are those from before
    HIDDEN = "hidden"  # a report was taken off the public page; the words are the reason
    SHOWN_AGAIN = "shown-again"
    GUARDIAN = "guardian"  # the office has heard a parent's or guardian's yes


STEP_WORDS = {
    Step.RECEIVED: _("Received"),
    Step.ASKED_BACK: _("Asked back"),
    Step.ANSWERED: _("Answered"),
    Step.ACCEPTED: _("Accepted"),
    Step.REJECTED: _("Declined"),
    Step.HANDED_OVER: _("Contact handed over"),
    Step.REPEATED: _("Sent again"),
    Step.WITHDRAWN: _("Withdrawn by the person"),
    Step.CORRECTED: _("Corrected by the person"),
    Step.ADDED: _("Something added"),
    Step.REWORDED: _("Public wording changed"),
    Step.HIDDEN: _("Taken off the public page"),
    Step.SHOWN_AGAIN: _("Shown in public again"),
    Step.GUARDIAN: _("A parent or guardian has said yes"),
}


class Submission(Base):
    """One filled-in form. `answers` holds the raw answers by question, `version` grows with every step."""

    __tablename__ = "submissions"

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # SHA-256 of the form key: one form, one row
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey(WorkingGroup.id))
    channel: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(200))
    answers: Mapped[dict[str, Any]]
    state: Mapped[State] = mapped_column(choice_of(State))
    version: Mapped[int]
    handed_over_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    keep_until: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    follows_id: Mapped[int | None] = mapped_column(  # the settled entry to which this one adds something
        sa.ForeignKey("submissions.id", ondelete="SET NULL"), index=True
    )
    typed_by_id: Mapped[int | None] = mapped_column(  # who of the office typed it on the person's behalf
        sa.ForeignKey(StaffMember.id)
    )

    person: Mapped[Person | None] = relationship(lazy="raise")
    history: Mapped[list["HistoryEntry"]] = relationship(order_by="HistoryEntry.id", lazy="raise")

    __table_args__ = (
        sa.Index("ix_submissions_state_id", "state", "id"),
        sa.Index("ix_submissions_group_id_id", "group_id", "id"),
        sa.Index("ix_submissions_form_state_id", "form", "state", "id"),
    )


class HistoryEntry(Base):
    """A step in a submission's life, with the words that were said, by whom and in which language."""

    __tablename__ = "history"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id, ondelete="CASCADE"), index=True)
    step: Mapped[Step] = mapped_column(choice_of(Step))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(20), default="")
    channel: Mapped[str] = mapped_column(sa.String(20), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember | None] = relationship(lazy="joined")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A form as it arrives: what is stored of it."""

    form: str
    key: str
    person_id: int
    group_id: int | None
    channel: str
    language: str
    title: str
    answers: dict[str, Any]
    needs_office: bool = True


def hashed(key: str) -> str:
    """Return how a form key is stored: its holder may see the thank-you page, so only a hash rests."""
    return hashlib.sha256(key.encode()).hexdigest()


# A form posted twice, from two taps or after a lost answer, must stay one row: the key decides.
_ARRIVE = Prepared(
    lambda insert: insert(Submission)
    .values(
        form=p("form"), key=p("key"), person_id=p("person_id"), group_id=p("group_id"), channel=p("channel"),
        language=p("language"), title=p("title"), answers=p("answers"), state=p("state"),
        version=sa.literal_column("1"), received_at=p("now"), changed_at=p("now"),
    )
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(Submission.__table__.c.id)
)  # fmt: skip


def arrive(session: Session, arrival: Arrival) -> int | None:
    """Store a submission and return its id; None when a form of this key is there already."""
    values = {
        "form": arrival.form, "key": hashed(arrival.key), "person_id": arrival.person_id,
        "group_id": arrival.group_id, "channel": arrival.channel, "language": arrival.language,
        "title": arrival.title[:200], "answers": arrival.answers, "now": clock.now(),
        "state": (State.RECEIVED if arrival.needs_office else State.ACCEPTED).value,
    }  # fmt: skip
    row = _ARRIVE.run(session, values)
    return row[0] if row else None


class Arrived(NamedTuple):
    """What the thanks need to know of a submission."""

    form: str
    answers: dict[str, str]
    group_id: int | None
    received_at: datetime
    id: int


_TABLE = Submission.__table__.c
_ARRIVED = sa.select(_TABLE.form, _TABLE.answers, _TABLE.group_id, _TABLE.received_at, _TABLE.id).where(
    _TABLE.key == p("key")
)


def arrived(session: Session, key: str) -> Arrived | None:
    """Return what came with this form key; asked by everybody who has just sent a form."""
    row = session.connection().execute(_ARRIVED, {"key": hashed(key)}).first()
    return Arrived(*row) if row else None


_BY_KEY = sa.select(Submission).where(Submission.key == p("key"))


def by_key(session: Session, key: str) -> Submission | None:
    """Return the submission that came with this form key."""
    return session.scalars(_BY_KEY, {"key": hashed(key)}).first()


def get(session: Session, submission_id: int) -> Submission:
    """Return the submission; NotFound in plain words otherwise."""
    found = session.get(Submission, submission_id)
    if found is None:
        raise NotFound(_("This entry does not exist."))
    return found


def hold(session: Session, submission_id: int) -> Submission:
    """Return the submission as it is now; nobody else moves it on until the transaction ends."""
    held = session.get(Submission, submission_id, with_for_update=True, populate_existing=True)
    return held if held is not None else get(session, submission_id)


def advance(
    session: Session,
    submission: Submission,
    *,
    version: int,
    state: State,
    step: Step,
    staff: StaffMember | None = None,
    words: str = "",
    language: str = "",
    channel: str = "",
) -> HistoryEntry:
    """Move a submission on if it still is as the person saw it; Conflict if somebody was quicker."""
    now = clock.now()
    moved = session.execute(
        sa.update(Submission)
        .where(Submission.id == submission.id, Submission.version == version)
        .values(state=state, version=version + 1, changed_at=now)
        .returning(Submission.id)
        .execution_options(synchronize_session=False)
    ).first()
    if moved is None:
        raise Conflict(_("Somebody else has just worked on this entry. Please look at it again."))
    session.refresh(submission)
    entry = HistoryEntry(
        submission_id=submission.id, step=step, staff_id=staff.id if staff else None, words=words,
        language=language, channel=channel, at=now,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry


def correct(
    session: Session,
    submission: Submission,
    *,
    version: int,
    answers: dict[str, Any],
    group_id: int | None,
    title: str,
    before: str,
    language: str = "",
    channel: str = "",
) -> None:
    """Put other answers in the place of those that were sent; the words `before` stay in the history.

    Conflict if somebody was quicker; who has the entry open now will be told so in turn.
    """
    advance(
        session, submission, version=version, state=submission.state, step=Step.CORRECTED, words=before,
        language=language, channel=channel,
    )  # fmt: skip
    submission.answers, submission.group_id, submission.title = dict(answers), group_id, title[:200]
    session.flush()


def begun_by_office(session: Session, submission_ids: Sequence[int]) -> set[int]:
    """Return which of these entries somebody of the office has done something with."""
    return set(
        session.scalars(
            sa.select(HistoryEntry.submission_id)
            .where(HistoryEntry.submission_id.in_(submission_ids), HistoryEntry.staff_id.is_not(None))
            .distinct()
        )
    )


def follow(session: Session, submission_id: int, earlier_id: int) -> None:
    """Note that an entry adds something to a settled one."""
    get(session, submission_id).follows_id = earlier_id
    session.flush()


def mark_repeated(session: Session, submission_id: int) -> None:
    """Note that a sign-up came again while the first one still stands; the office need not look."""
    session.execute(
        sa.update(Submission)
        .where(Submission.id == submission_id)
        .values(state=State.REPEATED)
        .execution_options(synchronize_session=False)
    )


def withdraw(session: Session, submission_id: int) -> None:
    """Close a submission that its sender no longer wants, if the office has not decided on it yet."""
    now = clock.now()
    withdrawn = session.execute(
        sa.update(Submission)
        .where(Submission.id == submission_id, Submission.state.in_(OPEN_STATES))
        .values(state=State.WITHDRAWN, version=Submission.version + 1, changed_at=now)
        .returning(Submission.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if withdrawn:
        session.add(HistoryEntry(submission_id=submission_id, step=Step.WITHDRAWN, at=now))
        session.flush()


def last_words(session: Session, submission_id: int, step: Step) -> str | None:
    """Return the words of the latest step of a kind."""
    return session.scalars(
        sa.select(HistoryEntry.words)
        .where(HistoryEntry.submission_id == submission_id, HistoryEntry.step == step)
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    ).first()


def history_of(session: Session, submission_id: int) -> list[HistoryEntry]:
    """Return the steps of a submission, the first first."""
    return list(
        session.scalars(
            sa.select(HistoryEntry)
            .where(HistoryEntry.submission_id == submission_id)
            .order_by(HistoryEntry.id)
        )
    )


def open_questions(session: Session, person_id: int) -> list[Submission]:
    """Return the person's submissions on which the office waits for an answer, the newest first."""
    return list(
        session.scalars(
            sa.select(Submission)
            .where(Submission.person_id == person_id, Submission.state == State.RETURNED)
            .order_by(Submission.changed_at.desc())
        )
    )


def of_person(session: Session, person_id: int) -> list[Submission]:
    """Return everything that a person has sent, the newest first."""
    return list(
        session.scalars(
            sa.select(Submission).where(Submission.person_id == person_id).order_by(Submission.id.desc())
        )
    )
