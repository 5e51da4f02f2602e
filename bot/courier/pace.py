"""Pacing: even over all chats, and gentle to each, as Telegram's limits want it.

About 30 messages a second overall, one a second to a person with short bursts tolerated, 20 a minute to a
group (telegram.org, bots FAQ). We stay a little below, because what leaves evenly may arrive less so. A chat
rests from when its last message was answered: one that arrives late must not have the next on its heels.
"""

import time
from collections.abc import Callable

from models.outbox import ANSWER_FIRST

BURST = 3.0  # answers to one person that may follow each other at once
PERSON_SECONDS = 1.05
GROUP_SECONDS = 3.1
LATE = 3.0  # places; behind by less, the next ones follow a little closer
_FORGET_ABOVE = 256  # chats remembered before the rested ones are forgotten


class Pace:
    """Says when the next message may leave. `rate` is messages per second over all; 0 lifts every limit."""

    def __init__(self, rate: float, now: Callable[[], float] = time.monotonic) -> None:
        self._gap = 1.0 / rate if rate else 0.0
        self._now = now
        self._next = 0.0
        self._chats: dict[int, _Bucket] = {}
        self._reserved: set[int] = set()

    def wait(self) -> float:
        """Return the seconds until the next message to anyone."""
        return max(0.0, self._next - self._now())

    def reserve(self, person_id: int, priority: int) -> float | None:
        """Keep the next place for a message; return the seconds until then, None when they must rest.

        So several on their way at once still leave evenly. `ended` gives back what was not used.
        """
        if not self.may(person_id, priority):
            return None
        wait = self.wait()
        if self._gap:
            self._keep_place()
            self._reserved.add(person_id)
        return wait

    def ended(self, person_id: int) -> None:
        """Note that what a place was kept for has been answered, or did not leave at all."""
        if person_id in self._reserved:
            self._reserved.discard(person_id)
        elif person_id in self._chats:
            self._chats[person_id].rest(self._now())

    def may(self, person_id: int, priority: int) -> bool:
        """Return whether this person may get something of this priority now."""
        bucket = self._chats.get(person_id)
        if bucket is None:
            return True
        now = self._now()
        return bucket.has_room(now) and (priority == ANSWER_FIRST or bucket.is_calm(now))

    def resting(self) -> tuple[list[int], list[int]]:
        """Return who gets nothing now, and who gets only answers."""
        now = self._now()
        if len(self._chats) > _FORGET_ABOVE:
            self._chats = {key: one for key, one in self._chats.items() if not one.is_full(now)}
        full = [key for key, one in self._chats.items() if not one.has_room(now)]
        return full, [key for key, one in self._chats.items() if not one.is_calm(now)]

    def take(self, person_id: int, *, is_group: bool) -> None:
        """Note that a message leaves now, in the place that was kept for it or else in the next one."""
        if not self._gap:
            return
        if person_id in self._reserved:
            self._reserved.discard(person_id)
        else:
            self._keep_place()
        now = self._now()
        bucket = self._chats.get(person_id)
        if bucket is None:
            bucket = self._chats[person_id] = _Bucket(is_group=is_group, now=now)
        bucket.take(now)

    def _keep_place(self) -> None:
        now = self._now()
        # A little late is made up for, so that the rate holds; a quiet time is not, so that nothing bunches.
        is_late = now - self._next < LATE * self._gap
        self._next = (self._next if is_late else now) + self._gap


class _Bucket:
    """What one chat has had lately."""

    __slots__ = ("_last", "_level", "_seconds", "_size")

    def __init__(self, *, is_group: bool, now: float) -> None:
        self._seconds = GROUP_SECONDS if is_group else PERSON_SECONDS
        self._size = 1.0 if is_group else BURST
        self._level, self._last = self._size, now

    def _level_at(self, now: float) -> float:
        return min(self._size, self._level + (now - self._last) / self._seconds)

    def has_room(self, now: float) -> bool:
        return self._level_at(now) >= 1.0

    def is_calm(self, now: float) -> bool:
        return now - self._last >= self._seconds

    def is_full(self, now: float) -> bool:
        return self._level_at(now) >= self._size

    def take(self, now: float) -> None:
        self._level, self._last = self._level_at(now) - 1.0, now

    def rest(self, now: float) -> None:
        self._last = now
