"""`mitwirken web`: the pages, served by granian.

The pages are loaded here already, so that a worker that has died is replaced at once.
"""

import os
import time
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from commands import wsgi
from commands.logs import SERVER_LOGGERS, set_up_logging
from commands.opening import ready_database
from commands.parent import end_with_supervisor
from commands.reading import read_settings
from commands.sign_on import must_be_whole
from webforms import create_app

# (processes, threads each). One writer is all that SQLite has, and four threads would do for the rest; but a
# photo that comes slowly, from a tram, holds a thread until it is here, and nobody else may wait for it.
ON_SQLITE, ON_SERVER = (1, 16), (2, 12)
# Where the database server has the same two cores, a second process only takes turns with it, and of two taps
# each process gets one.
ON_SERVER_SMALL, SMALL = (1, 16), 2
BACKLOG = 2048  # connections that wait to be taken; a hall that scans at once needs about a thousand
# Lines that may be open, 23 KB each: browsers keep theirs after the answer, and nobody may wait for that.
LINES = 8192
HEADER_PATIENCE = 15_000  # milliseconds in which a request's head must have come

SOON = 2.0  # seconds of life below which a worker cannot live at all


class _Restarts(dict[int, float]):
    """When granian last replaced which worker.

    It gives the whole server up where one dies within 5.5 s of its start, and with it all who wait in line.
    A worker that was killed twice must not cost a hall that: only one that cannot start is given up.
    """

    def get(self, worker: int, default: Any = 0.0) -> Any:
        """Return when a worker was replaced, as far as that counts against it."""
        at = super().get(worker, default)
        return at if time.monotonic() - at <= SOON else 0.0


def size(*, is_sqlite: bool) -> tuple[int, int]:
    """Return how many processes serve pages, and with how many threads each."""
    if is_sqlite:
        return ON_SQLITE
    return ON_SERVER_SMALL if len(os.sched_getaffinity(0)) <= SMALL else ON_SERVER


@click.command()
def web() -> None:
    """Run the pages until SIGINT or SIGTERM."""
    end_with_supervisor()
    settings = read_settings()
    must_be_whole(settings)
    set_up_logging(settings)
    with ready_database(settings) as db:
        workers, threads = size(is_sqlite=db.is_sqlite)
        wsgi.warm_up(create_app(settings, db))  # here, so that who replaces a killed worker is there sooner
    server = Granian(
        f"{wsgi.__name__}:{wsgi.app.__name__}",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=workers,
        blocking_threads=threads,
        backlog=BACKLOG,
        backpressure=LINES // workers,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_PATIENCE),
        respawn_failed_workers=True,
        workers_kill_timeout=8,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig={"loggers": SERVER_LOGGERS},
    )
    server.respawned_wrks = _Restarts()
    server.serve()
