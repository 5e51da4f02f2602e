"""The night's work: letting go of everything whose time is over, as the privacy page promises."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.courier.sole import Sole
from bot.patience import pause
from models import clock, nights, retention, steadiness
from models.db import Database
from models.files import Store

SPAN = timedelta(hours=1)  # in which no other courier does the same
log = logging.getLogger(__name__)


def seconds_until_night(zone: str) -> float:
    """Return the seconds until it is next a quarter past three in the region."""
    return (nights.next_night(zone) - clock.now()).total_seconds()


async def let_go(
    db: Database, stop: asyncio.Event, *, wait: Callable[[], float], store: Store | None = None
) -> None:
    """Prune each time that `wait()` seconds are over; what fails is tried again the next night.

    Not while the clock is not trusted: what is let go of does not come back.
    """
    sole = Sole(db, "night", SPAN)
    await _expect(db)
    while not stop.is_set():
        await pause(stop, wait())
        if stop.is_set():
            return
        try:
            counts = await asyncio.to_thread(_prune, db, store, sole)
        except (SQLAlchemyError, OSError) as error:
            log.error("Night: not everything could be let go (%s)", type(error).__name__)
        except Exception:  # a fault of ours must not end the courier
            log.exception("Night: not everything could be let go")
        else:
            log.info("Night: let go of %d things", sum(counts.values()))


async def _expect(db: Database) -> None:
    """Let the watch begin: from now on a missing night is told."""

    def watch() -> None:
        with db.transaction() as session:
            nights.watch(session)

    try:
        await asyncio.to_thread(watch)
    except SQLAlchemyError as error:
        log.error("Night: the watch for it cannot begin (%s)", type(error).__name__)


def _prune(db: Database, store: Store | None, sole: Sole) -> dict[str, int]:
    if not sole.hold():
        return {}
    with db.reading() as session:
        is_steady = steadiness.is_steady(session)
    if not is_steady:
        log.error("Night: the clock has leapt, or the courier was off; nothing is let go of for a day")
        return {}
    return retention.prune(db, store)
