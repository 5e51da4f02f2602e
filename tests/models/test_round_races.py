"""Two at once in a status round: asking, reminding, closing, and answers that come meanwhile."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    clock,
    groups,
    leads,
    progress,
    rounds,
    rounds_asking,
    submissions,
)
from models.db import Database
from models.errors import Conflict
from models.goals import Goal
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.programmes import Programme
from models.rounds import RequestState, RoundRequest
from models.submissions import Arrival, State
from models.when import When
from tests.models.together import A_MOMENT, at_once, in_transaction

ZONE = "Europe/Berlin"


@pytest.fixture
def asked(any_db: Database) -> RoundRequest:
    """What the lead of 7.49 is asked in a round that is open."""
    with any_db.transaction() as session:
        lead = _lead(session, 7001)
        card = groups.directory(session).get("7.49")
        leads.appoint(session, card.id, lead)
        rounds_asking.open(session, _programme(session), clock.today(ZONE), zone=ZONE)
        found = rounds.current(session, card.id)
        assert found
        assert found.state is RequestState.ASKED
        return found


def _programme(session: Session) -> Programme:
    card = groups.directory(session).get("7.49")
    return session.scalars(
        sa.select(Programme)
        .join(Goal, Goal.programme_id == Programme.id)
        .join(groups.WorkingGroup, groups.WorkingGroup.goal_id == Goal.id)
        .where(groups.WorkingGroup.id == card.id)
    ).one()


def _lead(session: Session, chat: int) -> Person:
    one = Person(
        name=f"Lead {chat} Muster", language="de", prefers=ChannelKind.TELEGRAM, telegram_id=chat,
        met_at=clock.now(), seen_at=clock.now(),
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one


def _answers(session: Session, request: RoundRequest) -> None:
    one = session.get_one(RoundRequest, request.id)
    arrival = Arrival(rounds.FORM, "answer", one.person_id or 0, one.group_id, "chat", "de", "7.49", {})
    rounds_asking.answered(session, one, submissions.arrive(session, arrival) or 0)


def test_an_answer_that_comes_while_a_new_lead_is_asked_stands(any_db: Database, asked: RoundRequest) -> None:
    with any_db.transaction() as session:
        leads.dismiss(session, asked.group_id, asked.person_id or 0)
        leads.appoint(session, asked.group_id, _lead(session, 7002))

    def ask(session: Session) -> int:
        return rounds_asking.ask(session, rounds.get(session, asked.round_id), zone=ZONE)

    late = at_once(any_db, lambda session: _answers(session, asked), in_transaction(any_db, ask))
    assert late.result() == 0
    with any_db.reading() as session:
        found = rounds.current(session, asked.group_id)
        assert found
        assert found.state is RequestState.ANSWERED


def test_nobody_is_asked_or_reminded_while_a_round_is_closed(any_db: Database, asked: RoundRequest) -> None:
    with any_db.transaction() as session:
        leads.dismiss(session, asked.group_id, asked.person_id or 0)
        leads.appoint(session, asked.group_id, _lead(session, 7002))
    later = clock.now() + timedelta(days=8)

    def go_on(session: Session) -> int:
        one = rounds.get(session, asked.round_id)
        return rounds_asking.ask(session, one, zone=ZONE) + rounds_asking.remind(session, one, zone=ZONE)

    with clock.frozen(later):
        late = at_once(
            any_db,
            lambda session: rounds_asking.close(session, rounds.get(session, asked.round_id)),
            in_transaction(any_db, go_on),
        )
    assert late.result() == 0
    with any_db.reading() as session:
        waiting = sa.select(Delivery.id).where(Delivery.state == DeliveryState.QUEUED)
        kinds = sa.select(Message.id).where(Message.kind.in_([rounds_asking.ASKED, rounds_asking.REMINDED]))
        assert session.scalars(waiting.where(Delivery.message_id.in_(kinds))).all() == []


def test_two_couriers_that_go_on_with_a_round_ask_each_lead_once(
    any_db: Database, asked: RoundRequest
) -> None:
    with any_db.transaction() as session:
        leads.dismiss(session, asked.group_id, asked.person_id or 0)
        leads.appoint(session, asked.group_id, _lead(session, 7002))
    together = threading.Barrier(2)

    def ask() -> int:
        together.wait()
        with any_db.transaction() as session:
            found = rounds_asking.ask(session, rounds.get(session, asked.round_id), zone=ZONE)
            time.sleep(A_MOMENT)
            return found

    with ThreadPoolExecutor(2) as couriers:
        counts = [done.result() for done in [couriers.submit(ask), couriers.submit(ask)]]
    assert sorted(counts) == [0, 1]


def test_a_report_beside_an_answer_to_the_round_is_not_lost(any_db: Database, asked: RoundRequest) -> None:
    def report(session: Session) -> int:
        lead = session.get_one(Person, asked.person_id)
        arrival = Arrival(
            "report-progress", "report", lead.id, asked.group_id, "page", "de", "7.49", {}
        )  # fmt: skip
        number = submissions.arrive(session, arrival) or 0
        progress.report(
            session, submission_id=number, group_id=asked.group_id, milestone_id=None, state=None,
            new_due=When.parse(""), happened="Etwas",
        )  # fmt: skip
        rounds_asking.reported(session, asked.group_id, lead, number)
        return number

    late = at_once(any_db, lambda session: _answers(session, asked), in_transaction(any_db, report))
    with any_db.reading() as session:
        assert submissions.get(session, late.result()).state is State.RECEIVED  # type: ignore[arg-type]


def test_of_two_who_answer_a_round_at_once_one_is_told_so(any_db: Database, asked: RoundRequest) -> None:
    late = at_once(
        any_db,
        lambda session: _answers(session, asked),
        in_transaction(
            any_db,
            lambda session: rounds_asking.answered(session, session.get_one(RoundRequest, asked.id), 0),
        ),
    )
    assert isinstance(late.exception(), Conflict)
