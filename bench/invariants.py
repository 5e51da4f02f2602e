"""What must hold after any fault: who was thanked is there, once, and what was promised has arrived."""

import time
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

import sqlalchemy as sa

from bench.installation import Crowd, Installation
from models import integrity
from models.db import Database
from models.inbox import InboxState, InboxUpdate
from models.memberships import Membership
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind, Person

ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Found:
    """What became of everybody."""

    confirmed: int
    lost: int  # thanked, and not there
    doubled: int  # there more than once
    unheard: int  # nothing came to their mailbox
    unanswered: int  # messages in the chat without an answer
    twice: int  # letters and answers that came more than once; where a line is cut, nobody can know
    untrue: int  # letters of which the desk says something else than what came
    faults: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        """Whether nothing was lost and nothing is untrue."""
        return not (
            self.lost or self.doubled or self.unheard or self.unanswered or self.untrue or self.faults
        )

    def __str__(self) -> str:
        return (
            f"{self.confirmed:,} thanked: {self.lost} lost, {self.doubled} doubled, "
            f"{self.unheard} without mail, {self.unanswered} messages unanswered, "
            f"{self.twice} came twice, {self.untrue} untrue states"
            + (f", faults: {'; '.join(self.faults)}" if self.faults else "")
        )


def settle(place: Installation, crowd: Crowd, seconds: float) -> float:
    """Wait until nothing is on its way any more; return how long that took."""
    db, began = Database(place.url), time.monotonic()
    while time.monotonic() < began + seconds:
        with db.reading() as session:
            letters = session.scalar(
                sa.select(sa.func.count(Delivery.id)).where(Delivery.state.in_(ON_THE_WAY))
            )
            new = session.scalar(sa.select(sa.func.count()).where(InboxUpdate.state == InboxState.NEW))
            came = session.scalar(sa.select(sa.func.count()).select_from(InboxUpdate))
        if not letters and not new and came == crowd.written.total():
            break
        time.sleep(0.1)
    db.close()
    return time.monotonic() - began


def look(place: Installation, crowd: Crowd, confirmed: Set[str] | None = None) -> Found:
    """Count everybody, against those who were thanked."""
    confirmed = crowd.confirmed if confirmed is None else confirmed
    db = Database(place.url)
    with db.reading() as session:
        member = sa.func.count(Membership.id)
        rows = session.execute(
            sa.select(Person.email, member)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.email.like("person%@example.org"))
            .group_by(Person.id, Person.email)
        ).all()
        sent = Counter(
            session.scalars(
                sa.select(Person.email)
                .join(Delivery, Delivery.person_id == Person.id)
                .where(Delivery.channel == ChannelKind.EMAIL, Delivery.state == DeliveryState.SENT)
            )
        )
    faults = tuple(integrity.faults(db))
    db.close()
    there: Counter[str] = Counter()
    for email, many in rows:
        there[email or ""] += many
    answers = {
        chat: sum(entry.from_bot for entry in list(place.emulator.state.chats[chat].entries.values()))
        for chat in crowd.written
    }
    got = place.box.got
    return Found(
        confirmed=len(confirmed),
        lost=len(confirmed - set(there)),
        doubled=sum(many - 1 for many in there.values()),
        unheard=sum(not got[one] for one in confirmed),
        unanswered=sum(max(0, many - answers[chat]) for chat, many in crowd.written.items()),
        twice=sum(max(0, got[one] - sent[one]) for one in confirmed)
        + sum(max(0, answers[chat] - many) for chat, many in crowd.written.items()),
        untrue=sum(max(0, sent[one] - got[one]) for one in confirmed),
        faults=faults,
    )


def finds_what_is_planted(place: Installation, crowd: Crowd) -> bool:
    """Tell whether somebody who was thanked and never stored would have been missed."""
    here, planted = look(place, crowd), look(place, crowd, crowd.confirmed | {"planted@example.org"})
    return (planted.lost, planted.unheard) == (here.lost + 1, here.unheard + 1)


def states(place: Installation) -> Counter[str]:
    """Return how the desk says that letters stand, by channel and state."""
    db = Database(place.url)
    with db.reading() as session:
        rows = session.execute(sa.select(Delivery.channel, Delivery.state))
        found = Counter(f"{channel.value} {state.value}" for channel, state in rows)
    db.close()
    return found
