"""`python -m bench.serve_reference`: the reference behind the same server as the application."""

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from commands.web import BACKLOG, LINES, size


def main() -> None:
    """Serve until SIGTERM."""
    workers, threads = size(is_sqlite=os.environ["BENCH_DATABASE"].startswith("sqlite"))
    Granian(
        "bench.reference:served", factory=True, interface=Interfaces.WSGI, address="127.0.0.1",
        port=int(os.environ["BENCH_PORT"]), workers=workers, blocking_threads=threads, backlog=BACKLOG,
        backpressure=LINES // workers, websockets=False, log_access=False, log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
