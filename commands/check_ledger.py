"""What the check has seen, step by step."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 30.0  # seconds that a message has to arrive; the courier takes one, a busy machine longer
_LONGEST = 110


class Stopped(Exception):
    """The walk cannot go on; why has been told."""


class Ledger:
    """Tells each step with what was seen, and remembers whether all were as they should be."""

    def __init__(self, tell: Callable[[str], None], stop: threading.Event) -> None:
        self.tell = tell
        self.stop = stop
        self.failures = 0

    def see(self, is_right: object, words: str, seen: str = "") -> bool:
        """Tell one step; a wrong one is counted and the walk goes on."""
        self.failures += not is_right
        shown = f": {short(seen)}" if seen else ""
        self.tell(f"{'✓' if is_right else '✗'} {words}{shown}")
        return bool(is_right)

    def need(self, found: T | None, words: str, seen: str = "") -> T:
        """Tell one step without which the walk cannot go on, and return what was found."""
        if not self.see(found, words, seen) or found is None:
            raise Stopped(words)
        return found

    def wait_for(self, look: Callable[[], T | None], patience: float = PATIENCE) -> T | None:
        """Look again and again until something is there; None when nothing comes in time."""
        deadline = time.monotonic() + patience
        while True:
            found = look()
            if found or time.monotonic() > deadline:
                return found or None
            if self.stop.wait(0.1):
                raise Stopped("stopped")


def short(words: str) -> str:
    """Return words in one line, cut where they get long."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
