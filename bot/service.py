"""The bot as a process: an intake that loses nothing, and a processor that does each thing once."""

import asyncio
import logging
from contextlib import suppress

from telegram.error import InvalidToken, TelegramError

from bot import profile, redact
from bot.beating import beat
from bot.fetching import Fetcher
from bot.intake import KINDS, TOKEN_PAUSE, Intake
from bot.patience import Patience, pause
from bot.processor import Processor
from bot.routing import App, application
from models.db import Database
from models.files import Store
from models.settings import Settings

WEBHOOK = "/telegram/webhook"
log = logging.getLogger(__name__)


async def run(settings: Settings, db: Database, stop: asyncio.Event) -> None:
    """Run the bot until `stop`. It waits for Telegram as long as it takes; a bug ends it."""
    redact.install()
    app = application(settings)
    try:
        if not await _introduce(app, settings, stop):
            return
        await _work(app, settings, db, stop)
    finally:
        await app.shutdown()
        # Before the first answer of Telegram the library counts itself as not begun.
        await app.bot.shutdown()


async def _introduce(app: App, settings: Settings, stop: asyncio.Event) -> bool:
    """Reach Telegram and say how updates shall come; False when the process is to end before that."""
    patience = Patience()
    while not stop.is_set():
        try:
            await app.initialize()
            await _choose_way(app, settings)
        except InvalidToken:
            log.error("Telegram does not know this bot token; trying again every minute")
            await pause(stop, TOKEN_PAUSE)
        except TelegramError as error:
            seconds = patience.seconds()
            log.warning("Telegram cannot be reached (%s); trying again in %.1f s", error, seconds)
            await pause(stop, seconds)
        else:
            return True
    return False


async def _choose_way(app: App, settings: Settings) -> None:
    secret = settings.webhook_secret.get_secret_value()
    if secret:
        address = settings.address(WEBHOOK)
        await app.bot.set_webhook(address, allowed_updates=KINDS, secret_token=secret)
    else:  # while a webhook is set, the long poll is refused
        await app.bot.delete_webhook()


async def _work(app: App, settings: Settings, db: Database, stop: asyncio.Event) -> None:
    arrived = asyncio.Event()
    processor = asyncio.create_task(Processor(app, db, settings, arrived).run(stop), name="processor")
    publishing = asyncio.create_task(_publish(app, db), name="profile")
    ending = asyncio.create_task(stop.wait(), name="stop")
    fetcher = Fetcher(app.bot, db, Store(settings.files))
    fetching = asyncio.create_task(fetcher.run(stop), name="fetching")
    beating = asyncio.create_task(beat(db, stop), name="beating")
    jobs = {processor, ending, fetching, beating}
    if not settings.webhook_secret.get_secret_value():
        jobs.add(asyncio.create_task(Intake(app.bot, db, arrived).run(stop), name="intake"))
    try:
        finished, _rest = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        for task in finished:
            task.result()
        arrived.set()
        await processor
    finally:
        for task in (*jobs, publishing):
            task.cancel()
        for task in (*jobs, publishing):
            with suppress(asyncio.CancelledError, Exception):
                await task


async def _publish(app: App, db: Database) -> None:
    region = await asyncio.to_thread(profile.region_name, db)
    await profile.publish(app.bot, region)
