"""The filler: makes deliveries of running broadcasts, just ahead of the lanes that carry them."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from bot.courier.timing import Timing
from bot.patience import pause
from models import filling, leases
from models.db import Database
from models.settings import Settings

LEASE = "courier:broadcasts"
log = logging.getLogger(__name__)


class Filler:
    """One process's filling. Two of them do no harm: the lease only spares the second one the work."""

    def __init__(self, db: Database, settings: Settings, holder: str) -> None:
        self._db = db
        self._settings = settings
        self._holder = holder
        self._renew_at = 0.0

    async def run(self, stop: asyncio.Event, timing: Timing) -> None:
        """Fill until `stop`, quickly while a broadcast runs; what fails is tried again."""
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            wait = timing.fill_idle
            try:
                is_ours = await asyncio.to_thread(self._take, loop.time(), timing.renew)
                if is_ours:
                    made = await asyncio.to_thread(filling.fill, self._db, self._settings)
                    wait = 0.0 if made else timing.fill
            except (SQLAlchemyError, OSError) as error:
                log.error("Courier: a broadcast cannot go on (%s)", type(error).__name__)
            except Exception:  # a fault of ours here must not stop the letters
                log.exception("Courier: a broadcast cannot go on")
            await pause(stop, wait)
        await asyncio.to_thread(self._give_back)

    def _take(self, now: float, renew: float) -> bool:
        """Return whether there is something to fill and this process may do it."""
        with self._db.reading() as session:
            if not filling.is_running(session):
                return False
        if now < self._renew_at:
            return True
        with self._db.transaction() as session:
            is_ours = leases.hold(session, LEASE, self._holder)
        self._renew_at = now + renew if is_ours else 0.0
        return is_ours

    def _give_back(self) -> None:
        if self._renew_at:
            with self._db.transaction() as session:
                leases.release(session, LEASE, self._holder)
