"""Running what waits for events, until it is asked to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from commands.failures import Refusal, shows_tracebacks

log = logging.getLogger(__name__)
Work = Callable[[asyncio.Event], Awaitable[None]]


def run_until_stopped(work: Work) -> None:
    """Run `work`, which ends soon after its event is set; SIGINT and SIGTERM set it.

    A bug ends the command with a line that holds none of the bug's words; the log has its place.
    """

    async def until_stopped() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await work(stop)

    try:
        asyncio.run(until_stopped())
    except (Refusal, OSError, SQLAlchemyError):
        raise  # said in one line
    except Exception as error:  # a bug, whose words may be what somebody wrote
        if shows_tracebacks():
            raise
        log.critical("ended by a fault of the program", exc_info=error)
        raise Refusal("Ended by a fault of the program; the log says where.") from error
