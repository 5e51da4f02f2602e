"""A lane: takes what is due over one channel, lets it be carried, and notes how it went.

How many are on their way at once is what bounds the harm of a crash: only these may arrive twice. Usually it
is one.
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from bot.courier.ledger import Ledger
from bot.courier.parcel import Carrier, Outcome, Parcel
from bot.courier.timing import Timing
from models.leases import SPAN
from models.outbox import Delivery

CALMING = 1.02  # from busy to idle in about ten seconds, as long as somebody thinks about an answer
P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


def place_of(error: BaseException) -> str:
    """Return what went wrong and where, without the error's words: they may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return (
        f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}"
        if frames
        else repr(type(error))
    )


class Lane:
    """One channel's work, until `stop` is set."""

    def __init__(
        self,
        ledger: Ledger,
        carrier: Carrier,
        database: Executor,
        stop: asyncio.Event,
        timing: Timing,
        *,
        many: int = 1,
    ) -> None:
        self._ledger = ledger
        self._carrier = carrier
        self._database = database
        self._stop = stop
        self._timing = timing
        self._name = carrier.channel.value
        self._held_until = 0.0
        self._has_taken_over = False
        self._paused_until = 0.0
        self._nap = timing.busy
        self._many = many
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by the addressee: one at a time to each

    async def run(self) -> None:
        """Carry until told to stop; what is under way is finished and noted."""
        await self._carrier.open()
        keeping = asyncio.create_task(self._keep_lease())
        try:
            await self._work()
        finally:
            await self._all_done()
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._carrier.close()
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._in_database(self._ledger.release)
        except Exception as error:  # it runs out by itself
            log.error("Courier, %s: cannot give the lease back: %s", self._name, place_of(error))

    async def _work(self) -> None:
        trouble = 0
        while not self._stop.is_set():
            try:
                await self._round()
                trouble = 0
            except Exception as error:
                trouble += 1
                # A claim of ours may have been committed although we were told otherwise: look once more.
                self._has_taken_over = True
                log.error("Courier, %s: %s; going on", self._name, place_of(error))
                await self._rest(min(30.0, 0.5 * 2**trouble))

    async def _round(self) -> None:
        pause = self._paused_until - time.monotonic()
        if pause > 0 or not self._is_held:
            await self._rest(pause if self._is_held else self._timing.busy)
            return
        if self._has_taken_over:
            await self._all_done()
            again = await self._in_database(self._ledger.requeue_interrupted)
            self._has_taken_over = False
            if again:
                log.warning("Courier, %s: %d interrupted before, sent again", self._name, again)
        looked_at = time.monotonic()
        moved = False
        for delivery in await self._in_database(self._ledger.due, *self._carrier.resting()):
            if not self._may_go_on(looked_at):
                break
            moved = await self._send_off(delivery) or moved
        if moved:
            self._nap = self._timing.busy
            return
        await self._carrier.idle()
        await self._rest(self._nap)
        self._nap = min(self._timing.idle, self._nap * CALMING)

    async def _send_off(self, delivery: Delivery) -> bool:
        """Send one off, and come back when the next one may follow; False when it is not its turn."""
        whom = delivery.addressee
        if whom in self._under_way:
            return False
        wait = self._carrier.turn(whom, delivery.priority)
        if wait is None:
            return False
        self._under_way[whom] = asyncio.create_task(self._deliver(delivery, wait))
        while len(self._under_way) >= self._many:
            await self._some_done()
        return True

    async def _some_done(self) -> None:
        """Wait until something under way has ended; raises what went wrong with it."""
        await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
        ended = [whom for whom, task in self._under_way.items() if task.done()]
        for task in [self._under_way.pop(whom) for whom in ended]:
            task.result()

    async def _all_done(self) -> None:
        while self._under_way:
            try:
                await self._some_done()
            except Exception as error:
                log.error("Courier, %s: %s", self._name, place_of(error))

    def _may_go_on(self, looked_at: float) -> bool:
        now = time.monotonic()
        return (
            not self._stop.is_set()
            and self._is_held
            and now >= self._paused_until
            and now - looked_at < self._timing.fresh
        )

    async def _deliver(self, delivery: Delivery, wait: float) -> None:
        try:
            carried = await self._carry(delivery, wait)
        finally:
            self._carrier.turn_ended(delivery.addressee)
        if carried is not None:
            await self._note(*carried)

    async def _carry(self, delivery: Delivery, wait: float) -> tuple[Parcel, Outcome] | None:
        if wait:
            await self._rest(wait)
        if self._stop.is_set() or not self._is_held:
            return None
        parcel = await self._in_database(self._ledger.claim, delivery)
        if parcel is None:
            return None
        outcome = await self._carrier.carry(parcel)
        if outcome.pause:
            self._paused_until = time.monotonic() + outcome.pause
        return parcel, outcome

    async def _note(self, parcel: Parcel, outcome: Outcome) -> None:
        """Write down how it went. It has happened, so this is tried until it works."""
        wait = 0.1
        while True:
            try:
                await self._in_database(self._ledger.settle, parcel, outcome)
                return
            except Exception as error:
                log.error("Courier, %s: cannot note a delivery: %s", self._name, place_of(error))
                if self._stop.is_set():
                    return
                await self._rest(wait)
                wait = min(5.0, wait * 2)

    @property
    def _is_held(self) -> bool:
        """Whether the lease lasts long enough to finish a letter that starts now."""
        return time.monotonic() < self._held_until

    async def _keep_lease(self) -> None:
        """Take the lease and renew it; runs beside the work, which may hang on a slow mail server."""
        margin = self._timing.answer + 1.0
        while True:
            asked_at = time.monotonic()
            was_held = self._is_held
            try:
                is_ours = await self._in_database(self._ledger.hold)
            except Exception as error:
                log.error("Courier, %s: cannot renew the lease: %s", self._name, place_of(error))
                is_ours = None
            if is_ours:
                self._has_taken_over = self._has_taken_over or not was_held
                self._held_until = asked_at + SPAN.total_seconds() - margin
            elif is_ours is False:
                self._held_until = 0.0
            await asyncio.sleep(self._timing.renew if is_ours else self._timing.beg)

    async def _in_database(self, work: Callable[P, T], *args: P.args) -> T:  # type: ignore[valid-type]
        return await asyncio.get_running_loop().run_in_executor(self._database, work, *args)

    async def _rest(self, seconds: float) -> None:
        """Wait, but not longer than until the end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), max(0.0, seconds))
