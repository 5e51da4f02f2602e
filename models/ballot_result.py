"""What a ballot has come to: topics by their dots, ties said plainly; and goals out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import ballots, clock
from models.ballots import Ballot, BallotCard, BallotDot, BallotTopic, Phase
from models.db import cache_of, today_in
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.goals import Carrier, Field, Goal, Ownership, position_of
from models.groups import WorkingGroup
from models.programmes import Programme
from models.staff import OFFICE, StaffMember
from models.when import When
from translations import SOURCE, Localised, Text, _

MOST_SUMMARY = 5000
SHARED = _("Place {rank}, shared by {n} topics")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A topic with its dots and its place; others may share it."""

    topic: BallotTopic
    dots: int
    rank: int
    sharing: int  # topics that have this place, with this one
    cards: Sequence[BallotCard]

    @property
    def total(self) -> int:
        """Return all dots, from pages, chats and paper."""
        return self.dots + self.topic.paper

    @property
    def place(self) -> Text:
        """Say the place, and plainly where it is shared."""
        if self.sharing > 1:
            return SHARED(rank=self.rank, n=self.sharing)
        return _("Place {rank}")(rank=self.rank)


def results(session: Session, ballot: Ballot) -> list[Ranked]:
    """Return the topics, those with most dots first; equal ones share a place."""
    found = ballots.topics(session, ballot.id)
    counted = {one.id: one.dots for one in found}
    if ballot.phase is not Phase.RESULT:
        rows = session.execute(
            sa.select(BallotDot.topic_id, sa.func.count())
            .where(BallotDot.topic_id.in_(counted))
            .group_by(BallotDot.topic_id)
        )
        counted |= {row[0]: row[1] for row in rows}
    shown = ballots.cards(session, ballot.id)
    totals = {one.id: counted[one.id] + one.paper for one in found}
    return [
        Ranked(
            one, counted[one.id], 1 + sum(other > totals[one.id] for other in totals.values()),
            list(totals.values()).count(totals[one.id]), [card for card in shown if card.topic_id == one.id],
        )
        for one in sorted(found, key=lambda one: (-totals[one.id], one.id))
    ]  # fmt: skip


def turnout(session: Session, ballot: Ballot) -> int:
    """Return how many people have given dots on pages and in chats."""
    if ballot.phase is Phase.RESULT:
        return ballot.turnout
    of = sa.select(BallotTopic.id).where(BallotTopic.ballot_id == ballot.id)
    count = sa.select(sa.func.count(BallotDot.voter_id.distinct())).where(BallotDot.topic_id.in_(of))
    return session.scalar(count) or 0


def fields(session: Session, ballot: Ballot) -> Sequence[Field]:
    """Return the fields of the ballot's programme, for the new goals to stand in."""
    wanted = sa.select(Field).where(Field.programme_id == ballot.programme_id)
    return session.scalars(wanted.order_by(Field.number)).all()


def make_goals(
    session: Session,
    by: StaffMember,
    ballot_id: int,
    topic_ids: Sequence[int],
    *,
    field_id: int,
    programme_id: int | None,
    title: str,
) -> list[Goal]:
    """Make goals of topics, each with a group that takes nobody in yet; once for each ballot.

    They are the office's alone until it shows them to everybody.

    They stand in a programme that is there, or in a new one of this title that begins when the last one ends,
    or with the next year.
    """
    if by.role not in OFFICE:
        raise NotAllowed(_("You may not do this."))
    ballot = ballots.held(session, ballot_id, *Phase)
    if ballot.phase is not Phase.RESULT or ballot.became_id is not None:
        raise Conflict(_("This has been done already, or the vote is not closed yet."))
    chosen = [one for one in results(session, ballot) if one.topic.id in set(topic_ids)]
    if not chosen:
        raise InvalidAnswer(_("Please choose at least one."))
    programme = _programme(session, ballot, programme_id, title)
    field = _field(session, ballot, programme, field_id)
    number = _last_number(session, field)
    made = []
    for place, one in enumerate(chosen, 1):
        made.append(_goal(session, programme, field, f"{field.number}.{number + place}", one))
    ballot.became_id = programme.id
    session.flush()
    cache_of(session).drop()
    return made


def _programme(session: Session, ballot: Ballot, programme_id: int | None, title: str) -> Programme:
    if programme_id is not None:
        found = session.get(Programme, programme_id)
        if found is None:
            raise NotFound(_("There is no such programme."))
        return found
    if not title:
        raise InvalidAnswer(_("Please give it a name."))
    if session.scalar(sa.select(Programme.id).where(Programme.title == title)) is not None:
        raise Conflict(_("There is a programme of this name already."))
    last = session.get_one(Programme, ballot.programme_id)
    today = today_in(session)
    is_running = last.ends is not None and last.ends >= today
    begins = last.ends + timedelta(days=1) if last.ends and is_running else date(today.year + 1, 1, 1)
    made = Programme(
        title=title, starts=begins, ends=None, status_months=list(last.status_months or []),
        conference_month=last.conference_month, conference_name=last.conference_name,
        interim_due=When.nothing(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _field(session: Session, ballot: Ballot, programme: Programme, field_id: int) -> Field:
    """Return the field of the same number in the programme; a new programme gets one of the same name."""
    chosen = session.get(Field, field_id)
    if chosen is None or chosen.programme_id != ballot.programme_id:
        raise InvalidAnswer(_("Please choose one."))
    same = sa.select(Field).where(Field.programme_id == programme.id, Field.number == chosen.number)
    found = session.scalars(same).first()
    if found is None:
        found = Field(programme_id=programme.id, number=chosen.number, name=chosen.name)
        session.add(found)
        session.flush()
    return found


def _last_number(session: Session, field: Field) -> int:
    """Return the highest number of a goal in this field, of all programmes: groups are found by them."""
    taken = session.scalars(sa.select(Goal.number).where(Goal.number.like(f"{field.number}.%")))
    return max((int(one.split(".")[1]) for one in taken), default=0)


def _goal(session: Session, programme: Programme, field: Field, number: str, one: Ranked) -> Goal:
    lines = [card.public.to(SOURCE) for card in one.cards]
    summary = Localised({SOURCE: "\n".join(line for line in lines if line)[:MOST_SUMMARY]})
    goal = Goal(
        programme_id=programme.id, field_id=field.id, number=number, position=position_of(number),
        title=one.topic.title, summary=summary, deadline=When.nothing(), is_draft=True,
    )  # fmt: skip
    session.add(goal)
    session.flush()
    session.add(Ownership(goal_id=goal.id, position=1, carrier=Carrier.GROUPS, recorded_at=clock.now()))
    session.add(WorkingGroup(goal_id=goal.id, is_open=False))
    session.flush()
    return goal
