"""What the bot's tests share: an emulated Telegram, and bots that work on demand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from bot.emulator.threaded import Running, running
from models.db import Database
from models.settings import Settings
from tests.bot.chat import Bot, started
from translations import LANGUAGES, catalogues


@pytest.fixture(scope="session")
def telegram() -> Iterator[Running]:
    """An emulated Telegram without limits, for the whole run."""
    with running(limits=False) as emulator:
        yield emulator


def bot_settings(db: Database, telegram: Running) -> Settings:
    """Settings of a bot at the emulated Telegram."""
    return Settings(
        database=db.url.render_as_string(hide_password=False), bot_api=telegram.url, bot_token=telegram.token,
        bot_username="mitwirken_demo_bot", base_url="http://mitwirken.example", courier_rate=0,
        _env_file=None,
    )  # fmt: skip


@pytest.fixture
def four_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four languages be offered, whichever catalogues are there."""
    offered = tuple(entry for entry in LANGUAGES if entry.tag in ("de", "de-simple", "en", "ar"))
    monkeypatch.setattr(catalogues, "offered", lambda: offered)


@pytest.fixture
def open_bot(telegram: Running, four_languages: None) -> Iterator[Callable[[Database], Bot]]:
    """Open bots on databases."""
    with ExitStack() as stack:
        yield lambda db: stack.enter_context(started(db, bot_settings(db, telegram)))


@pytest.fixture
def bot(paderborn: Database, open_bot: Callable[[Database], Bot]) -> Bot:
    """A bot on the demo's region."""
    return open_bot(paderborn)


@pytest.fixture
def any_bot(any_db: Database, open_bot: Callable[[Database], Bot]) -> Bot:
    """A bot on the demo's region, on each kind of database."""
    return open_bot(any_db)
