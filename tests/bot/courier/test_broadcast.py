"""A broadcast through a real courier: paced, answered amid it, stopped at once, several on their way."""

import time

import sqlalchemy as sa

from bench import followers, soak
from bot.emulator.threaded import Running, running
from models import broadcasts, stopping
from models.db import Database
from models.outbox import ANSWER_FIRST, Delivery
from models.preferences import Topic
from tests.bot.courier import house
from tests.bot.courier.house import chat_settings, courier, states, until
from tests.bot.emulator.people import Human


def peopled(db: Database, emulator: Running, many: int) -> list[Human]:
    """People who follow a group and have pressed Start."""
    people = [Human.who_started(emulator, f"Person {number}") for number in range(many)]
    followers.add(db, followers.by_chat(one.id for one in people))
    return people


def test_an_update_keeps_the_limits_and_an_answer_amid_it_does_not_wait(
    paderborn: Database, emulator: Running
) -> None:
    people = peopled(paderborn, emulator, 80)
    with courier(chat_settings(paderborn, emulator, courier_rate=25), paderborn):
        followers.send(paderborn)
        until(lambda: states(paderborn).count("sent") > 20)
        with paderborn.reading() as session:
            first = session.scalars(sa.select(Delivery.person_id).order_by(Delivery.id)).first()
        assert first
        asked = time.monotonic()
        house.post(paderborn, first, "Die Antwort", priority=ANSWER_FIRST)
        until(lambda: "Die Antwort" in [one["text"] for one in people[0].chat()["messages"]])
        waited = time.monotonic() - asked
        assert "queued" in states(paderborn), "the update had gone out before"
        until(lambda: set(states(paderborn)) == {"sent"}, 60)
    assert waited < 3.0  # against seconds for the rest of the update, on however busy a machine
    stats = emulator.emulator.stats.as_json()
    assert stats["methods"]["sendMessage"] == {"calls": 81, "ok": 81, "errors": {}}
    assert stats["highest_rate"]["overall"] <= 29


def test_who_stops_amid_an_update_does_not_get_it(paderborn: Database, emulator: Running) -> None:
    people = peopled(paderborn, emulator, 60)
    with courier(chat_settings(paderborn, emulator, courier_rate=25), paderborn):
        followers.send(paderborn)
        until(lambda: states(paderborn).count("sent") > 5)
        last = max(one.person_id or 0 for one in house.deliveries(paderborn))
        with paderborn.transaction() as session:
            stopping.stop(session, last, Topic.UPDATES)
        until(lambda: "queued" not in states(paderborn), 60)
    assert states(paderborn, last) == ["dropped"]
    assert all(one["from"] != "bot" for one in people[-1].chat()["messages"])


def test_a_cancelled_update_stops_at_once(paderborn: Database, emulator: Running) -> None:
    peopled(paderborn, emulator, 60)
    with courier(chat_settings(paderborn, emulator, courier_rate=25), paderborn):
        followers.send(paderborn)
        until(lambda: states(paderborn).count("sent") > 5)
        with paderborn.transaction() as session:
            broadcasts.cancel(session, 1)
        until(lambda: not {"queued", "sending"} & set(states(paderborn)))
    found = states(paderborn)
    assert found.count("dropped") > 20
    assert emulator.emulator.stats.methods["sendMessage"]["ok"] == found.count("sent")


def test_four_on_their_way_at_once_reach_everybody_once(paderborn: Database) -> None:
    with running(limits=False) as emulator:
        people = peopled(paderborn, emulator, 40)
        settings = chat_settings(paderborn, emulator, courier_rate=0, courier_lanes=4)
        with courier(settings, paderborn):
            followers.send(paderborn)
            until(lambda: states(paderborn) == ["sent"] * 40, 60)
        came = [sum(one["from"] == "bot" for one in human.chat()["messages"]) for human in people]
    assert came == [1] * 40


def test_killed_amid_an_update_with_trouble_all_around_nobody_is_lost(any_db: Database) -> None:
    report = soak.soak(any_db, messages=80, kills=3, patience=60)
    assert report.is_fine, str(report)
