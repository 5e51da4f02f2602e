"""The bot as a process, with an emulated Telegram and the real courier."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa

from bot import service
from bot.courier import service as courier
from bot.emulator.threaded import Running, running
from models.db import Database
from models.inbox import InboxUpdate
from models.settings import Settings
from models.submissions import Submission
from tests.bot.chat import count
from tests.bot.conftest import bot_settings
from tests.bot.test_conversation import code_of

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def fresh_telegram(four_languages: None) -> Iterator[Running]:
    """An emulated Telegram of one's own."""
    with running(limits=False) as emulator:
        yield emulator


@contextmanager
def processes(settings: Settings, db: Database, *jobs: Callable[..., Any]) -> Iterator[None]:
    """Run services in a thread until the end of the block; what ends them is raised."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    errors: list[BaseException] = []

    async def run() -> None:
        await asyncio.gather(*(job(settings, db, stop) for job in jobs))

    def main() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # shown to the test below
            errors.append(error)
        finally:
            loop.close()

    thread = threading.Thread(target=main, daemon=True)
    thread.start()
    try:
        yield
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        assert not thread.is_alive()
        assert errors == []


class Phone:
    """Somebody's app, through the emulator's user side."""

    def __init__(self, telegram: Running, *, language: str = "de") -> None:
        self.url = telegram.url
        self.pressed = 0
        self.id = self.post("/user", {"first_name": "Amina", "language_code": language})["id"]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call the user side."""
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(self.url + path, json.dumps(body).encode(), headers)) as answer:
            return dict(json.load(answer))

    def write(self, text: str) -> None:
        """Write to the bot."""
        self.post(f"/user/{self.id}/send", {"text": text})

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The chat as it looks now."""
        with urlopen(f"{self.url}/user/{self.id}/chat") as answer:
            return list(json.load(answer)["messages"])

    def find(self, verb: str) -> tuple[int, str] | None:
        """The newest button whose data begins or ends so, below what was pressed last."""
        for message in reversed(self.messages):
            if message["message_id"] <= self.pressed:
                return None
            for row in message.get("buttons") or []:
                for button in row:
                    data = button.get("callback_data") or ""
                    if data.startswith(f"{verb}:") or data.endswith(f":{verb}"):
                        return message["message_id"], data
        return None

    def press(self, verb: str) -> None:
        """Press a button as soon as it is there."""
        found = wait_for(lambda: self.find(verb))
        self.pressed = found[0]
        self.post(f"/user/{self.id}/press", {"message_id": found[0], "button": found[1]})


def wait_for(look: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Look until there is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def finish_sign_up(phone: Phone, *verbs: str) -> None:
    """Press these, then wait for the thanks."""
    for verb in verbs:
        phone.press(verb)
    wait_for(lambda: phone.find("send") is None and len(phone.messages) > 1)


VERBS = ("join", "take", "skip", "member", "telegram", "yes", "no", "send")


def test_sign_up_by_deep_link_in_three_languages(paderborn: Database, fresh_telegram: Running) -> None:
    code = code_of(paderborn)
    phones = {tag: Phone(fresh_telegram, language=tag) for tag in ("ar", "de", "en")}
    settings = bot_settings(paderborn, fresh_telegram)
    with processes(settings, paderborn, service.run, courier.run):
        for phone in phones.values():
            phone.write(f"/start {code}")
        for phone in phones.values():
            finish_sign_up(phone, *VERBS)
        wait_for(lambda: count(paderborn, "memberships") == 3)
        wait_for(lambda: all(phone.messages[-1]["from"] == "bot" for phone in phones.values()))
    with paderborn.reading() as session:
        assert set(session.scalars(sa.select(Submission.language))) == {"ar", "de", "en"}
    pressed = [m for m in phones["en"].messages if m.get("buttons")]
    marks = [b["text"] for m in pressed for row in m["buttons"] for b in row if b["text"].startswith("✓")]
    assert len(marks) >= 6  # the chat shows what was answered


def test_a_restart_in_the_middle_goes_unnoticed(paderborn: Database, fresh_telegram: Running) -> None:
    phone = Phone(fresh_telegram)
    settings = bot_settings(paderborn, fresh_telegram)
    with processes(settings, paderborn, service.run, courier.run):
        phone.write(f"/start {code_of(paderborn)}")
        for verb in VERBS[:4]:
            phone.press(verb)
        assert wait_for(lambda: phone.find("telegram"))
    phone.press("telegram")  # while nothing runs
    with processes(settings, paderborn, service.run, courier.run):
        finish_sign_up(phone, *VERBS[5:])
        wait_for(lambda: count(paderborn, "memberships") == 1)


def test_the_bot_presents_itself_in_each_language(paderborn: Database, fresh_telegram: Running) -> None:
    settings = bot_settings(paderborn, fresh_telegram)
    stats = fresh_telegram.emulator.stats.methods
    with processes(settings, paderborn, service.run):
        # everybody, en, ar; German is what everybody gets, and the last one is the last of all
        wait_for(lambda: stats.get("setMyShortDescription", {}).get("ok", 0) == 3)
    before = {name: dict(row) for name, row in stats.items() if name.startswith("set")}
    assert before["setMyCommands"]["ok"] == 4  # everybody, de, en, ar
    assert before["setMyDescription"]["ok"] >= 1
    with processes(settings, paderborn, service.run):
        wait_for(lambda: stats["getMyShortDescription"]["ok"] == 8)
    assert {name: dict(row) for name, row in stats.items() if name.startswith("set")} == before


@pytest.mark.parametrize("kind", ["500", "cut", "429"])
def test_messages_arrive_through_trouble(paderborn: Database, fresh_telegram: Running, kind: str) -> None:
    phone = Phone(fresh_telegram)
    plan = {"method": "getUpdates", "kind": kind, "times": 2, "retry_after": 1}
    phone.post("/fault", plan)
    with processes(bot_settings(paderborn, fresh_telegram), paderborn, service.run):
        phone.write("/help")
        wait_for(lambda: count(paderborn, "deliveries") == 1)


def test_a_webhook_left_behind_does_not_stop_the_long_poll(
    paderborn: Database, fresh_telegram: Running
) -> None:
    urlopen(f"{fresh_telegram.url}/bot{fresh_telegram.token}/setWebhook?url=http://127.0.0.1:9/x").close()
    phone = Phone(fresh_telegram)
    with processes(bot_settings(paderborn, fresh_telegram), paderborn, service.run):
        phone.write("/help")
        wait_for(lambda: count(paderborn, "deliveries") == 1)


def test_telegram_may_come_later_than_the_bot(
    paderborn: Database, fresh_telegram: Running, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(fresh_telegram)
    phone.post("/fault", {"method": "getMe", "kind": "cut", "times": 1})
    with processes(bot_settings(paderborn, fresh_telegram), paderborn, service.run):
        phone.write("/help")
        wait_for(lambda: count(paderborn, "deliveries") == 1)
    assert "Telegram cannot be reached" in caplog.text
    assert fresh_telegram.token not in caplog.text


def test_a_wrong_token_is_said_and_never_shown(
    paderborn: Database, fresh_telegram: Running, caplog: pytest.LogCaptureFixture
) -> None:
    token = "7000000002:wrong-token-wrong-token-wrong"
    settings = bot_settings(paderborn, fresh_telegram).model_copy(update={"bot_token": _secret(token)})
    with processes(settings, paderborn, service.run):
        wait_for(lambda: "does not know this bot token" in caplog.text)
    assert token not in caplog.text


def _secret(token: str) -> Any:
    return type(Settings.model_fields["bot_token"].default)(token)


def spawn(settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    """Start the bot as its own process."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "MITWIRKEN_DATABASE": settings.database,
        "MITWIRKEN_BOT_API": settings.bot_api, "MITWIRKEN_BOT_USERNAME": settings.bot_username,
        "MITWIRKEN_BOT_TOKEN": settings.bot_token.get_secret_value(),
        "MITWIRKEN_BASE_URL": settings.base_url,
    }  # fmt: skip
    with log.open("ab") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "bot"], cwd=log.parent, env=environment, stdout=sink, stderr=sink
        )


def progress(db: Database) -> tuple[int, int]:
    """Updates done, and all that were taken in."""
    with db.reading() as session:
        done = session.scalar(sa.select(sa.func.count()).where(InboxUpdate.state == "done"))
        return done or 0, count(db, "inbox")


@pytest.mark.journey
def test_a_killed_bot_loses_nothing_and_does_nothing_twice(
    paderborn: Database, fresh_telegram: Running, tmp_path: Path
) -> None:
    waiting = 200
    phones = [Phone(fresh_telegram) for _number in range(20)]
    for number in range(waiting):
        phones[number % len(phones)].write(f"Frage {number}")
    settings, log = bot_settings(paderborn, fresh_telegram), tmp_path / "bot.log"
    kills = 0
    for goal in (20, 90):
        bot = spawn(settings, log)
        while progress(paderborn)[0] < goal:
            assert bot.poll() is None
            time.sleep(0.01)
        bot.send_signal(signal.SIGKILL)
        bot.wait()
        kills += progress(paderborn)[0] < waiting
    bot = spawn(settings, log)
    wait_for(lambda: progress(paderborn) == (waiting, waiting), 60)
    bot.send_signal(signal.SIGTERM)
    assert bot.wait(60) == 0
    assert kills == 2  # it was killed while messages waited
    assert count(paderborn, "deliveries") == waiting  # each got one answer
    assert fresh_telegram.token not in log.read_text()
    assert "Traceback" not in log.read_text()
