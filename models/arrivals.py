"""Arrivals: how far a broadcast is, how long it will take, and sending once more what has failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, contains_eager

from models import clock
from models.broadcasts import Broadcast, BroadcastState
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind, Person

ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is. `planned` is 0 until the courier has counted; `seconds` is what is left."""

    states: Mapping[DeliveryState, int]
    planned: int
    made: int
    is_running: bool
    seconds: float | None

    @property
    def total(self) -> int:
        """For how many it is, as far as is known."""
        return max(self.planned, self.made)

    @property
    def settled(self) -> int:
        """For how many it is over, well or not, or kept for the weekly letter."""
        waiting = sum(self.states.get(one, 0) for one in (*ON_THE_WAY, DeliveryState.HELD))
        return max(0, self.made - waiting)

    @property
    def is_moving(self) -> bool:
        """Whether something still goes out by itself."""
        return self.is_running or any(self.states.get(one, 0) for one in ON_THE_WAY)


def progress(session: Session, broadcast: Broadcast, rate: float) -> Progress:
    """Return how far a broadcast is: counted along an index; one statement."""
    counted = session.execute(
        sa.select(Delivery.state, sa.func.count())
        .where(Delivery.message_id == broadcast.message_id)
        .group_by(Delivery.state)
    )
    states = {state: int(many) for state, many in counted}
    is_running = broadcast.state is BroadcastState.RUNNING
    ahead = max(0, broadcast.planned - broadcast.made) if is_running else 0
    left = ahead + sum(states.get(one, 0) for one in ON_THE_WAY)
    return Progress(states, broadcast.planned, broadcast.made, is_running, left / rate if rate else None)


def newest(session: Session, update_id: int | None = None) -> Broadcast | None:
    """Return the newest broadcast of an update, or of all."""
    query = sa.select(Broadcast).order_by(Broadcast.id.desc()).limit(1)
    if update_id is not None:
        query = query.where(Broadcast.update_id == update_id)
    return session.scalars(query).first()


def listed(session: Session, limit: int = 20) -> Sequence[Broadcast]:
    """Return the newest broadcasts."""
    return session.scalars(sa.select(Broadcast).order_by(Broadcast.id.desc()).limit(limit)).all()


def recipients(
    session: Session, broadcast: Broadcast, state: DeliveryState, after: int, limit: int
) -> Sequence[Delivery]:
    """Return the deliveries in a state, with person and reason (`error`), numbered above `after`."""
    return session.scalars(
        sa.select(Delivery)
        .outerjoin(Delivery.person)
        .where(
            Delivery.message_id == broadcast.message_id, Delivery.state == state, Delivery.id > after
        )
        .order_by(Delivery.id)
        .limit(limit)
        .options(contains_eager(Delivery.person))
    ).all()  # fmt: skip


def retry_failed(session: Session, broadcast: Broadcast) -> int:
    """Send once more what failed, and to those who can be reached again; return how many deliveries."""
    other = aliased(Delivery)
    went_elsewhere = (
        sa.select(other.id)
        .where(
            other.person_id == Delivery.person_id, other.message_id == Delivery.message_id,
            other.id != Delivery.id,
        )
        .exists()
    )  # fmt: skip
    by_chat = sa.select(Person.id).where(Person.telegram_id.is_not(None), Person.telegram_blocked.is_(False))
    by_mail = sa.select(Person.id).where(Person.email.is_not(None), Person.email_failed == "")
    is_back = sa.and_(
        Delivery.state == DeliveryState.UNREACHABLE,
        sa.or_(
            sa.and_(Delivery.channel == ChannelKind.TELEGRAM, Delivery.person_id.in_(by_chat)),
            sa.and_(Delivery.channel == ChannelKind.EMAIL, Delivery.person_id.in_(by_mail)),
        ),
        ~went_elsewhere,
    )
    now = clock.now()
    again = session.execute(
        sa.update(Delivery)
        .where(
            Delivery.message_id == broadcast.message_id,
            sa.or_(Delivery.state == DeliveryState.FAILED, is_back),
        )
        .values(
            state=DeliveryState.QUEUED, attempts=0, error="", not_before=now, created_at=now, settled_at=None
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(again.all())
