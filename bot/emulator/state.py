"""Who is there and what was said: people, groups, their chats, the bot's own settings. No HTTP in here."""

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.emulator.errors import ApiError, Json, PersonError, bad_request
from bot.emulator.files import Files
from bot.emulator.journal import Journal
from bot.emulator.updates import UpdateQueue

FIRST_PERSON = 7_100_000_001  # beyond 32 bits, as real ids are
FIRST_GROUP = -4_100_000_001
FIRST_SUPERGROUP = -1_004_100_000_001


@dataclass(slots=True)
class Person:
    """Someone who may write to the bot; `started` once they did."""

    id: int
    first_name: str
    language_code: str | None = None
    last_name: str | None = None
    username: str | None = None
    started: bool = False
    blocked: bool = False
    notice: str | None = None
    keyboard: list[list[str]] = field(default_factory=list)

    def names(self) -> Json:
        """The name fields that User and Chat share."""
        fields = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: value for key, value in fields.items() if value}

    def as_user(self) -> Json:
        """The User object."""
        language = {"language_code": self.language_code} if self.language_code else {}
        return {"id": self.id, "is_bot": False, **self.names(), **language}

    def as_chat(self) -> Json:
        """The private Chat object."""
        return {"id": self.id, **self.names(), "type": "private"}


@dataclass(slots=True)
class Entry:
    """One message as the bot knows it; `edited` when its words were changed, not only its buttons."""

    message: Json
    edited: bool = False

    @property
    def from_bot(self) -> bool:
        """True when the bot sent it."""
        return bool(self.message["from"]["is_bot"])


@dataclass(slots=True)
class Chat:
    """The messages of one person or group by message_id; `gone` and `moved_to` are of groups only."""

    id: int
    as_json: Json
    last_id: int = 0
    gone: bool = False  # the bot was taken out
    moved_to: int = 0  # the number under which the group goes on as a supergroup
    entries: dict[int, Entry] = field(default_factory=dict)


@dataclass(slots=True)
class Query:
    """A press that waits for answerCallbackQuery."""

    person_id: int
    born: float


class State:
    """All that the emulator remembers."""

    def __init__(self, username: str, bot_id: int, *, store: Path | None, files: Path | None) -> None:
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": username, "username": username}
        self.journal = Journal(store)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.settings: Json = {}
        self.updates = UpdateQueue(self.journal.mark)
        self.files = Files(files or (store / "files" if store else None), self.journal.mark)
        self._restore()

    def add_person(self, first_name: str, language_code: str | None = None, **names: str | None) -> Person:
        """A new person who has not written to the bot yet."""
        number = next(reversed(self.people), FIRST_PERSON - 1) + 1
        person = Person(number, first_name, language_code, names.get("last_name"), names.get("username"))
        self.people[number] = person
        self.chats[number] = Chat(number, person.as_chat())
        self.touch_person(person)
        return person

    def add_group(self, title: str, *, supergroup: bool = False) -> Chat:
        """A new group in which the bot may write."""
        kind, first = ("supergroup", FIRST_SUPERGROUP) if supergroup else ("group", FIRST_GROUP)
        others = (one for one, chat in self.chats.items() if chat.as_json["type"] == kind)
        number = min(others, default=first + 1) - 1
        chat = self.chats[number] = Chat(number, {"id": number, "title": title, "type": kind})
        self.journal.mark("group", number)
        return chat

    def set_gone(self, chat: Chat, *, gone: bool) -> None:
        """Note whether the bot was taken out of a group."""
        chat.gone = gone
        self.journal.mark("group", chat.id)

    def set_moved(self, chat: Chat, number: int) -> None:
        """Note under which number a group goes on."""
        chat.moved_to = number
        self.journal.mark("group", chat.id)

    def person(self, number: str | int) -> Person:
        """The person of that id; PersonError 404 when there is none."""
        try:
            return self.people[int(number)]
        except (KeyError, ValueError):
            raise PersonError(f"There is no person {number} here.", 404) from None

    def chat(self, chat_id: str) -> Chat:
        """The chat that a bot means, or 400 as Telegram answers."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        try:
            return self.chats[int(chat_id)]
        except (KeyError, ValueError):
            raise bad_request("chat not found") from None

    def add_message(self, chat: Chat, sender: Json, content: Json) -> Entry:
        """A new message at the end of a chat."""
        chat.last_id += 1
        message = {
            "message_id": chat.last_id,
            "from": sender,
            "chat": chat.as_json,
            "date": int(time.time()),
            **content,
        }
        entry = chat.entries[chat.last_id] = Entry(message)
        self.touch(chat, chat.last_id)
        return entry

    def entry(self, chat: Chat, message_id: int, error: ApiError | PersonError) -> Entry:
        """A message of the chat; raises the given error when it is not there."""
        entry = chat.entries.get(message_id)
        if entry is None:
            raise error
        return entry

    def change(self, chat: Chat, entry: Entry, content: Json, drop: Iterable[str] = ()) -> None:
        """Replace parts of a message by a new object, since the old one may lie in an update."""
        kept = {key: value for key, value in entry.message.items() if key not in set(drop)}
        entry.message = {**kept, **content, "edit_date": int(time.time())}
        self.touch(chat, entry.message["message_id"])

    def delete(self, chat: Chat, message_id: int) -> None:
        """Take a message away."""
        chat.entries.pop(message_id, None)
        self.touch(chat, message_id)
        self.journal.mark("last", chat.id)

    def touch(self, chat: Chat, message_id: int) -> None:
        """Note a changed message for the journal."""
        self.journal.mark("message", f"{chat.id}/{message_id}")

    def touch_person(self, person: Person) -> None:
        """Note a changed person for the journal."""
        self.journal.mark("person", person.id)

    def setting(self, name: str, value: Any) -> None:
        """Keep one of the bot's own settings."""
        self.settings[name] = value
        self.journal.mark("setting", name)

    def save(self) -> None:
        """Write what changed to the store, if there is one."""
        self.journal.flush(self._value)

    def _value(self, table: str, key: str) -> Any:
        if table == "person":
            return asdict(self.people[int(key)])
        if table == "message":
            chat_id, _, message_id = key.partition("/")
            entry = self.chats[int(chat_id)].entries.get(int(message_id))
            return [entry.message, entry.edited] if entry else None
        if table == "update":
            return self.updates.dump(int(key))
        if table == "file":
            return self.files.dump(key)
        return self._small_value(table, key)

    def _small_value(self, table: str, key: str) -> Any:
        if table == "group":
            chat = self.chats[int(key)]
            return {**chat.as_json, "_gone": chat.gone, "_moved_to": chat.moved_to}
        if table == "last":
            return self.chats[int(key)].last_id
        if key == "next_update":
            return self.updates.next_id
        return sorted(self.updates.allowed) if key == "allowed" else self.settings.get(key)

    def _restore(self) -> None:
        """Go on where the last run with this store ended."""
        tables = self.journal.load()
        for row in tables.get("person", {}).values():
            person = self.people[row["id"]] = Person(**row)
            self.chats[person.id] = Chat(person.id, person.as_chat())
        for chat_json in tables.get("group", {}).values():
            gone, moved = chat_json.pop("_gone", False), chat_json.pop("_moved_to", 0)
            self.chats[chat_json["id"]] = Chat(chat_json["id"], chat_json, gone=gone, moved_to=moved)
        for key, (message, edited) in tables.get("message", {}).items():
            chat = self.chats[int(key.partition("/")[0])]
            chat.entries[message["message_id"]] = Entry(message, edited)
        for chat in self.chats.values():
            chat.last_id = max([*chat.entries, tables.get("last", {}).get(str(chat.id), 0)])
        self.files.restore(tables.get("file", {}))
        self.updates.restore(tables.get("update", {}))
        settings = tables.get("setting", {})
        self.updates.next_id = settings.pop("next_update", self.updates.next_id)
        self.updates.allow(settings.pop("allowed", None))
        self.settings = settings
