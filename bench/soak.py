"""`python -m bench.soak`: the courier killed a hundred times amid a broadcast, while all around it fails.

Telegram answers 429 and 502, cuts lines and keeps silent; the mail server puts off, refuses and hangs up. At
the end everybody is counted: nobody may be lost, doubles may be at most one for each kill and each answer
that nobody knows, and what the desk says of each recipient must be true.
"""

import asyncio
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.request import Request, urlopen

import click
import sqlalchemy as sa

from bench import followers, mailserver
from bench.databases import fresh
from bench.mailserver import GONE, Postbox
from bot.courier import email_carrier
from bot.courier.service import run
from bot.courier.timing import Timing
from bot.emulator.threaded import Running, running
from models.broadcasts import Broadcast, BroadcastState
from models.db import Database
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind, Person
from models.settings import Settings

QUICK = Timing(answer=1.0, mail=3.0, beg=0.1, again=0.1, fill=0.05, fill_idle=0.1)
LADDER = (1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0)  # minutes and hours of the real one, as seconds
FAULTS = (("429", 0.3), ("502", 0.3), ("cut", 0.25), ("timeout", 0.15))
ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)


def work(settings: Settings) -> None:
    """What the killed process does: nothing but carry."""
    email_carrier.LADDER = LADDER
    db = Database(settings.database)
    asyncio.run(run(settings, db, asyncio.Event(), timing=QUICK))


def start(settings: Settings) -> ForkServerProcess:
    """Return a process of its own, forked from one that has everything imported, to spare the time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.soak"])
    process = context.Process(target=work, args=(settings,), daemon=True)
    process.start()
    return process


@dataclass
class Report:
    """What became of everybody."""

    messages: int
    kills: int
    lost: int
    doubled: int
    ambiguous: int
    untrue: int  # recipients of whom the desk says something else than what happened
    states: dict[str, int]
    faults: dict[str, int]
    seconds: float

    @property
    def is_fine(self) -> bool:
        """Whether everything was as promised."""
        return not self.lost and not self.untrue and self.doubled <= self.kills + self.ambiguous

    def __str__(self) -> str:
        return (
            f"{self.messages:,} recipients, {self.kills} × kill -9 in {self.seconds:.0f} s: "
            f"{self.lost} lost, {self.doubled} doubled (allowed {self.kills} + {self.ambiguous} ambiguous), "
            f"{self.untrue} untrue states; {self.states}; trouble {self.faults}"
        )


class Soak:
    """One broadcast to many people, half of them by chat and half by e-mail, and who kills the courier."""

    def __init__(self, db: Database, emulator: Running, box: Postbox, messages: int, seed: int) -> None:
        self.db, self.emulator, self.box, self.messages = db, emulator, box, messages
        self.chance = random.Random(seed)
        self.settings = Settings(
            database=db.url.render_as_string(hide_password=False), bot_api=emulator.url,
            bot_token=emulator.token, smtp_host="127.0.0.1", smtp_port=box.port, courier_rate=0,
            mail_from="mitwirken@region.example.org", base_url="https://region.example.org", _env_file=None,
        )  # fmt: skip
        self._faults_at = 0

    def prepare(self) -> None:
        """Let everybody follow a group, and begin to send. One in a hundred cannot be reached."""
        chats = [self._human() for _number in range(self.messages // 2)]
        for chat in chats[::100]:
            self._ask(f"/user/{chat}/block", {})
        mails = [
            f"{GONE if number % 100 == 0 else 'da-'}{number}@example.org"
            for number in range(self.messages - len(chats))
        ]
        # In turn, so that both lanes are busy at all times.
        everybody = [*followers.by_chat(chats), *followers.by_mail(mails)]
        self.chance.shuffle(everybody)
        followers.add(self.db, everybody)
        self.broadcast = followers.send(self.db)

    def _human(self) -> int:
        number = int(self._ask("/user", {"first_name": "Amina", "language_code": "de"})["id"])
        self._ask(f"/user/{number}/send", {"text": "/start"})
        return number

    def _ask(self, path: str, body: dict[str, object]) -> dict[str, object]:
        kind = {"Content-Type": "application/json"}
        with urlopen(
            Request(self.emulator.url + path, json.dumps(body).encode(), kind), timeout=10
        ) as answer:
            return dict(json.loads(answer.read()))

    def chats(self) -> Counter[int]:
        """Return how many messages of the bot each chat has."""
        found: Counter[int] = Counter()
        for number, chat in list(self.emulator.state.chats.items()):
            found[number] = sum(entry.from_bot for entry in list(chat.entries.values()))
        return found

    def arrived(self) -> int:
        """Return how much has arrived, repeated ones too, by what the servers counted."""
        sent = self.emulator.emulator.stats.methods.get("sendMessage", {"ok": 0, "errors": {}})
        return int(sent["ok"] + sent["errors"].get("timeout", 0)) + sum(self.box.got.values())

    def trouble(self) -> None:
        """Plan the next trouble for Telegram, a little more the more has arrived."""
        if self.arrived() < self._faults_at:
            return
        self._faults_at = self.arrived() + self.chance.randrange(20, max(21, self.messages // 100))
        kinds, weights = zip(*FAULTS, strict=True)
        (kind,) = self.chance.choices(kinds, weights)
        self._ask("/fault", {"kind": kind, "times": 1, "retry_after": 1})

    def kill_at(self, goal: int) -> None:
        """Let a courier work until so much has arrived, and kill it at any moment after."""
        process = start(self.settings)
        end = time.monotonic() + 60
        while self.arrived() < goal and time.monotonic() < end:
            self.trouble()
            time.sleep(0.005)
        time.sleep(self.chance.random() * 0.02)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(5)

    def finish(self, seconds: float) -> None:
        """Let a last courier bring everything to its end."""
        process = start(self.settings)
        end = time.monotonic() + seconds
        while not self._is_done() and time.monotonic() < end:
            time.sleep(0.1)
        process.terminate()
        process.join(10)
        if process.is_alive():
            process.kill()

    def _is_done(self) -> bool:
        with self.db.reading() as session:
            held = session.get_one(Broadcast, self.broadcast)
            waits = sa.select(Delivery.id).where(Delivery.state.in_(ON_THE_WAY)).limit(1)
            return held.state is BroadcastState.DONE and session.scalar(waits) is None

    def report(self, kills: int, seconds: float) -> Report:
        """Count everybody."""
        with self.db.reading() as session:
            rows = session.execute(
                sa.select(Delivery.state, Delivery.channel, Person.telegram_id, Person.email)
                .select_from(Person)
                .outerjoin(Delivery, Delivery.person_id == Person.id)
                .where(Person.name.like("Person %"))
            ).all()
        chats = self.chats()
        lost = doubled = untrue = 0
        for state, channel, chat, mail in rows:
            came = chats[chat] if channel is ChannelKind.TELEGRAM else self.box.got[mail]
            is_unreachable = state is DeliveryState.UNREACHABLE
            lost += came == 0 and not is_unreachable
            doubled += max(0, came - 1)
            untrue += (came > 0) != (state is DeliveryState.SENT)
        lost += self.messages - len(rows) if len(rows) < self.messages else 0
        untrue += len(rows) - self.messages if len(rows) > self.messages else 0  # somebody has two deliveries
        faults = dict(self.emulator.emulator.stats.methods["sendMessage"]["errors"])
        ambiguous = int(faults.get("timeout", 0)) + self.box.made["cut after the content"]
        states = Counter(state.value if state else "none" for state, *_rest in rows)
        return Report(
            self.messages, kills, lost, doubled, ambiguous, untrue, dict(states),
            faults | {name: many for name, many in self.box.made.items() if many}, seconds,
        )  # fmt: skip


def soak(db: Database, *, messages: int, kills: int, seed: int = 749, patience: float = 600.0) -> Report:
    """Run it on a database with a region and nobody in it."""
    with running(limits=False, hold=2.0) as emulator, mailserver.serving(trouble=0.01) as box:
        one = Soak(db, emulator, box, messages, seed)
        one.prepare()
        begun = time.monotonic()
        for number in range(kills):
            left = messages * 0.97 - one.arrived()
            share = max(1.0, left / (kills - number))
            one.kill_at(one.arrived() + int(share * one.chance.uniform(0.5, 1.4)))
        one.finish(patience)
        return one.report(kills, time.monotonic() - begun)


@click.command()
@click.option("--messages", default=20_000, show_default=True)
@click.option("--kills", default=100, show_default=True)
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--seed", default=749, show_default=True)
def main(messages: int, kills: int, kind: str, seed: int) -> None:
    """Kill the courier again and again, and count everybody. Status 1 when a promise was broken."""
    with tempfile.TemporaryDirectory() as folder, fresh(kind, Path(folder)) as url:
        db = Database(url)
        report = soak(db, messages=messages, kills=kills, seed=seed)
        db.close()
    print(f"{kind}: {report}")
    if not report.is_fine:
        sys.exit(1)


if __name__ == "__main__":
    main()
