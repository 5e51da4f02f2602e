"""Everybody is counted once at the door: told twice, at two doors, without network, taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import arrivals, clock, door
from models.arrivals import Outcome
from models.db import Database
from models.errors import Conflict, InvalidAnswer, NotFound
from models.events import Event, EventState
from models.registrations import RegistrationState
from tests.models.hall import NOON, a_hall, counted, named
from tests.models.together import at_once, in_transaction

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def event(paderborn: Database) -> Event:
    """A conference with four on its list."""
    return a_hall(paderborn, capacity=6)


def let_in(
    db: Database, event: Event, code: str, *, seats: int | None = None, late: timedelta = timedelta(),
    anyway: bool = False, skew: timedelta = timedelta(),
) -> Outcome:  # fmt: skip
    """Let somebody in, so long after two minutes past two."""
    with clock.frozen(NOON + timedelta(hours=1)), db.transaction() as session:
        at = NOON + late
        answer = arrivals.arrive(session, event, code, seats=seats, at=at, by=None, anyway=anyway, skew=skew)
        return answer.outcome


def taken_back(db: Database, event: Event, code: str, *, late: timedelta) -> Outcome:
    """Take back what was noted until then."""
    with clock.frozen(NOON + timedelta(hours=1)), db.transaction() as session:
        return arrivals.undo(session, event, code, at=NOON + late).outcome


def test_a_second_scan_counts_nothing_and_the_earliest_moment_stays(
    paderborn: Database, event: Event
) -> None:
    assert let_in(paderborn, event, "amna22") is Outcome.ARRIVED
    assert let_in(paderborn, event, "AMNA22", late=A_MINUTE) is Outcome.HERE
    assert counted(paderborn, event) == (1, 6)
    assert named(paderborn, "AMNA22")[1].arrived_at == NOON
    assert let_in(paderborn, event, "AMNA22", late=-A_MINUTE) is Outcome.HERE  # told late by another door
    assert named(paderborn, "AMNA22")[1].arrived_at == NOON - A_MINUTE
    assert counted(paderborn, event) == (1, 6)


def test_a_group_arrives_in_parts_and_never_grows(paderborn: Database, event: Event) -> None:
    assert let_in(paderborn, event, "BRRS33", seats=2) is Outcome.ARRIVED
    assert let_in(paderborn, event, "BRRS33", seats=2) is Outcome.HERE  # the same once more
    assert counted(paderborn, event) == (2, 6)
    assert let_in(paderborn, event, "BRRS33", seats=2, late=A_MINUTE) is Outcome.ARRIVED
    assert let_in(paderborn, event, "BRRS33", late=2 * A_MINUTE) is Outcome.ARRIVED
    assert let_in(paderborn, event, "BRRS33", seats=1, late=3 * A_MINUTE) is Outcome.HERE
    assert counted(paderborn, event) == (5, 6)
    with pytest.raises(InvalidAnswer):
        let_in(paderborn, event, "BRRS33", seats=0)


@pytest.mark.parametrize(("code", "first"), [("CCRA44", Outcome.WAITING), ("DXQN55", Outcome.CANCELLED)])
def test_who_has_no_place_is_let_in_only_anyway(
    paderborn: Database, event: Event, code: str, first: Outcome
) -> None:
    assert let_in(paderborn, event, code) is first
    assert counted(paderborn, event) == (0, 6)
    assert let_in(paderborn, event, code, anyway=True) is Outcome.ARRIVED
    assert let_in(paderborn, event, code, anyway=True, late=A_MINUTE) is Outcome.HERE
    assert counted(paderborn, event) == (1, 7)  # has a place now, though there was none
    assert named(paderborn, code)[1].state is RegistrationState.REGISTERED


def test_what_is_taken_back_does_not_come_back(paderborn: Database, event: Event) -> None:
    let_in(paderborn, event, "BRRS33", seats=2)
    assert taken_back(paderborn, event, "BRRS33", late=A_MINUTE) is Outcome.GONE
    assert counted(paderborn, event) == (0, 6)
    assert let_in(paderborn, event, "BRRS33", seats=2) is Outcome.HERE  # the lost answer, sent again
    assert counted(paderborn, event) == (0, 6)
    assert let_in(paderborn, event, "BRRS33", seats=5, late=2 * A_MINUTE) is Outcome.ARRIVED
    taken_back(paderborn, event, "BRRS33", late=A_MINUTE)  # neither does the taking back
    assert counted(paderborn, event) == (5, 6)
    assert named(paderborn, "BRRS33")[1].arrived_at == NOON + 2 * A_MINUTE


def test_a_wrong_clock_is_put_right(paderborn: Database, event: Event) -> None:
    day = timedelta(days=400)
    let_in(paderborn, event, "AMNA22", late=day, skew=-day)
    let_in(paderborn, event, "BRRS33", late=day)
    assert named(paderborn, "AMNA22")[1].arrived_at == NOON
    assert named(paderborn, "BRRS33")[1].arrived_at == NOON + timedelta(hours=1)  # nobody comes tomorrow


def test_unknown_codes_and_events_that_were_called_off(paderborn: Database, event: Event) -> None:
    with pytest.raises(NotFound):
        let_in(paderborn, event, "ZZZZ99")
    with paderborn.transaction() as session:
        session.get_one(Event, event.id).state = EventState.CANCELLED
    with pytest.raises(Conflict):
        let_in(paderborn, event, "AMNA22")


@pytest.mark.parametrize(
    "typed",
    ["dxqn55", " DX QN-55 ", "DX0N55", "dxon55", "https://mitwirken.example/e/DXQN55", "/x?code=DXQN55"],
)
def test_typed_codes_are_forgiven_much(paderborn: Database, event: Event, typed: str) -> None:
    with paderborn.reading() as session:
        found = door.meant(session, event.id, typed)
    assert found is not None
    assert found.name == "Dilan Beispiel"


@pytest.mark.parametrize("typed", ["", "DXQN5", "OOOO11", "DXQN555555", "ÄÖÜ"])
def test_but_nobody_is_guessed(paderborn: Database, event: Event, typed: str) -> None:
    with paderborn.reading() as session:
        assert door.meant(session, event.id, typed) is None


def test_two_doors_at_once(any_db: Database) -> None:
    event = a_hall(any_db, capacity=6)

    def amina(session: Session) -> object:
        return arrivals.arrive(session, event, "AMNA22", at=NOON, by=None)

    def again(session: Session) -> object:
        return arrivals.arrive(session, event, "AMNA22", at=NOON + A_MINUTE, by=None)

    with clock.frozen(NOON + A_MINUTE):
        second = at_once(any_db, amina, in_transaction(any_db, again)).result()
    assert isinstance(second, arrivals.Answer)
    assert second.outcome is Outcome.HERE
    assert counted(any_db, event) == (1, 6)


def test_many_doors_at_once_count_right(any_db: Database) -> None:
    event = a_hall(any_db)
    work = [(code, tick) for tick in range(8) for code in ("AMNA22", "BRRS33", "CCRA44", "DXQN55")]

    def come(one: tuple[str, int]) -> int:
        code, tick = one
        at = NOON + timedelta(seconds=tick // 2)  # each twice
        with any_db.transaction() as session:
            if tick == 5 and code == "AMNA22":
                return arrivals.undo(session, event, code, at=NOON - A_MINUTE).change
            return arrivals.arrive(session, event, code, seats=1, at=at, by=None, anyway=True).change

    with clock.frozen(NOON + A_MINUTE), ThreadPoolExecutor(6) as doors:
        changes = sum(doors.map(come, work))
    assert (changes, 8) == counted(any_db, event)
    assert changes == 1 + 4 + 1 + 1  # of the group one at each of four moments
