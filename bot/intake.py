"""Intake: updates are stored and committed before Telegram hears that they have arrived."""

import asyncio
import json
import logging
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.courier.aiohttp_request import TooFast
from bot.patience import Patience, pause
from models import inbox
from models.db import Database

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
BATCH = 100
LONG_POLL = 30  # seconds; Telegram allows 50
SLACK = 0.5  # seconds beyond what Telegram asks us to wait
TOKEN_PAUSE = 60.0  # seconds: a wrong token mends itself only by a person's hand
log = logging.getLogger(__name__)


async def poll(bot: Bot, offset: int) -> list[Any]:
    """Return the raw updates from `offset` on, waiting for them; TelegramError when it does not work.

    Raw, because what cannot be parsed must be stored too.
    """
    query: dict[str, Any] = {
        "timeout": LONG_POLL, "limit": BATCH, "allowed_updates": json.dumps(KINDS),
    }  # fmt: skip
    if offset:
        query["offset"] = offset
    address = f"{bot.base_url}/getUpdates?{urlencode(query)}"
    result = await bot.request.post(address, read_timeout=LONG_POLL + 10)
    if not isinstance(result, list):
        raise TelegramError("getUpdates answered something else than a list")
    return result


def _repaired(update: dict[str, Any]) -> dict[str, Any]:
    """Return an update in which half characters, which no database takes, are replaced."""
    whole = json.dumps(update, ensure_ascii=False).encode("utf-8", "replace")
    return dict(json.loads(whole))


def store(db: Database, updates: list[Any]) -> int:
    """Store and commit updates; return the offset that confirms them, 0 for none."""
    good = [one for one in updates if isinstance(one, dict) and isinstance(one.get("update_id"), int)]
    if len(good) < len(updates):
        log.error("%d updates without a number were dropped", len(updates) - len(good))
    if not good:
        return 0
    try:
        with db.transaction() as session:
            inbox.take_in(session, good)
    except UnicodeError:
        with db.transaction() as session:
            inbox.take_in(session, [_repaired(one) for one in good])
    return 1 + max(int(one["update_id"]) for one in good)


class Intake:
    """The long poll. The offset lives in memory only: Telegram sends again what was not confirmed."""

    def __init__(self, bot: Bot, db: Database, arrived: asyncio.Event) -> None:
        self.bot, self.db, self.arrived = bot, db, arrived
        self.patience = Patience()

    async def run(self, stop: asyncio.Event) -> None:
        """Take in updates until `stop`."""
        offset = 0
        while not stop.is_set():
            try:
                updates = await poll(self.bot, offset)
                offset = await asyncio.to_thread(store, self.db, updates) or offset
            except (TelegramError, SQLAlchemyError) as error:
                await pause(stop, self._wait_after(error))
                continue
            self.patience.reset()
            if updates:
                self.arrived.set()

    def _wait_after(self, error: Exception) -> float:
        """Return how many seconds to wait, and say why."""
        if isinstance(error, TooFast):
            return error.seconds + SLACK
        if isinstance(error, InvalidToken):
            log.error("Telegram does not know this bot token; trying again every minute")
            return TOKEN_PAUSE
        seconds = self.patience.seconds()
        if isinstance(error, Conflict):
            log.warning("Another process receives this bot's messages; trying again in %.1f s", seconds)
        else:
            log.warning("No messages from Telegram (%s); trying again in %.1f s", error, seconds)
        return seconds
