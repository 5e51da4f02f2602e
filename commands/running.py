"""Running what waits for events, until it is asked to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

Work = Callable[[asyncio.Event], Awaitable[None]]


def run_until_stopped(work: Work) -> None:
    """Run `work`, which ends soon after its event is set; SIGINT and SIGTERM set it."""

    async def until_stopped() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await work(stop)

    asyncio.run(until_stopped())
