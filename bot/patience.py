"""Waiting longer and longer while something does not work, and not a moment longer than needed."""

import asyncio
import random


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, at most until the process is to end."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


class Patience:
    """Waits that double from `first` to `longest` seconds, each a little random, until `reset`."""

    def __init__(self, first: float = 0.5, longest: float = 30.0) -> None:
        self.first, self.longest = first, longest
        self._next = first

    def reset(self) -> None:
        """Begin with short waits again: it works."""
        self._next = self.first

    def seconds(self) -> float:
        """Return how long to wait now."""
        now = self._next
        self._next = min(self._next * 2, self.longest)
        return now * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
