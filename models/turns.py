"""Whoever waits for the one writing connection to SQLite gets it in turn."""

import logging
import threading
from collections import deque
from typing import Any

from sqlalchemy import exc
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

logging.getLogger(__name__).setLevel(
    logging.WARNING
)  # a pool tells of each opening; SQLAlchemy's own are quiet, too


class InTurn(QueuePool):
    """A pool of one connection that is handed to whoever has waited longest.

    SQLAlchemy's own lets a thread that has just given it back take it again before those who wait: under load
    some waited until all others were done.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._guard = threading.Lock()
        self._line: deque[threading.Event] = deque()
        self._is_taken = False

    def _do_get(self) -> ConnectionPoolEntry:
        self._wait()
        try:
            return super()._do_get()
        except BaseException:
            self._pass_on()
            raise

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._pass_on()

    def _wait(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Event()
            self._line.append(turn)
        is_mine = False
        try:
            is_mine = turn.wait(self._timeout)
        finally:
            if not is_mine:
                self._leave(turn)
        if not is_mine:
            raise exc.TimeoutError(f"no turn to write within {self._timeout:g} s", code="3o7r")

    def _leave(self, turn: threading.Event) -> None:
        with self._guard:
            if turn in self._line:
                self._line.remove(turn)
                return
        self._pass_on()  # it came just now, to somebody who has given up

    def _pass_on(self) -> None:
        with self._guard:
            if self._line:
                self._line.popleft().set()
            else:
                self._is_taken = False
