"""Pacing, with a clock that the test turns."""

from dataclasses import dataclass

from bot.courier.pace import Pace
from models.outbox import ANSWER_FIRST, BROADCAST


@dataclass
class Turned:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_messages_leave_evenly_and_never_in_a_bunch_after_a_quiet_time() -> None:
    clock = Turned()
    pace = Pace(25, clock)
    clock.now += 60
    left: list[float] = []
    for person in range(50):
        clock.now += pace.wait()
        pace.take(person, is_group=False)
        left.append(clock.now)
    assert left[-1] - left[0] >= 49 / 25 - 0.001
    assert max(sum(1 for at in left if start <= at < start + 1) for start in left) <= 26


def test_a_person_in_a_dialogue_gets_three_answers_at_once_and_then_one_a_second() -> None:
    clock = Turned()
    pace = Pace(25, clock)
    for _ in range(3):
        assert pace.may(1, ANSWER_FIRST)
        pace.take(1, is_group=False)
    assert not pace.may(1, ANSWER_FIRST)
    assert pace.resting() == ([1], [1])
    clock.now += 1.1
    assert pace.may(1, ANSWER_FIRST)
    pace.take(1, is_group=False)
    assert not pace.may(1, ANSWER_FIRST)


def test_news_to_one_person_keep_a_second_apart_from_the_first_on() -> None:
    clock = Turned()
    pace = Pace(25, clock)
    pace.take(1, is_group=False)
    assert not pace.may(1, BROADCAST)
    assert pace.resting() == ([], [1])
    clock.now += 1.1
    assert pace.may(1, BROADCAST)


def test_a_group_gets_at_most_twenty_in_any_minute() -> None:
    clock = Turned()
    pace = Pace(25, clock)
    left: list[float] = []
    while len(left) < 60:
        if pace.may(9, ANSWER_FIRST):
            pace.take(9, is_group=True)
            left.append(clock.now)
        clock.now += 0.05
    assert max(sum(1 for at in left if start <= at < start + 60) for start in left) <= 20


def test_chats_that_have_rested_are_forgotten() -> None:
    clock = Turned()
    pace = Pace(1000, clock)
    for person in range(5000):
        pace.take(person, is_group=False)
        clock.now += 0.04
        pace.resting()
    assert len(pace._chats) < 400


def test_rate_nought_lifts_every_limit() -> None:
    pace = Pace(0, Turned())
    for _ in range(100):
        assert pace.wait() == 0
        assert pace.may(1, BROADCAST)
        pace.take(1, is_group=False)


def test_a_kept_place_counts_from_when_the_message_leaves_and_the_rest_from_its_answer() -> None:
    clock = Turned()
    pace = Pace(25, clock)
    assert pace.reserve(1, BROADCAST) == 0
    clock.now += 0.5  # it is claimed and packed meanwhile
    pace.take(1, is_group=False)
    clock.now += 0.5  # a picture takes its time
    pace.ended(1)
    clock.now += 1.0
    assert not pace.may(1, BROADCAST)
    clock.now += 0.1
    assert pace.reserve(1, BROADCAST) == 0


def test_several_kept_places_follow_each_other_evenly() -> None:
    pace = Pace(25, Turned())
    assert [round(pace.reserve(person, BROADCAST) or 0, 2) for person in range(4)] == [0, 0.04, 0.08, 0.12]


def test_a_kept_place_that_is_not_used_makes_nobody_rest_and_the_next_message_count() -> None:
    clock = Turned()
    pace = Pace(25, clock)
    assert pace.reserve(1, BROADCAST) is not None
    pace.ended(1)
    assert pace.may(1, BROADCAST)
    pace.take(1, is_group=False)
    assert not pace.may(1, BROADCAST)
