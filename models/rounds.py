"""Status rounds: twice a year every group is asked how far its milestones are.

A round has one request per group. It asks the lead, reminds, and ends with the answer.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import Conflict, NotFound
from models.groups import WorkingGroup
from models.people import Person
from models.programmes import Programme
from models.sheets import GoalSheet, Milestone
from models.staff import StaffMember
from models.submissions import Submission
from translations import LANGUAGES, Localised, Text, _, dates


class RequestState(StrEnum):
    """Where a group stands in a round."""

    SILENT = "silent"  # nobody could be asked yet: no lead, or a lead without a channel
    ASKED = "asked"
    BEGUN = "begun"  # the lead has answered something and not sent it yet
    ANSWERED = "answered"


FORM = "status-round"  # the form that answers a whole round
WAITING = (RequestState.ASKED, RequestState.BEGUN)  # the lead has been asked and has not answered
REQUEST_WORDS = {
    RequestState.SILENT: _("Not asked: nobody can be reached"),
    RequestState.ASKED: _("Asked"),
    RequestState.BEGUN: _("Begun"),
    RequestState.ANSWERED: _("Answered"),
}


class StatusRound(Base):
    """One round of a programme, named by the month in which it opens (its first day)."""

    __tablename__ = "status_rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey(Programme.id))
    month: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (sa.UniqueConstraint("programme_id", "month"),)


class RoundRequest(Base):
    """What a group is asked in a round, and whether it has answered."""

    __tablename__ = "round_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey(StatusRound.id, ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey(WorkingGroup.id, ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    state: Mapped[RequestState] = mapped_column(choice_of(RequestState))
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Submission.id, ondelete="SET NULL"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))  # typed on the lead's behalf

    __table_args__ = (sa.UniqueConstraint("round_id", "group_id"),)


def titles(number: str, month: date) -> tuple[Text, Text]:
    """Return what an answer of a group is called: with something new, and with everything as before."""
    said = month_words(month)
    return (
        _("{number} Status round {month}")(number=number, month=said),
        _("{number} Status round {month}: everything as before")(number=number, month=said),
    )


def month_words(month: date) -> Localised:
    """Return the name of a month in every language, for letters whose readers are not known yet."""
    return Localised({entry.tag: dates.month(month, entry.tag) for entry in LANGUAGES})


def get(session: Session, round_id: int) -> StatusRound:
    """Return the round; NotFound in plain words otherwise."""
    found = session.get(StatusRound, round_id)
    if found is None:
        raise NotFound(_("There is no such status round."))
    return found


def listed(session: Session) -> Sequence[StatusRound]:
    """Return all rounds, the newest first."""
    return session.scalars(
        sa.select(StatusRound).order_by(StatusRound.month.desc(), StatusRound.id.desc())
    ).all()


def running(session: Session) -> Sequence[StatusRound]:
    """Return the rounds that have not been closed."""
    return session.scalars(
        sa.select(StatusRound).where(StatusRound.closed_at.is_(None)).order_by(StatusRound.id)
    ).all()


def of_month(session: Session, programme_id: int, month: date) -> StatusRound | None:
    """Return the round of a programme in a month."""
    return session.scalars(
        sa.select(StatusRound).where(
            StatusRound.programme_id == programme_id, StatusRound.month == month.replace(day=1)
        )
    ).first()


def requests(session: Session, round_id: int) -> Sequence[RoundRequest]:
    """Return the requests of a round, one per group."""
    return session.scalars(
        sa.select(RoundRequest).where(RoundRequest.round_id == round_id).order_by(RoundRequest.group_id)
    ).all()


def of_person(session: Session, person_id: int) -> Sequence[RoundRequest]:
    """Return for which groups a person was asked, the oldest first."""
    return session.scalars(
        sa.select(RoundRequest).where(RoundRequest.person_id == person_id).order_by(RoundRequest.id)
    ).all()


def hold(session: Session, one: StatusRound) -> Sequence[RoundRequest]:
    """Return the requests of a round as they are now; nobody else changes it or them meanwhile.

    On SQLite a transaction is alone anyhow. On a server two who ask, remind or close wait for each other, and
    an answer that comes now waits too, or is seen here.
    """
    session.refresh(one, with_for_update=True)
    return session.scalars(
        sa.select(RoundRequest)
        .where(RoundRequest.round_id == one.id)
        .order_by(RoundRequest.group_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def current(session: Session, group_id: int) -> RoundRequest | None:
    """Return what a group is asked in its newest round. Late answers are welcome until the next one."""
    return session.scalars(
        sa.select(RoundRequest)
        .join(StatusRound, StatusRound.id == RoundRequest.round_id)
        .where(RoundRequest.group_id == group_id)
        .order_by(StatusRound.month.desc(), StatusRound.id.desc())
        .limit(1)
    ).first()


def request(session: Session, request_id: int) -> RoundRequest | None:
    """Return one request, None when there is none of this number."""
    return session.get(RoundRequest, request_id)


def month_answered(session: Session, submission_id: int) -> date | None:
    """Return the month of the round that an entry answers."""
    return session.scalar(
        sa.select(StatusRound.month)
        .join(RoundRequest, RoundRequest.round_id == StatusRound.id)
        .where(RoundRequest.submission_id == submission_id)
    )


def milestones_by_group(session: Session, group_ids: Collection[int]) -> dict[int, list[Milestone]]:
    """Return the milestones of several groups in their order: one statement for all of them."""
    found: dict[int, list[Milestone]] = {}
    rows = session.execute(
        sa.select(GoalSheet.group_id, Milestone)
        .join(GoalSheet, GoalSheet.id == Milestone.sheet_id)
        .where(GoalSheet.group_id.in_(group_ids))
        .order_by(GoalSheet.group_id, Milestone.position)
    )
    for group_id, milestone in rows:
        found.setdefault(group_id, []).append(milestone)
    return found


def milestones_of(session: Session, group_id: int) -> Sequence[Milestone]:
    """Return all milestones of a group in their order, dropped ones too."""
    return milestones_by_group(session, [group_id]).get(group_id, [])


def begun(session: Session, one: RoundRequest) -> None:
    """Note that the lead has begun to answer."""
    if one.state is RequestState.ASKED:
        one.state = RequestState.BEGUN
        session.flush()


def takes_answers(session: Session, one: RoundRequest) -> bool:
    """Return whether the group can still answer: a report on one milestone is not yet the whole answer."""
    if one.state is not RequestState.ANSWERED:
        return True
    sent = session.get(Submission, one.submission_id) if one.submission_id else None
    return sent is not None and sent.form != FORM


def settle(session: Session, one: RoundRequest, submission_id: int, *, staff_id: int | None = None) -> None:
    """Note the answer: from now on nobody is reminded. Two at once: one wins, the other gets a Conflict."""
    if not takes_answers(session, one):
        raise answered_already()
    done = session.execute(
        sa.update(RoundRequest)
        .where(
            RoundRequest.id == one.id,
            sa.or_(
                RoundRequest.state != RequestState.ANSWERED, RoundRequest.submission_id == one.submission_id
            ),
        )
        .values(
            state=RequestState.ANSWERED, answered_at=clock.now(), submission_id=submission_id,
            staff_id=staff_id,
        )
        .returning(RoundRequest.id)
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    if done is None:
        raise answered_already()
    session.refresh(one)


def answered_already() -> Conflict:
    """Return the kind refusal of a second answer."""
    return Conflict(_("Somebody has answered for this group already. Thank you!"))
