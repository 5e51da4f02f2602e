"""Watching updates: all of them in a list, one on its way, and what became of each recipient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import audiences, clock, troubles, updates, updates_writing
from models.audiences import Audience
from models.broadcasts import Broadcast, BroadcastState
from models.changes import Author
from models.errors import Conflict
from models.group_chats import GroupChat
from models.outbox import Delivery, DeliveryState
from models.people import Person
from models.preferences import DigestItem
from models.staff import StaffMember
from models.updates import StepKind, Update, UpdateState, UpdateStep

PAGE = 50
_MOST_RETRIED = 500  # at one press
ENDED = frozenset(DeliveryState) - {DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.SENDING}


_MOVING = (DeliveryState.QUEUED, DeliveryState.SENDING)


def shown_state(update: Update, *, is_moving: bool) -> UpdateState:
    """Return where an update stands for its readers: not sent before the last letter has left."""
    return UpdateState.SENDING if is_moving and update.state is UpdateState.SENT else update.state


@dataclass(frozen=True, slots=True)
class Line:
    """An update in the list: who wrote it ("" for somebody erased), and to how many it goes or went."""

    update: Update
    writer: str
    planned: int | None
    is_moving: bool

    @property
    def state(self) -> UpdateState:
        """Return where it stands: sent only once nothing of it waits any more."""
        return shown_state(self.update, is_moving=self.is_moving)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the newest edition of an update is; nothing is left of it after the time for letters."""

    states: Mapping[DeliveryState, int]
    planned: int
    made: int
    weekly: int  # who gets it with the next weekly letter
    is_running: bool

    @property
    def settled(self) -> int:
        """Return to how many it has been decided: sent, failed, dropped or kept for the weekly letter."""
        return sum(count for state, count in self.states.items() if state in ENDED) + self.weekly

    @property
    def sent(self) -> int:
        """Return to how many it has been sent."""
        return self.states.get(DeliveryState.SENT, 0)

    @property
    def lost(self) -> int:
        """Return how many it did not reach."""
        return sum(self.states.get(state, 0) for state in troubles.LOST_STATES)

    @property
    def total(self) -> int:
        """Return how many there are in all, as far as is known."""
        known = sum(self.states.values()) + self.weekly
        return max(self.planned, known) if self.is_running else known

    @property
    def left(self) -> int:
        """Return to how many it still goes by itself, as far as is known."""
        ahead = max(0, self.planned - self.made) if self.is_running else 0
        return ahead + sum(self.states.get(state, 0) for state in _MOVING)

    @property
    def is_moving(self) -> bool:
        """Return whether something still goes out by itself."""
        return self.is_running or any(self.states.get(state) for state in _MOVING)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One delivery of an update: to a person, or to a linked group chat."""

    delivery: Delivery
    person: Person | None
    chat: GroupChat | None
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done with an update, and by whom; both names "" where the clock did it."""

    step: UpdateStep
    officer: str
    person: str


def listed(
    session: Session, *, group_id: int | None = None, below: int | None = None
) -> tuple[list[Line], int | None]:
    """Return updates, the newest first, and the number to go on below; of one group: what its leads wrote."""
    waits = (
        sa.select(Delivery.id)
        .join(Broadcast, Broadcast.message_id == Delivery.message_id)
        .where(Broadcast.update_id == Update.id, Delivery.state.in_(_MOVING))
        .correlate(Update)
        .exists()
    )
    query = (
        sa.select(Update, StaffMember.name, Person.name, Broadcast.planned, waits)
        .outerjoin(StaffMember, StaffMember.id == Update.staff_id)
        .outerjoin(Person, Person.id == Update.person_id)
        .outerjoin(Broadcast, sa.and_(Broadcast.update_id == Update.id, Broadcast.edition == 1))
        .order_by(Update.id.desc())
        .limit(PAGE + 1)
    )
    if group_id is not None:
        query = query.where(Update.group_id == group_id)
    if below is not None:
        query = query.where(Update.id < below)
    rows = session.execute(query).all()
    lines = [
        Line(one, officer or person or "", planned, moves)
        for one, officer, person, planned, moves in rows[:PAGE]
    ]
    return lines, lines[-1].update.id if len(rows) > PAGE else None


def progress(session: Session, update: Update) -> Progress:
    """Return how far an update is: three statements, however many get it."""
    newest = session.scalars(
        sa.select(Broadcast).where(Broadcast.update_id == update.id).order_by(Broadcast.edition.desc())
    ).first()
    if newest is None:
        return Progress({}, 0, 0, 0, False)
    counted = session.execute(
        sa.select(Delivery.state, sa.func.count())
        .where(Delivery.message_id == newest.message_id)
        .group_by(Delivery.state)
    )
    weekly = 0
    if newest.edition == 1:
        weekly = session.scalar(
            sa.select(sa.func.count()).select_from(DigestItem).where(DigestItem.update_id == update.id)
        ) or 0  # fmt: skip
    states = {state: int(count) for state, count in counted}
    is_running = newest.state is BroadcastState.RUNNING
    return Progress(states, newest.planned, newest.made, weekly, is_running)


def recipients(
    session: Session, update_id: int, *, states: Sequence[DeliveryState] = (), after: int = 0
) -> tuple[list[Recipient], int | None]:
    """Return who gets an update and what became of it, in order, and the number to go on after."""
    query = (
        sa.select(Delivery, Person, GroupChat, Broadcast.edition)
        .join(Broadcast, Broadcast.message_id == Delivery.message_id)
        .outerjoin(Person, Person.id == Delivery.person_id)
        .outerjoin(GroupChat, GroupChat.id == Delivery.group_chat_id)
        .where(Broadcast.update_id == update_id, Delivery.id > after)
        .order_by(Delivery.id)
        .limit(PAGE + 1)
    )
    if states:
        query = query.where(Delivery.state.in_(states))
    found = [Recipient(*row) for row in session.execute(query).all()]
    return found[:PAGE], found[PAGE - 1].delivery.id if len(found) > PAGE else None


def history(session: Session, update_id: int) -> list[Step]:
    """Return what was done with an update, the newest first."""
    rows = session.execute(
        sa.select(UpdateStep, StaffMember.name, Person.name)
        .outerjoin(StaffMember, StaffMember.id == UpdateStep.staff_id)
        .outerjoin(Person, Person.id == UpdateStep.person_id)
        .where(UpdateStep.update_id == update_id)
        .order_by(UpdateStep.id.desc())
        .limit(PAGE)
    )
    return [Step(step, officer or "", person or "") for step, officer, person in rows]


def tongues(session: Session, audience: Audience) -> dict[str, int]:
    """Return how many people of an audience read each language, the most frequent first."""
    rows = session.execute(
        sa.select(Person.language, sa.func.count())
        .where(Person.id.in_(audiences.people_of(audience)))
        .group_by(Person.language)
        .order_by(sa.func.count().desc(), Person.language)
    )
    return {tag: int(count) for tag, count in rows}


def chats(session: Session, audience: Audience) -> int:
    """Return into how many linked group chats an update goes."""
    if not audience.is_for_chats:
        return 0
    linked = sa.select(sa.func.count()).where(
        GroupChat.gone_at.is_(None), GroupChat.group_id.in_(audiences.group_ids(audience))
    )
    if audience.languages:
        linked = linked.where(GroupChat.language.in_(sorted(audience.languages)))
    return session.scalar(linked) or 0


def retry(session: Session, number: int, *, by: Author) -> int:
    """Send once more what did not arrive, the way on which people are reached now; return to how many."""
    updates_writing.officer(session, by)
    updates.get(session, number)
    done = send_again(session, number, lost_by=clock.now())
    if done:
        updates.note(session, number, StepKind.RETRIED, staff_id=by.staff_id, words=str(done))
    return done


def send_again(session: Session, number: int, *, lost_by: datetime) -> int:
    """Queue once more what of an update had not arrived by then, some hundreds at most; return how many."""
    messages = sa.select(Broadcast.message_id).where(Broadcast.update_id == number)
    lost = session.scalars(
        sa.select(Delivery.id)
        .where(
            Delivery.message_id.in_(messages), Delivery.state.in_(troubles.LOST_STATES),
            sa.or_(Delivery.settled_at.is_(None), Delivery.settled_at <= lost_by),
        )
        .order_by(Delivery.id)
        .limit(_MOST_RETRIED)
    ).all()  # fmt: skip
    done = 0
    for delivery_id in lost:
        try:
            troubles.try_again(session, delivery_id)
        except Conflict:  # somebody else has pressed as well
            continue
        done += 1
    return done
