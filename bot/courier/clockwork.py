"""The clockwork: what happens by itself because its time has come, looked at once a minute by one courier."""

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
        for job in jobs:
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
