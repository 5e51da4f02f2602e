"""`python -m bench.updates`: messages of the chat doubled and shuffled, the bot killed again and again.

They come as Telegram brings them, by webhook, in any order and each at least twice. Each is answered once.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from pydantic import SecretStr

from bench.databases import fresh
from bot.emulator.threaded import running
from models.db import Database
from models.inbox import InboxState, InboxUpdate
from models.outbox import Delivery
from models.people import ChannelKind, Person
from models.settings import Settings
from tests import lives
from webforms import create_app

CHATS = 50
WAY = "/telegram/webhook"
SECRET = "bench-webhook-secret"


def update(number: int) -> dict[str, Any]:
    """Return somebody's message as Telegram sends it."""
    user = {
        "id": 7_000_000 + number % CHATS, "is_bot": False, "first_name": "Amina", "language_code": "de",
    }  # fmt: skip
    return {
        "update_id": 1_000 + number,
        "message": {
            "message_id": 10 + number, "date": 1_700_000_000 + number, "text": f"Frage {number}",
            "from": user, "chat": {"id": user["id"], "type": "private", "first_name": "Amina"},
        },
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What became of them."""

    updates: int
    came: int
    kills: int
    lost: int
    twice: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.updates:,} messages, brought {self.came:,} times in any order, {self.kills} × kill -9 of "
            f"the bot in {self.seconds:.0f} s: {self.lost} lost, {self.twice} answered twice"
        )


def bring(settings: Settings, updates: int, chance: random.Random) -> int:
    """Bring all of them at least twice, shuffled; return how many calls that were."""
    numbers = [*range(updates), *range(updates), *chance.choices(range(updates), k=updates // 4)]
    chance.shuffle(numbers)
    db = Database(settings.database)
    client = create_app(settings, db).test_client()
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    for number in numbers:
        while client.post(WAY, json=update(number), headers=headers).status_code != 200:
            time.sleep(0.05)  # Telegram comes again, too
    db.close()
    return len(numbers)


def _done(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(InboxUpdate.state == InboxState.DONE)) or 0


def count(db: Database, numbers: range) -> tuple[int, int]:
    """Return how many of these messages have no answer, and how many answers are too many."""
    asked = Counter(7_000_000 + number % CHATS for number in numbers)
    with db.reading() as session:
        chats = session.scalars(
            sa.select(Person.telegram_id)
            .join(Delivery, Delivery.person_id == Person.id)
            .where(Delivery.channel == ChannelKind.TELEGRAM)
        )
        answered = Counter(chat for chat in chats if chat is not None)
    return (asked - answered).total(), (answered - asked).total()


def ordeal(url: str, updates: int, kills: int, seed: int = 749) -> Report:
    """Bring them while the bot is killed; wait for the last one; count."""
    chance, killed, began, came = random.Random(seed), 0, time.monotonic(), list[int]()
    with running(limits=False) as emulator:
        settings = Settings(
            database=url, bot_api=emulator.url, bot_token=SecretStr(emulator.token), secret="bench" * 8,
            bot_username="bench_bot", base_url="http://127.0.0.1:9", webhook_secret=SecretStr(SECRET),
            courier_rate=0, least_seconds=0, _env_file=None,
        )  # fmt: skip
        db = Database(url)
        bringing = threading.Thread(target=lambda: came.append(bring(settings, updates, chance)), daemon=True)
        bringing.start()
        for number in range(kills):
            bot = lives.begin(lives.answer, settings)
            goal = updates * (number + 1) // (kills + 1)
            while _done(db) < goal and bot.is_alive():
                time.sleep(0.01)
            time.sleep(chance.random() * 0.02)
            os.kill(bot.pid or 0, signal.SIGKILL)
            bot.join(10)
            killed += bot.exitcode == -signal.SIGKILL and _done(db) < updates
        bot = lives.begin(lives.answer, settings)
        bringing.join()
        end = time.monotonic() + 120
        while _done(db) < updates and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)  # for answers too many
        lives.kill(bot)
        lost, twice = count(db, range(updates))
        if count(db, range(updates + 1))[0] != lost + 1:
            raise AssertionError("a planted loss is not found")
        db.close()
    return Report(updates, came[0], killed, lost, twice, time.monotonic() - began)


@click.command()
@click.option("--updates", default=1000, show_default=True)
@click.option("--kills", default=20, show_default=True)
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--seed", default=749, show_default=True)
def main(updates: int, kills: int, kind: str, seed: int) -> None:
    """Kill the bot amid messages that come doubled and shuffled. Status 1 when one is lost or doubled."""
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as url:
        report = ordeal(url, updates, kills, seed)
    print(f"{kind}: {report}")
    if report.lost or report.twice or report.kills < kills:
        sys.exit(1)


if __name__ == "__main__":
    main()
