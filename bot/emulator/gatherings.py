"""Groups that people have: adding the bot, writing there, taking it out, becoming a supergroup."""

import time

from bot.emulator.actions import START, text_part
from bot.emulator.errors import Json, PersonError
from bot.emulator.hub import Emulator
from bot.emulator.state import Chat, Person
from bot.emulator.view import message_view


def group(emulator: Emulator, number: str | int) -> Chat:
    """The group of that id; PersonError 404 when there is none."""
    try:
        found = emulator.state.chats[int(number)]
    except (KeyError, ValueError):
        raise PersonError(f"There is no group {number} here.", 404) from None
    if found.id > 0:
        raise PersonError(f"{number} is a person.", 404)
    return found


def add_bot(emulator: Emulator, chat: Chat, person: Person, code: str) -> Json:
    """Add the bot, as a `startgroup` link does: Telegram then sends the command with the code."""
    if code and not START.fullmatch(code):
        raise PersonError("A start code has at most 64 characters of A-Z, a-z, 0-9, _ and -.")
    if chat.gone or not chat.entries:
        _announce(emulator, chat, person, "left", "member")
    emulator.state.set_gone(chat, gone=False)
    return write(emulator, chat, person, f"/start@{emulator.state.bot['username']} {code}".strip())


def write(emulator: Emulator, chat: Chat, person: Person, text: str) -> Json:
    """Write in a group. With its privacy on, a bot sees commands only; so does this one."""
    if not text.strip():
        raise PersonError("There is nothing to send.")
    entry = emulator.state.add_message(chat, person.as_user(), text_part(text.strip()))
    if text.startswith("/") and not chat.gone:
        emulator.announce("message", entry.message, chat)
    return {"message_id": entry.message["message_id"]}


def remove_bot(emulator: Emulator, chat: Chat, person: Person) -> None:
    """Take the bot out of a group; from then on it may not write there."""
    if not chat.gone:
        emulator.state.set_gone(chat, gone=True)
        _announce(emulator, chat, person, "member", "kicked")


def upgrade(emulator: Emulator, chat: Chat, person: Person) -> Chat:
    """Make a group a supergroup: it gets another number, and the old one answers with the new one."""
    new = emulator.state.add_group(str(chat.as_json["title"]), supergroup=True)
    emulator.state.set_moved(chat, new.id)
    said = emulator.state.add_message(chat, person.as_user(), {"migrate_to_chat_id": new.id})
    emulator.announce("message", said.message, chat)
    said = emulator.state.add_message(new, person.as_user(), {"migrate_from_chat_id": chat.id})
    emulator.announce("message", said.message, new)
    return new


def _announce(emulator: Emulator, chat: Chat, person: Person, old: str, new: str) -> None:
    def member(status: str) -> Json:
        more = {"until_date": 0} if status == "kicked" else {}
        return {"user": emulator.state.bot, "status": status, **more}

    body = {
        "chat": chat.as_json, "from": person.as_user(), "date": int(time.time()),
        "old_chat_member": member(old), "new_chat_member": member(new),
    }  # fmt: skip
    emulator.announce("my_chat_member", body, chat)


def view(emulator: Emulator, chat: Chat) -> Json:
    """A group as its members see it."""
    names = {
        entry.message["from"]["id"]: entry.message["from"]["first_name"] for entry in chat.entries.values()
    }
    messages = [
        {**message_view(entry), "name": names[entry.message["from"]["id"]]}
        for entry in chat.entries.values()
        if "text" in entry.message or "caption" in entry.message or "photo" in entry.message
    ]
    return {"messages": messages, "title": chat.as_json["title"], "gone": chat.gone}
