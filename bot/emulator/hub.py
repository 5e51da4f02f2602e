"""The emulator as one object: state, limits, faults, figures, webhook, and the options they came from."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from bot.emulator.errors import Json
from bot.emulator.faults import Faults
from bot.emulator.limits import Limits, Stats
from bot.emulator.state import Chat, Person, Query, State
from bot.emulator.webhook import Webhook

DEFAULT_TOKEN = "7000000001:demo-token-for-the-emulator-only"  # noqa: S105 - opens nothing but this emulator
DEFAULT_USERNAME = "mitwirken_demo_bot"


@dataclass(slots=True)
class Options:
    """How an emulator behaves; `store` survives restarts, `files` only says where files lie."""

    token: str = DEFAULT_TOKEN
    username: str = DEFAULT_USERNAME
    limits: bool = True
    private_burst: int = 3
    store: Path | None = None
    files: Path | None = None
    webhook_delay: float = 1.0  # seconds before the first repetition, doubling to a minute
    query_lifetime: float = 150.0  # seconds in which a press may be answered
    hold: float = 60.0  # seconds for which a "timeout" fault keeps the line open


class Emulator:
    """One bot and its people. Not thread-safe: everything happens in the server's event loop."""

    def __init__(self, options: Options) -> None:
        self.options = options
        number, _, _rest = options.token.partition(":")
        bot_id = int(number) if number.isdecimal() else 7_000_000_001
        self.state = State(options.username, bot_id, store=options.store, files=options.files)
        self.limits = Limits(on=options.limits, private_burst=options.private_burst)
        self.stats = Stats()
        self.faults = Faults()
        self.webhook = Webhook(self.state.updates, options.webhook_delay)

    def announce(self, kind: str, body: Json, chat: Chat) -> int | None:
        """Queue an update about a chat; its order within the chat is kept."""
        return self.state.updates.add(kind, body, f"chat {chat.id}")

    def press(self, person: Person, chat: Chat, message: Json, data: str) -> str:
        """Queue the update of a pressed button and answer the id of its query."""
        query_id = str(secrets.randbelow(2**62))
        self.state.queries[query_id] = Query(person.id, time.monotonic())
        body = {
            "id": query_id,
            "from": person.as_user(),
            "message": message,
            "chat_instance": str(abs(hash((self.state.bot["id"], chat.id))) % 2**62),
            "data": data,
        }
        self.state.updates.add("callback_query", body, f"presses of {person.id}")
        return query_id

    def query(self, query_id: str) -> Query | None:
        """The press that may still be answered; forgets the ones that may not."""
        earliest = time.monotonic() - self.options.query_lifetime
        stale = [key for key, query in self.state.queries.items() if query.born < earliest]
        for key in stale:
            del self.state.queries[key]
        return self.state.queries.get(query_id)
