"""Only one courier works at a time, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.courier.ledger import Ledger
from bot.courier.parcel import Outcome
from bot.emulator.threaded import Running
from models import clock, leases, outgoing
from models.db import Database
from models.leases import Lease
from models.outbox import ANSWER_FIRST, BROADCAST, Delivery, DeliveryState
from models.people import ChannelKind, Person
from models.settings import Settings
from tests.bot.courier import house
from tests.bot.courier.house import courier, post, states, until

NAME = "courier:telegram"


def hold(db: Database, holder: str, name: str = NAME) -> bool:
    with db.transaction() as session:
        return leases.hold(session, name, holder)


def test_a_lease_is_had_by_one_renewed_by_its_holder_and_free_when_over(any_db: Database) -> None:
    first, second = "elsewhere:1", "elsewhere:2"
    assert hold(any_db, first)
    assert hold(any_db, first)
    assert not hold(any_db, second)
    with clock.frozen(clock.now() + leases.SPAN + timedelta(seconds=1)):
        assert hold(any_db, second)
        assert not hold(any_db, first)


def test_a_clock_set_back_does_not_lock_the_lease_for_ever(any_db: Database) -> None:
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert hold(any_db, "elsewhere:1")
    assert hold(any_db, "elsewhere:2")


def test_the_lease_of_a_dead_process_beside_us_is_free_at_once(any_db: Database) -> None:
    script = "from models import leases; print(leases.new_holder(), flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    holder = process.stdout.readline().strip()
    assert len(holder) <= 40
    assert hold(any_db, holder)
    assert not hold(any_db, leases.new_holder())
    process.kill()
    until(lambda: hold(any_db, leases.new_holder()))  # dead, although nobody has buried it yet
    process.wait()
    with any_db.transaction() as session:
        session.execute(sa.delete(Lease))
    assert hold(any_db, holder)
    assert hold(any_db, leases.new_holder())


@pytest.mark.parametrize(
    "holder", ["{place}:{pid}:{started}:ff", "otherplace:999999:1:ff", ":999999:1:ff", "{place}:x:1:f", "old"]
)
def test_nobody_alive_or_unknown_is_taken_for_dead(db: Database, holder: str) -> None:
    place, pid, started, _random = leases.new_holder().split(":")
    assert pid == str(os.getpid())
    assert hold(db, holder.format(place=place, pid=pid, started=started))
    assert not hold(db, leases.new_holder())


def test_a_number_given_to_another_process_does_not_count_as_the_old_one(db: Database) -> None:
    place, pid, _started, _random = leases.new_holder().split(":")
    assert hold(db, f"{place}:{pid}:1:ff")
    assert hold(db, leases.new_holder())


def test_of_four_who_come_at_once_one_gets_the_lease(any_db: Database) -> None:
    won: list[bool] = []
    together = threading.Barrier(4)

    def come(number: int) -> None:
        with any_db.transaction() as session:
            session.execute(sa.text("SELECT 1"))
            if not any_db.is_sqlite:  # whose writers queue up anyway
                together.wait(60)
            won.append(leases.hold(session, NAME, f"elsewhere:{number}"))

    threads = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


def test_a_second_courier_waits_and_goes_on_where_the_first_ended(db: Database, emulator: Running) -> None:
    _human, person_id = house.in_chat(db, emulator)
    settings = house.chat_settings(db, emulator, courier_rate=0)
    assert hold(db, leases.new_holder())  # a first one, alive: this process
    post(db, person_id, "Hallo")
    with db.transaction() as session:
        session.execute(sa.update(Delivery).values(state=DeliveryState.SENDING, attempts=1))
    with courier(settings, db):
        threading.Event().wait(0.4)
        assert states(db) == ["sending"]
        with db.transaction() as session:
            session.execute(sa.delete(Lease))
        until(lambda: states(db) == ["sent"])
    assert house.deliveries(db)[0].attempts == 2


def ledger(db: Database) -> Ledger:
    settings = Settings(base_url="https://region.example.org")
    return Ledger(db, settings, ChannelKind.TELEGRAM, leases.new_holder())


def test_what_is_due_comes_by_priority_then_age_one_letter_a_person(any_db: Database) -> None:
    amina, boris, carla = (house.somebody(any_db, telegram_id=number) for number in (1, 2, 3))
    post(any_db, amina, "News", priority=BROADCAST)
    post(any_db, amina, "Notiz 1")
    post(any_db, amina, "Notiz 2")
    post(any_db, boris, "News", priority=BROADCAST)
    post(any_db, carla, "Antwort", priority=ANSWER_FIRST)
    post(any_db, boris, "Mail", channel=ChannelKind.EMAIL)
    due = [(row.person_id, row.priority) for row in ledger(any_db).due([], [])]
    assert due == [(carla, 0), (amina, 5), (amina, 9), (boris, 9)]
    assert [row.person_id for row in ledger(any_db).due([amina], [])] == [carla, boris]
    assert [row.person_id for row in ledger(any_db).due([], [amina, carla])] == [carla, boris]


def test_a_letter_is_claimed_once_however_many_try(any_db: Database) -> None:
    for number in range(1, 9):
        post(any_db, house.somebody(any_db, telegram_id=number), "Hallo")
    book = ledger(any_db)
    due = list(book.due([], []))
    claimed: list[int] = []
    together = threading.Barrier(6)

    def claim() -> None:
        together.wait()
        claimed.extend(found.delivery_id for row in due if (found := book.claim(row)))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [row.id for row in due]
    assert book.requeue_interrupted() == 8
    assert states(any_db) == ["queued"] * 8


def test_an_unreachable_person_changes_channel_on_both_databases(any_db: Database) -> None:
    person_id = house.somebody(
        any_db,
        telegram_id=5,
        email="amina@example.org",
        email_confirmed_at=clock.now(),
        telegram_blocked=True,
    )
    post(any_db, person_id, "Eins")
    post(any_db, person_id, "Zwei")
    book = ledger(any_db)
    (first,) = book.due([], [])
    assert book.claim(first) is None
    rows = [(row.channel.value, row.state.value) for row in house.deliveries(any_db)]
    assert rows == [("telegram", "unreachable"), ("email", "queued"), ("email", "queued")]
    with any_db.reading() as session:
        assert len(outgoing.next_due(session, ChannelKind.EMAIL, limit=9)) == 1


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(DeliveryState.SENT, message_id=5),
        Outcome(DeliveryState.UNREACHABLE, "blocked", is_lost=True),
        Outcome(DeliveryState.QUEUED, "moved", chat_id=77),
    ],
)
def test_somebody_erased_while_a_letter_was_under_way_stops_nothing(
    any_db: Database, outcome: Outcome
) -> None:
    person_id = house.somebody(any_db, telegram_id=5)
    house.somebody(any_db, telegram_id=77)
    post(any_db, person_id, "Hallo")
    book = ledger(any_db)
    parcel = book.claim(book.due([], [])[0])
    assert parcel
    with any_db.transaction() as session:
        session.execute(sa.delete(Person).where(Person.id == person_id))
    book.settle(parcel, outcome)
    assert house.deliveries(any_db) == []
