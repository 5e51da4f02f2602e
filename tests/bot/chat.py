"""People who chat with the bot: raw updates into the inbox, letters out of the outbox."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.processor import Processor
from bot.routing import application
from models import inbox
from models.db import Database
from models.inbox import InboxState, InboxUpdate
from models.letters import Button, Letter
from models.outbox import Delivery, Message
from models.people import ChannelKind, Person
from models.settings import Settings
from translations import Text, Words

NUMBERS = itertools.count(500_000_000)


class Bot:
    """The processor, working on demand in a loop of its own."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.settings = db, settings
        self.loop = asyncio.new_event_loop()
        self.app = application(settings)
        self.loop.run_until_complete(self.app.initialize())
        self.processor = Processor(self.app, db, settings, asyncio.Event())

    def take(self, *updates: dict[str, Any]) -> None:
        """Receive raw updates and work until nothing waits."""
        with self.db.transaction() as session:
            inbox.take_in(session, updates)
        self.work()

    def work(self) -> None:
        """Work until nothing waits."""
        stop = asyncio.Event()
        while self.loop.run_until_complete(self.processor.work_off(stop))[0]:
            pass
        self.loop.run_until_complete(self.processor.aftermath.finish())

    def close(self) -> None:
        """End."""
        self.loop.run_until_complete(self.app.shutdown())
        self.loop.close()


@contextmanager
def started(db: Database, settings: Settings) -> Iterator[Bot]:
    """A bot for the length of a block."""
    bot = Bot(db, settings)
    try:
        yield bot
    finally:
        bot.close()


class Visitor:
    """One person with the chat open."""

    def __init__(self, bot: Bot, chat_id: int, *, language: str | None = "de", username: str = "") -> None:
        self.bot, self.id = bot, chat_id
        self.user = {"id": chat_id, "is_bot": False, "first_name": "Amina"}
        if language:
            self.user["language_code"] = language
        if username:
            self.user["username"] = username

    @property
    def chat(self) -> dict[str, Any]:
        """The private chat."""
        return {"id": self.id, "type": "private", "first_name": "Amina"}

    def message(self, **content: Any) -> dict[str, Any]:
        """A raw message."""
        if content.get("text", "").startswith("/"):
            length = len(content["text"].split()[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        number = next(NUMBERS)
        return {
            "message_id": number,
            "date": int(time.time()),
            "chat": self.chat,
            "from": self.user,
            **content,
        }

    def update(self, text: str, **more: Any) -> dict[str, Any]:
        """A raw update with a text."""
        return {"update_id": next(NUMBERS), "message": self.message(text=text, **more)}

    def write(self, text: str, **more: Any) -> Letter:
        """Write and return the newest answer."""
        self.bot.take(self.update(text, **more))
        return self.last

    def pressing(self, data: str) -> dict[str, Any]:
        """A raw update with a pressed button."""
        below = {
            "message_id": next(NUMBERS), "date": int(time.time()), "chat": self.chat, "text": "…",
            "from": {"id": 7, "is_bot": True, "first_name": "Bot"},
        }  # fmt: skip
        query = {"from": self.user, "message": below, "chat_instance": "1", "data": data}
        return {"update_id": next(NUMBERS), "callback_query": {"id": str(next(NUMBERS)), **query}}

    def press_data(self, data: str, times: int = 1) -> Letter:
        """Press a button by its data, perhaps several times at once."""
        self.bot.take(*(self.pressing(data) for _time in range(times)))
        return self.last

    def press(self, verb: str, times: int = 1) -> Letter:
        """Press the button of the newest letter whose data begins or ends with these words."""
        return self.press_data(self.button(verb).verb, times)

    def button(self, verb: str) -> Button:
        """The button of the newest letter whose data begins or ends with these words."""
        data = [one for one in self.last.buttons if _fits(one.verb, verb)]
        assert data, (verb, [one.verb for one in self.last.buttons], self.last.paragraphs)
        return data[0]

    @property
    def letters(self) -> list[Letter]:
        """All letters to this chat, the oldest first."""
        with self.bot.db.reading() as session:
            return [Letter.unpack(words) for words in session.scalars(self._words.order_by(Delivery.id))]

    @property
    def last(self) -> Letter:
        """The newest letter; an empty one where nothing was said."""
        with self.bot.db.reading() as session:
            words = session.scalar(self._words.order_by(Delivery.id.desc()).limit(1))
            return Letter.unpack(words) if words else Letter(Text(""), ())

    @property
    def _words(self) -> sa.Select[dict[str, Any]]:
        return (
            sa.select(Message.words)
            .join(Delivery, Delivery.message_id == Message.id)
            .join(Person, Person.id == Delivery.person_id)
            .where(Person.telegram_id == self.id, Delivery.channel == ChannelKind.TELEGRAM)
        )


def _fits(data: str, wanted: str) -> bool:
    return data == wanted or data.startswith(f"{wanted}:") or data.endswith(f":{wanted}")


def untranslated(words: Words) -> str:
    """Words as the code writes them, whatever the catalogues make of them."""
    if not isinstance(words, Text):
        return words.to("en")
    said = words.msgid
    for name, value in words.values:
        inner = str(value) if isinstance(value, (str, int, date)) else untranslated(value)
        said = said.replace(f"{{{name}}}", inner)
    return said


def said(letter: Letter) -> str:
    """A letter's words, untranslated."""
    return "\n".join(untranslated(words) for words in letter.paragraphs)


def msgids(letter: Letter) -> set[str]:
    """The catalogue's keys that a letter is made of."""
    return {words.msgid for words in letter.paragraphs if isinstance(words, Text)}


def states(db: Database) -> list[InboxState]:
    """How the inbox stands, in the order of the updates."""
    with db.reading() as session:
        return list(session.scalars(sa.select(InboxUpdate.state).order_by(InboxUpdate.update_id)))


def count(db: Database, table: str) -> int:
    """Rows of a table."""
    with db.reading() as session:
        return int(session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0)
