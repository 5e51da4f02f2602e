"""The clockwork: what happens by itself because its time has come, looked at once a minute by one courier.

It looks at the clock first. After a leap it waits for a moment, in which clocks are usually set right.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.courier.sole import Sole
from bot.patience import pause
from models import (
    change_letters,
    digests,
    event_announcing,
    meeting_reminders,
    rerouting,
    retention,
    rounds_running,
    steadiness,
    sweeping,
    updates_running,
)
from models.db import Database
from models.settings import Settings

EVERY = 60.0  # seconds
SPAN = timedelta(minutes=3)  # after that another courier takes over, from one on another machine
Job = Callable[[Database, Settings], int]
JOBS: Sequence[Job] = (
    rounds_running.tick, meeting_reminders.tick, updates_running.tick, sweeping.tick, change_letters.tick,
    digests.tick, event_announcing.tick, rerouting.tick, retention.tick,
)  # fmt: skip
log = logging.getLogger(__name__)


def tick(db: Database, settings: Settings, jobs: Sequence[Job] = JOBS) -> int:
    """Do once what is due now; return how much was done. Each job is safe to repeat and to interrupt."""
    return sum(job(db, settings) for job in jobs)


async def run(
    db: Database,
    settings: Settings,
    stop: asyncio.Event,
    *,
    every: float = EVERY,
    jobs: Sequence[Job] = JOBS,
) -> None:
    """Do what is due, again and again until `stop`; what fails is tried again the next time."""
    sole = Sole(db, "clockwork", SPAN)

    def turn(job: Job) -> int:
        return job(db, settings) if sole.hold() else 0

    while not stop.is_set():
        for job in jobs if await asyncio.to_thread(_is_time, db, sole) else ():
            try:
                done = await asyncio.to_thread(turn, job)
            except (SQLAlchemyError, OSError) as error:
                log.error("Clockwork: %s failed (%s)", job.__module__, type(error).__name__)
            except Exception:  # a fault of ours in one job must stop neither the others nor the letters
                log.exception("Clockwork: %s failed", job.__module__)
            else:
                if done:
                    log.info("Clockwork: %s did %d things", job.__module__, done)
        await pause(stop, every)
    await asyncio.to_thread(sole.release)


def _is_time(db: Database, sole: Sole) -> bool:
    """Look at the clock; False while it cannot be trusted, and for whoever is not the one to do this."""
    try:
        if not sole.hold():
            return False
        with db.transaction() as session:
            is_steady = steadiness.look(session)
    except SQLAlchemyError as error:
        log.error("Clockwork: the clock cannot be noted (%s)", type(error).__name__)
        return False
    if not is_steady:
        log.warning("Clockwork: the clock has leapt, or nobody looked for hours; waiting for a moment")
    return is_steady
