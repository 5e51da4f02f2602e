"""Many who write at once share a transaction: one commit, one flush to the disk, one change of turns for all.

Where only one connection writes, what surrounds a small piece of work costs as much as the work. So one of
those who wait does what all wait for. When a piece fails, all are done again, each alone.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

from sqlalchemy import exc
from sqlalchemy.orm import Session

T = TypeVar("T")
MOST = 16  # pieces in one transaction; others who write wait for about so many milliseconds
PATIENCE = 15.0  # seconds after which a piece that nobody has begun is given up


class _Piece:
    """One caller's piece of work, and what became of it."""

    __slots__ = ("bell", "error", "is_done", "outcome", "work")

    def __init__(self, work: Callable[[Session], Any]) -> None:
        self.work = work
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.is_done = False
        self.bell = threading.Lock()  # rings when it is done, or when the lead has come to its caller
        self.bell.acquire()


class _SpoiltError(Exception):
    """A piece of work has failed; what the others have done is rolled back with it."""


class GroupCommit:
    """Runs pieces of work in transactions that several may share; each is stored when `run` returns.

    A piece may run twice, in another thread, and must change nothing but the database.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Session]]) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()
        self._waiting: deque[_Piece] = deque()
        self._is_led = False

    def run(self, work: Callable[[Session], T]) -> T:
        """Return what the work returns once that is committed, or raise what it raised.

        Raises SQLAlchemy's TimeoutError where it could not be begun in time.
        """
        mine = _Piece(work)
        with self._lock:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            self._wait(mine)
        if not mine.is_done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return cast(T, mine.outcome)

    def _wait(self, mine: _Piece) -> None:
        """Wait until this piece is done, or its caller leads."""
        if mine.bell.acquire(timeout=PATIENCE):
            return
        with self._lock:
            if mine.bell.acquire(blocking=False):  # just now
                return
            if mine in self._waiting:
                self._waiting.remove(mine)
                raise exc.TimeoutError(f"no turn to write within {PATIENCE:g} s", code="3o7r")
        mine.bell.acquire()  # somebody is at it

    def _lead(self) -> None:
        """Do what waits, the caller's own first, and hand the lead to who has come meanwhile."""
        with self._lock:
            pieces = [self._waiting.popleft() for _each in range(min(len(self._waiting), MOST))]
        try:
            _do(self._transaction, pieces)
        finally:
            with self._lock:
                self._is_led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].bell.release()
            for piece in pieces:
                piece.is_done = True
                piece.bell.release()


def _do(transaction: Callable[[], AbstractContextManager[Session]], pieces: list[_Piece]) -> None:
    """Do pieces in one transaction; what the transaction itself fails with is the error of all of them."""
    try:
        with transaction() as session:
            for piece in pieces:
                _do_one(session, piece)
    except _SpoiltError as spoilt:
        if len(pieces) > 1:
            for piece in pieces:
                _do(transaction, [piece])
        else:
            pieces[0].error = spoilt.__cause__
    except BaseException as error:  # whoever waits must hear of it, whatever it is
        for piece in pieces:
            piece.error = error


def _do_one(session: Session, piece: _Piece) -> None:
    try:
        piece.outcome = piece.work(session)
        session.flush()
        session.expunge_all()  # the next one sees what is in the database, as if it had begun by itself
    except Exception as error:
        raise _SpoiltError from error
