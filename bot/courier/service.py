"""The courier as one process: lanes for chat and e-mail, the night's work, backups, side by side."""

import asyncio
import logging
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from bot import redact
from bot.courier import backing_up, clockwork
from bot.courier.email_carrier import EmailCarrier
from bot.courier.email_words import envelope_sender
from bot.courier.filler import Filler
from bot.courier.lane import Lane
from bot.courier.ledger import Ledger
from bot.courier.night import let_go, seconds_until_night
from bot.courier.parcel import Carrier
from bot.courier.telegram_carrier import TelegramCarrier
from bot.courier.timing import Timing
from models import leases
from models.db import Database
from models.files import Store
from models.rendering.email import is_address
from models.settings import Settings

log = logging.getLogger(__name__)


def carriers(settings: Settings, timing: Timing) -> list[Carrier]:
    """Return the ways to people that the settings allow."""
    ways: list[Carrier] = []
    if settings.is_telegram_on and settings.bot_token.get_secret_value():
        ways.append(TelegramCarrier(settings, timing))
    if settings.has_mail and not is_address(envelope_sender(settings.mail_from)):
        log.error("Courier: MITWIRKEN_MAIL_FROM is not an e-mail address")
    elif settings.has_mail:
        ways.append(EmailCarrier(settings, timing))
    return ways


async def run(settings: Settings, db: Database, stop: asyncio.Event, *, timing: Timing | None = None) -> None:
    """Bring letters to people until `stop` is set; what is under way then is finished.

    Without a bot token or a mail server those letters wait in the outbox, and so does this process.
    """
    redact.install()
    timing = timing or Timing()
    ways = carriers(settings, timing)
    for name in {"telegram", "email"} - {way.channel.value for way in ways}:
        log.info("Courier: %s is not set up, its letters wait", name)
    with ThreadPoolExecutor(1, "courier-database") as database:
        lanes = [_lane(settings, db, way, database, stop, timing) for way in ways]
        night = partial(seconds_until_night, settings.zone)
        nightly = let_go(db, stop, wait=night, store=Store(settings.files))
        timely = clockwork.run(db, settings, stop)
        keeping = backing_up.run(db, settings, stop)
        filling = Filler(db, settings, leases.new_holder()).run(stop, timing)
        await asyncio.gather(
            stop.wait(), nightly, timely, keeping, filling, *(lane.run() for lane in lanes)
        )  # fmt: skip


def _lane(
    settings: Settings, db: Database, way: Carrier, database: Executor, stop: asyncio.Event, timing: Timing
) -> Lane:
    ledger = Ledger(db, settings, way.channel, leases.new_holder())
    return Lane(ledger, way, database, stop, timing, many=settings.courier_lanes)
