"""Row 9: an update to thousands at Telegram's limits, beside a bot that leaves pacing to its library.

The emulator refuses more than 30 messages a second, one a second to a person, 20 a minute to a group. In the
middle somebody gets an answer, which must not wait.
"""

import asyncio
import http.client
import json
import logging
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, Application

from bench import followers
from bench.rounds import Line
from bench.row_chat import cpu_seconds
from bench.servers import free_port, running
from bench.stage import make_file
from bot.emulator.hub import DEFAULT_TOKEN, DEFAULT_USERNAME
from models import outbox
from models.db import Database
from models.letters import Letter
from models.people import ChannelKind, of_chat
from translations import Text

RATE, MANY, QUICK = 25, 3000, 250
GOAL_SHARE, GOAL_ANSWER, GOAL_CPU = 0.95, 1.0, 8.0
PATIENCE = 4.0  # in times of what it should take


@dataclass
class Sent:
    """How a broadcast went: seconds in all, refusals, the lost, seconds until an answer, CPU for one."""

    seconds: float
    refused: int
    lost: int
    answer: float
    cpu: float = 0.0


class Side:
    """The people's side of an emulator."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._line = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask it something."""
        data = json.dumps(body) if body is not None else None
        self._line.request(method, path, data, {"Content-Type": "application/json"})
        return dict(json.loads(self._line.getresponse().read()))

    def people(self, many: int) -> list[int]:
        """Return the ids of people who have pressed Start."""
        found = [int(self.ask("POST", "/user", {"first_name": "Amina"})["id"]) for _one in range(many)]
        for one in found:
            self.ask("POST", f"/user/{one}/send", {"text": "/start"})
        return found

    def outcome(self) -> tuple[int, int]:
        """Return how many messages were taken, and how many refused as too fast."""
        row = self.ask("GET", "/stats")["methods"].get("sendMessage", {"ok": 0, "errors": {}})
        return int(row["ok"]), int(row["errors"].get("429", 0))

    def has(self, person: int, words: str) -> bool:
        """Return whether somebody has got these words."""
        messages = self.ask("GET", f"/user/{person}/chat?after=0")["messages"]
        return any(words in (one.get("text") or "") for one in messages)


def ours(folder: Path, port: int, many: int) -> Sent:
    """Send with the courier, and let somebody be answered in the middle."""
    side, file = Side(port), folder / "broadcast.sqlite"
    make_file(file)
    db = Database(f"sqlite:///{file}")
    people = side.people(many)
    followers.add(db, followers.by_chat(people))
    environment = {
        "MITWIRKEN_DATABASE": f"sqlite:///{file}", "MITWIRKEN_BOT_API": f"http://127.0.0.1:{port}",
        "MITWIRKEN_BOT_TOKEN": DEFAULT_TOKEN, "MITWIRKEN_BOT_USERNAME": DEFAULT_USERNAME,
        "MITWIRKEN_COURIER_RATE": str(RATE), "MITWIRKEN_SETTINGS": os.devnull,
    }  # fmt: skip
    with running([sys.executable, "-m", "mitwirken", "courier"], environment) as pid:
        _answer(db, people[0])
        _until(lambda: side.outcome()[0] == 1, 60)  # it works, and has its lease
        before = cpu_seconds([pid])
        begun = time.monotonic()
        followers.send(db)
        limit = PATIENCE * many / RATE
        _until(lambda: side.outcome()[0] > many // 2, limit)
        asked = time.monotonic()
        _answer(db, people[many // 4], "Die Antwort")
        _until(lambda: side.has(people[many // 4], "Die Antwort"), limit, every=0.01)
        answer = time.monotonic() - asked
        _until(lambda: side.outcome()[0] >= many + 2, limit)
        seconds = time.monotonic() - begun
        cpu = (cpu_seconds([pid]) - before) / many
    db.close()
    lost = sum(not side.has(one, followers.WORDS) for one in people)
    return Sent(seconds, side.outcome()[1], lost, answer, cpu)


def _answer(db: Database, chat: int, words: str = "Guten Tag") -> None:
    with db.transaction() as session:
        person = of_chat(session, chat)
        if person is not None:
            outbox.post(
                session, person.id, ChannelKind.TELEGRAM, Letter(Text(words), (Text(words),)),
                kind=outbox.DIALOGUE, priority=outbox.ANSWER_FIRST,
            )  # fmt: skip


def _until(holds: Callable[[], bool], seconds: float, *, every: float = 0.1) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return  # what is missing is counted as lost
        time.sleep(every)


def naive(port: int, many: int) -> Sent:
    """Send all at once through the library's own limiter, as its documentation shows it."""
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)  # with its stack
    side = Side(port)
    people = side.people(many)
    seconds, answer, failed = asyncio.run(_naive(port, people))
    return Sent(seconds, side.outcome()[1], failed, answer)


async def _naive(port: int, people: list[int]) -> tuple[float, float, int]:
    builder = Application.builder().token(DEFAULT_TOKEN).base_url(f"http://127.0.0.1:{port}/bot")
    app = builder.rate_limiter(AIORateLimiter()).build()
    async with app.bot as bot:
        begun = time.monotonic()
        sending = asyncio.gather(
            *(bot.send_message(one, followers.WORDS) for one in people), return_exceptions=True
        )
        await asyncio.sleep(len(people) / 30 / 2)
        asked, answer = time.monotonic(), float("inf")
        try:
            await bot.send_message(people[len(people) // 4], "Die Antwort")
            answer = time.monotonic() - asked
        except TelegramError:
            pass  # the answer itself is lost
        results = await sending
        seconds = time.monotonic() - begun
    return seconds, answer, sum(isinstance(one, BaseException) for one in results)


def raw(port: int, many: int) -> float:
    """Return the CPU seconds for one message of a sender that could not do less: one socket, one loop."""
    people = Side(port).people(50)
    with socket.create_connection(("127.0.0.1", port)) as line:
        begun = time.process_time()
        for number in range(many):
            body = urlencode({"chat_id": people[number % 50], "text": followers.WORDS}).encode()
            head = (
                f"POST /bot{DEFAULT_TOKEN}/sendMessage HTTP/1.1\r\nHost: bench\r\nContent-Type: "
                f"application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            line.sendall(head.encode() + body)
            answer = line.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise AssertionError(answer)
        return (time.process_time() - begun) / many


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row."""
    many = QUICK if quick else MANY
    with ExitStack() as stack:
        ports = {name: free_port() for name in ("ours", "naive", "raw")}
        for name, port in ports.items():
            limits = ["--no-limits"] if name == "raw" else []
            emulator = [sys.executable, "-m", "bot.emulator", "--port", str(port), *limits]
            stack.enter_context(running(emulator, {}, port, ask="/stats"))
        sent = ours(folder, ports["ours"], many)
        other = naive(ports["naive"], many)
        bare = statistics.median(raw(ports["raw"], 500) for _round in range(5))
    return _lines(sent, other, bare, many)


def _lines(sent: Sent, other: Sent, bare: float, many: int) -> list[Line]:
    share = many / RATE / sent.seconds
    library = "python-telegram-bot's AIORateLimiter"
    return [
        Line(
            "9", f"update to {many:,} at {RATE}/s, the emulator refusing above 30/s", f"{sent.seconds:.1f} s",
            f"arithmetic: {many / RATE:.1f} s", f"{share:.1%} of {RATE}/s", f"≥ {GOAL_SHARE:.0%}",
            share >= GOAL_SHARE,
        ),
        Line(
            "9", "refused with 429; lost", f"{sent.refused}; {sent.lost}",
            f"{library}: {other.refused}; {other.lost}, in {other.seconds:.1f} s", "–",
            "0; 0", not sent.refused and not sent.lost,
        ),
        Line(
            "9", "an answer asked for in the middle", f"{sent.answer * 1000:.0f} ms",
            f"{library}: {other.answer:.1f} s", "–", f"≤ {GOAL_ANSWER:g} s", sent.answer <= GOAL_ANSWER,
        ),
        Line(
            "9", "CPU of the courier for one message, filling and book-keeping included",
            f"{sent.cpu * 1e6:.0f} µs", f"raw socket: {bare * 1e6:.0f} µs", f"{sent.cpu / bare:.1f}",
            f"≤ {GOAL_CPU:g}", sent.cpu / bare <= GOAL_CPU,
        ),
    ]  # fmt: skip
