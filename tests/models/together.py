"""Two at once, with real threads: one begins while the other has not committed yet."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from sqlalchemy.orm import Session

from models.db import Database

A_MOMENT = 0.4  # seconds in which the other one comes as far as it can
Work = Callable[[Session], object]


def in_transaction(db: Database, work: Work) -> Callable[[], object]:
    """Return `work` in a transaction of its own."""

    def whole() -> object:
        with db.transaction() as session:
            return work(session)

    return whole


def at_once(db: Database, first: Work, second: Callable[[], object]) -> "Future[object]":
    """Do `first`, let `second` begin, commit the first; return how the second ended."""
    with ThreadPoolExecutor(1) as other:
        with db.transaction() as session:
            first(session)
            done = other.submit(second)
            wait([done], timeout=A_MOMENT)
        wait([done])
    return done
