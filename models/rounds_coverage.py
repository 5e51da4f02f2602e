"""Who has answered in a status round, and who is silent."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups, leading
from models.groups import GroupCard
from models.people import Person
from models.rounds import RequestState, RoundRequest, StatusRound
from models.staff import StaffMember

_ORDER = (RequestState.SILENT, RequestState.ASKED, RequestState.BEGUN, RequestState.ANSWERED)


@dataclass(frozen=True, slots=True)
class Line:
    """One group in a round: who is asked (or leads it), and who of the office typed the answers."""

    request: RoundRequest
    card: GroupCard
    lead: Person | None
    typed_by: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """A round with all its groups, the silent ones first."""

    round: StatusRound
    lines: tuple[Line, ...]

    @property
    def answered(self) -> int:
        """Return how many groups have answered."""
        return sum(line.request.state is RequestState.ANSWERED for line in self.lines)

    @property
    def silent(self) -> tuple[Line, ...]:
        """Return the groups that nobody could ask: no lead, or a lead without a channel."""
        return tuple(line for line in self.lines if line.request.state is RequestState.SILENT)

    @property
    def unanswered(self) -> tuple[Line, ...]:
        """Return the groups that have not answered, asked or not."""
        return tuple(line for line in self.lines if line.request.state is not RequestState.ANSWERED)


def coverage(session: Session, one: StatusRound) -> Coverage:
    """Return who was asked, reminded and has answered: three statements, however many groups there are."""
    rows = session.execute(
        sa.select(RoundRequest, Person, StaffMember.name)
        .outerjoin(Person, Person.id == RoundRequest.person_id)
        .outerjoin(StaffMember, StaffMember.id == RoundRequest.staff_id)
        .where(RoundRequest.round_id == one.id)
    ).all()
    led = leading.of_groups(session, [request.group_id for request, _person, _typed in rows])
    cards = {card.id: card for card in groups.directory(session).cards}
    place = {group_id: number for number, group_id in enumerate(cards)}
    lines = [
        Line(request, cards[request.group_id], person or _first(led.get(request.group_id, [])), typed or "")
        for request, person, typed in rows
        if request.group_id in cards
    ]
    lines.sort(key=lambda line: (_ORDER.index(line.request.state), place[line.card.id]))
    return Coverage(one, tuple(lines))


def _first(led: Sequence[Person]) -> Person | None:
    return led[0] if led else None


def counts(session: Session) -> dict[int, tuple[int, int]]:
    """Return (answered, asked at all) of each round by its id: one statement for all rounds."""
    done = sa.func.sum(sa.case((RoundRequest.state == RequestState.ANSWERED, 1), else_=0))
    rows = session.execute(
        sa.select(RoundRequest.round_id, done, sa.func.count(RoundRequest.id)).group_by(RoundRequest.round_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}
