"""A form that is sent twice at once, by two taps: the second waits for the first and is answered like it.

The database decides what is one entry, on every channel and in every process (see `submissions.arrive`). This
only spares the second the reading of all answers and a turn with the one who writes, which in a hall is half
of all the work.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app

KEPT = 10.0  # seconds for which an arrival is known here; later ones are found in the database
PATIENCE = 20.0  # seconds that the second waits at most; then it tries on its own


class Twins:
    """The keys of forms that are being taken in by this process, or have just been."""

    def __init__(self) -> None:
        self._under_way: dict[str, threading.Event] = {}
        self._arrived: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def alone(self, key: str) -> Iterator[bool]:
        """Yield whether the form of this key has just arrived; else it is taken in by the caller alone."""
        with self._lock:
            first = self._under_way.get(key)
            mine = None if first else self._under_way.setdefault(key, threading.Event())
        if first is not None:
            first.wait(PATIENCE)
        try:
            yield self._has_arrived(key)
        finally:
            if mine is not None:
                del self._under_way[key]
                mine.set()

    def note(self, key: str) -> None:
        """Remember that the form of this key is stored, and forget those of before."""
        now = time.monotonic()
        with self._lock:
            while self._arrived and next(iter(self._arrived.values())) + KEPT < now:
                del self._arrived[next(iter(self._arrived))]
            self._arrived.pop(key, None)
            self._arrived[key] = now

    def _has_arrived(self, key: str) -> bool:
        at = self._arrived.get(key)
        return at is not None and at + KEPT >= time.monotonic()


def twins() -> Twins:
    """Return what the current process takes in."""
    return cast(Twins, current_app.extensions["twins"])


def install(app: Flask) -> None:
    """Let the app know twins."""
    app.extensions["twins"] = Twins()
