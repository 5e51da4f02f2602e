"""Telegram's sending limits, and a record of how fast the bot sends.

30 messages a second overall, 20 a minute to a group, 1 a second to a person. Telegram tolerates short bursts
to a person without saying how long; here it is a bucket of `private_burst` messages, one more each second.
"""

import math
from collections import deque

from bot.emulator.errors import Json, too_many


class Window:
    """Counts what happened within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.times: deque[float] = deque()
        self.highest = 0

    def count(self, now: float) -> int:
        """How many lie within the window now."""
        times = self.times
        while times and now - times[0] >= self.seconds:
            times.popleft()
        return len(times)

    def add(self, now: float) -> None:
        """Count one, and remember the highest count ever."""
        self.times.append(now)
        self.highest = max(self.highest, self.count(now))

    def wait(self, now: float) -> int:
        """Whole seconds, at least one, until the oldest falls out."""
        return max(1, math.ceil(self.times[0] + self.seconds - now))


class Limits:
    """Says no with 429 when the bot sends too fast; refused messages do not count."""

    def __init__(self, *, on: bool, overall: int = 30, private_burst: int = 3, group: int = 20) -> None:
        self.on = on
        self.overall = overall
        self.private_burst = private_burst
        self.group = group
        self._all = Window(1.0)
        self._groups: dict[int, Window] = {}
        self._buckets: dict[int, tuple[float, float]] = {}

    def take(self, chat_id: int, now: float) -> None:
        """Let one message pass, or raise 429 with the seconds to wait."""
        if not self.on:
            return
        if self._all.count(now) >= self.overall:
            raise too_many(self._all.wait(now))
        if chat_id < 0:
            self._take_group(chat_id, now)
        else:
            self._take_private(chat_id, now)
        self._all.add(now)

    def _take_group(self, chat_id: int, now: float) -> None:
        window = self._groups.setdefault(chat_id, Window(60.0))
        if window.count(now) >= self.group:
            raise too_many(window.wait(now))
        window.add(now)

    def _take_private(self, chat_id: int, now: float) -> None:
        tokens, then = self._buckets.get(chat_id, (float(self.private_burst), now))
        tokens = min(float(self.private_burst), tokens + now - then)
        if tokens < 1.0:
            self._buckets[chat_id] = (tokens, now)
            raise too_many(max(1, math.ceil(1.0 - tokens)))
        self._buckets[chat_id] = (tokens - 1.0, now)


class Stats:
    """What the bot asked for and how it ended; refused messages count towards the rates too."""

    def __init__(self) -> None:
        self.methods: dict[str, Json] = {}
        self._all = Window(1.0)
        self._chats: dict[str, Window] = {}

    def outcome(self, method: str, error: str | None = None) -> None:
        """Count one call: fine, or ended by an error such as "429" or "cut"."""
        row = self.methods.get(method)
        if row is None:
            row = self.methods[method] = {"calls": 0, "ok": 0, "errors": {}}
        row["calls"] += 1
        if error is None:
            row["ok"] += 1
        else:
            row["errors"][error] = row["errors"].get(error, 0) + 1

    def message(self, chat_id: str, now: float) -> None:
        """Count one attempt to send a message."""
        self._all.add(now)
        window = self._chats.get(chat_id)
        if window is None:
            window = self._chats[chat_id] = Window(1.0)
        window.add(now)

    def as_json(self) -> Json:
        """All figures; `highest_rate` counts messages within one sliding second."""
        chats = {chat: window.highest for chat, window in self._chats.items()}
        highest = {
            "overall": self._all.highest,
            "busiest_chat": max(chats.values(), default=0),
            "per_chat": chats,
        }
        return {"methods": self.methods, "highest_rate": highest}
