"""The bot's queue of updates: handed out again and again until they are confirmed."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice, takewhile

from bot.emulator.errors import ApiError, Json, conflict

DEFAULT_KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
OTHER_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LIFETIME = {"callback_query": 150.0}  # seconds; Telegram drops presses early
OTHER_LIFETIME = 24 * 3600.0
SECOND_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True)
class Update:
    """One update; `lane` names whose order must be kept on a webhook."""

    update_id: int
    kind: str
    body: Json
    lane: str
    born: float

    def as_json(self) -> Json:
        """The Update object."""
        return {"update_id": self.update_id, self.kind: self.body}

    def expired(self, now: float) -> bool:
        """True when Telegram would have given up on it."""
        return now - self.born > LIFETIME.get(self.kind, OTHER_LIFETIME)


class UpdateQueue:
    """Unconfirmed updates in order, and at most one waiting poller."""

    def __init__(self, mark: Callable[[str, object], None]) -> None:
        self.pending: dict[int, Update] = {}
        self.next_id = random.randrange(10**8, 9 * 10**8)  # noqa: S311 - no secret
        self.allowed = DEFAULT_KINDS
        self.listener: Callable[[Update], None] | None = None
        self.mark = mark
        self._next_look = 0.0
        self._poller: asyncio.Future[None] | None = None

    def add(self, kind: str, body: Json, lane: str) -> int | None:
        """Queue an update; None when the bot does not want this kind."""
        if kind not in self.allowed:
            return None
        update = Update(self.next_id, kind, body, lane, time.time())
        self.pending[update.update_id] = update
        self.next_id += 1
        self.mark("update", update.update_id)
        self.mark("setting", "next_update")
        if self.listener:
            self.listener(update)
        elif self._poller and not self._poller.done():
            self._poller.set_result(None)
        return update.update_id

    def allow(self, kinds: list[str] | None) -> None:
        """Set the wanted kinds; an empty list means Telegram's default, None leaves them."""
        if kinds is None:
            return
        self.allowed = frozenset(kinds) & (DEFAULT_KINDS | OTHER_KINDS) or DEFAULT_KINDS
        self.mark("setting", "allowed")

    def drop(self, update_id: int) -> None:
        """Forget one update: it was delivered or has expired."""
        if self.pending.pop(update_id, None):
            self.mark("update", update_id)

    def clear(self) -> None:
        """Forget all updates."""
        for update_id in list(self.pending):
            self.drop(update_id)

    def confirm(self, offset: int) -> None:
        """Forget the updates below a positive offset; of a negative one keep only the last ones.

        An offset beyond everything ever issued is left over from another life of the emulator; it confirms
        nothing.
        """
        if offset < 0:
            for update_id in list(self.pending)[:offset]:
                self.drop(update_id)
        elif offset <= self.next_id:
            for update_id in list(takewhile(lambda one: one < offset, self.pending)):
                self.drop(update_id)

    def expire(self) -> None:
        """Forget what Telegram would have dropped by now; looks every five seconds at most."""
        now = time.time()
        if now < self._next_look:
            return
        self._next_look = now + 5.0
        for update in [one for one in self.pending.values() if one.expired(now)]:
            self.drop(update.update_id)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """What getUpdates answers; a second poller ends the first with 409."""
        self.interrupt(conflict(SECOND_POLLER))
        self.confirm(offset)
        self.expire()
        if not self.pending and timeout > 0:
            poller = self._poller = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await poller
            except TimeoutError:
                return []
            finally:
                if self._poller is poller:
                    self._poller = None
        return [update.as_json() for update in islice(self.pending.values(), limit)]

    def interrupt(self, error: ApiError) -> None:
        """End a waiting poller with an error."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(error)

    def restore(self, rows: dict[str, Json]) -> None:
        """Take over the unconfirmed updates of the last run."""
        self.pending = {int(key): Update(**row) for key, row in rows.items()}

    def dump(self, update_id: int) -> Json | None:
        """An update's record for the journal, None once it is confirmed."""
        update = self.pending.get(update_id)
        return asdict(update) if update else None
