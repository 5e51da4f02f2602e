"""A whole installation as processes, and the people who use it while something fails."""

import http.client
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench import mailserver, servers
from bench.chatting import Phone
from bench.lines import Line, line
from bench.mailserver import Postbox
from bench.posting import FORM, sign_up
from bench.stage import GROUP, SECRET
from bot.emulator.threaded import Running, running
from commands.answering import ask
from models import groups
from models.db import Database

PAUSE = 0.1  # seconds before what failed is tried again


@dataclass
class Installation:
    """The processes, what they are connected to, and by which lines."""

    url: str
    port: int
    environment: dict[str, str]
    processes: dict[str, int]
    emulator: Running
    box: Postbox
    chat: Line
    mail: Line


@contextmanager
def installation(url: str, folder: Path, **more: str) -> Iterator[Installation]:
    """Run pages, bot and courier on a database, with an emulated Telegram and a mail server behind lines."""
    with ExitStack() as stack:
        emulator = stack.enter_context(running(limits=False, hold=2.0))
        box = stack.enter_context(mailserver.serving(trouble=0))
        chat = stack.enter_context(line(urlsplit(emulator.url).port or 0))
        mail = stack.enter_context(line(box.port))
        port = servers.free_port()
        environment = {
            "MITWIRKEN_DATABASE": url, "MITWIRKEN_PORT": str(port), "MITWIRKEN_SECRET": SECRET,
            "MITWIRKEN_LEAST_SECONDS": "0", "MITWIRKEN_SETTINGS": os.devnull,
            "MITWIRKEN_BASE_URL": "https://region.example.org", "MITWIRKEN_FILES": str(folder / "files"),
            "MITWIRKEN_BOT_USERNAME": "bench_bot", "MITWIRKEN_BOT_TOKEN": emulator.token,
            "MITWIRKEN_BOT_API": f"http://127.0.0.1:{chat.port}", "MITWIRKEN_COURIER_RATE": "0",
            "MITWIRKEN_SMTP_HOST": "127.0.0.1", "MITWIRKEN_SMTP_PORT": str(mail.port),
            "MITWIRKEN_MAIL_FROM": "mitwirken@region.example.org", **more,
        }  # fmt: skip
        processes = stack.enter_context(begun(environment, port))
        _wait_until_well(port)  # what fails while it starts is the supervisor's, which is not here
        yield Installation(url, port, environment, processes, emulator, box, chat, mail)


@contextmanager
def begun(environment: dict[str, str], port: int) -> Iterator[dict[str, int]]:
    """Run pages, bot and courier, and return which process is which."""
    with ExitStack() as stack:
        processes = {}
        for name in ("web", "bot", "courier"):
            command = [sys.executable, "-m", "mitwirken", name]
            asked = port if name == "web" else 0
            processes[name] = stack.enter_context(servers.running(command, environment, asked))
        yield processes


def _wait_until_well(port: int) -> None:
    """Wait until bot and courier hold their leases; RuntimeError after a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        body = ask(f"http://127.0.0.1:{port}/healthz", timeout=10).body or {}
        if body.get("status") == "ok":
            return
        time.sleep(0.2)
    raise RuntimeError(f"bot or courier did not come up: {body}")


@dataclass
class Crowd:
    """People who sign up on the page and write in the chat, each until they are thanked."""

    place: Installation
    confirmed: set[str] = field(default_factory=set)
    said: Counter[str] = field(default_factory=Counter)  # what they were told before that
    slowest: float = 0.0
    written: Counter[int] = field(default_factory=Counter)  # messages, by chat

    def sign_up_all(self, first: int, many: int, seconds: float, patience: float = 120.0) -> None:
        """Let so many come, spread over the seconds, and wait until all are done."""
        db = Database(self.place.url)
        with db.reading() as session:
            code = groups.directory(session).get(GROUP).code
        db.close()
        threads = []
        for number in range(first, first + many):
            threads.append(threading.Thread(target=self._sign_up, args=(code, number, patience), daemon=True))
            threads[-1].start()
            time.sleep(seconds / many)
        for one in threads:
            one.join(patience)

    def _sign_up(self, code: str, number: int, patience: float) -> None:
        address = f"person{number}@example.org"
        body, began = sign_up(code, address), time.monotonic()
        while time.monotonic() < began + patience:
            told = self._send(body)
            if told == "303":
                self.confirmed.add(address)
                self.slowest = max(self.slowest, time.monotonic() - began)
                return
            self.said[told] += 1
            time.sleep(PAUSE)

    def _send(self, body: bytes) -> str:
        call = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=30)
        try:
            call.request("POST", FORM, body, {"Content-Type": "application/x-www-form-urlencoded"})
            return str(call.getresponse().status)
        except (OSError, http.client.HTTPException):
            return "cut"
        finally:
            call.close()

    def write_all(self, people: int, each: int, seconds: float) -> None:
        """Let people write to the bot, in turn. What they write reaches Telegram in any weather."""
        port = urlsplit(self.place.emulator.url).port or 0
        phones = [Phone(port) for _number in range(people)]
        for _turn in range(each):
            for phone in phones:
                phone.write("/help")
                self.written[phone.id] += 1
                time.sleep(seconds / (people * each))
