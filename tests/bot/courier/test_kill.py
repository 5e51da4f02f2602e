"""The courier killed with SIGKILL again and again, and ended politely with SIGTERM."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.courier.__main__ import main
from bot.emulator.threaded import running
from models import outbox
from models.db import Database
from models.leases import Lease
from models.people import ChannelKind
from tests import lives
from tests.bot.courier import house
from tests.bot.courier.house import chat_settings, states, until

KILLS, LETTERS, READERS = 12, 500, 20
ROOT = Path(__file__).parents[3]


@pytest.mark.journey
def test_killed_twelve_times_amid_500_letters_none_is_lost_and_at_most_one_per_kill_comes_twice(
    db: Database,
) -> None:
    chance = random.Random(749)
    with running(limits=False) as emulator:
        people = [house.in_chat(db, emulator, f"Person {number}") for number in range(READERS)]
        with db.transaction() as session:
            for number in range(LETTERS):
                person_id = people[number % READERS][1]
                outbox.post(
                    session, person_id, ChannelKind.TELEGRAM, house.saying(f"Brief {number}"), kind="notice"
                )
        settings = chat_settings(db, emulator, courier_rate=0)

        def arrived() -> int:
            chats = (emulator.state.chats[human.id] for human, _id in people)
            return sum(entry.from_bot for chat in chats for entry in list(chat.entries.values()))

        kills = 0
        for _kill in range(KILLS):
            goal = arrived() + chance.randrange(5, 40)
            process = lives.begin(lives.carry, settings)
            until(lambda goal=goal: arrived() >= goal, 120)  # type: ignore[misc]
            time.sleep(chance.random() * 0.01)
            lives.kill(process)
            kills += 1
        assert "queued" in states(db), "all had gone out before the last kill"
        last = lives.begin(lives.carry, settings)
        until(lambda: set(states(db)) == {"sent"}, 120)
        lives.kill(last)
        got = [
            [one["text"] for one in human.chat()["messages"] if one["from"] == "bot"] for human, _id in people
        ]
    counted = Counter(text for texts in got for text in texts)
    assert set(counted) == {f"Brief {number}" for number in range(LETTERS)}
    assert sum(counted.values()) - LETTERS <= kills
    for texts in got:
        numbers = [int(text.split()[1]) for text in dict.fromkeys(texts)]
        assert numbers == sorted(numbers)


@pytest.mark.journey
def test_the_command_ends_politely_finishes_the_letter_under_way_and_gives_the_lease_back(
    db: Database,
) -> None:
    with running(hold=2.0) as emulator:
        human, person_id = house.in_chat(db, emulator)
        house.post(db, person_id, "Hallo")
        environment = {
            "MITWIRKEN_DATABASE": str(db.url),
            "MITWIRKEN_BOT_API": emulator.url,
            "MITWIRKEN_BOT_TOKEN": emulator.token,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.courier"],
            cwd=ROOT,
            env=os.environ | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(lambda: states(db) == ["sent"], 120)
        for number in range(20):
            house.post(db, person_id, f"Brief {number}", priority=outbox.ANSWER_FIRST)
        until(lambda: states(db).count("sent") >= 2)
        process.send_signal(signal.SIGTERM)
        _out, log = process.communicate(timeout=60)
        said = len(human.chat()["messages"]) - 1
    assert process.returncode == 0
    assert set(states(db)) == {"sent", "queued"}
    assert states(db).count("sent") == said
    assert emulator.token not in log
    with db.reading() as session:
        assert session.scalars(sa.select(Lease)).all() == []


def test_wrong_settings_end_the_command_with_one_line_that_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MITWIRKEN_SMTP_PORT", "viele")
    monkeypatch.setenv("MITWIRKEN_SMTP_PASSWORD", "geheim")
    assert main() == 1
    assert capsys.readouterr().err == "These settings are wrong: MITWIRKEN_SMTP_PORT\n"
