"""The chat as a person sees it now."""

from bot.emulator.errors import Json
from bot.emulator.hub import Emulator
from bot.emulator.state import Chat, Entry, Person

SHOWN = ("text", "callback_data", "url", "web_app", "copy_text")


def chat_view(emulator: Emulator, person: Person, after: int) -> Json:
    """Messages with a message_id above `after`, the last press's notice, the keyboard below the field."""
    chat = emulator.state.chats[person.id]
    entries = chat.entries.values() if after <= 0 else [e for n, e in chat.entries.items() if n > after]
    return {
        "messages": [message_view(entry) for entry in entries],
        "notice": person.notice,
        "keyboard": person.keyboard,
        "blocked": person.blocked,
        "started": person.started,
    }


def message_view(entry: Entry) -> Json:
    """One message in the words of the contract; a missing text or caption is null."""
    message = entry.message
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [[{key: one[key] for key in SHOWN if key in one} for one in row] for row in rows]
    found: Json = {
        "message_id": message["message_id"],
        "from": "bot" if entry.from_bot else "user",
        "text": message.get("text"),
        "caption": message.get("caption"),
        "entities": message.get("entities") or message.get("caption_entities") or [],
        "buttons": buttons,
        "edited": entry.edited,
        "date": message["date"],
    }
    media = media_view(message)
    if media:
        found["media"] = media
    if "reply_to_message" in message:
        found["reply_to"] = message["reply_to_message"]["message_id"]
    if "media_group_id" in message:
        found["media_group_id"] = message["media_group_id"]
    return found


def media_view(message: Json) -> Json | None:
    """The message's file, None without one."""
    for kind in ("photo", "voice", "document"):
        if kind not in message:
            continue
        item = message[kind][-1] if kind == "photo" else message[kind]
        view = {
            "kind": kind,
            "file_id": item["file_id"],
            "url": f"/media/{item['file_id']}",
            "size": item["file_size"],
        }
        wanted = ("file_name", "mime_type", "width", "height", "duration")
        return {**view, **{key: item[key] for key in wanted if key in item}}
    return None


def people_view(emulator: Emulator) -> Json:
    """All people, with the id of the last message of their chats."""
    people = emulator.state.people.values()
    groups = [chat for chat in emulator.state.chats.values() if chat.id < 0 and not chat.moved_to]
    return {
        "users": [person_view(person, emulator.state.chats[person.id]) for person in people],
        "groups": [group_view(chat) for chat in groups],
    }


def group_view(chat: Chat) -> Json:
    """One group as the list shows it."""
    title = chat.as_json["title"]
    return {"id": chat.id, "title": title, "gone": chat.gone, "last_message_id": chat.last_id}


def person_view(person: Person, chat: Chat) -> Json:
    """One person as the list shows them."""
    return {
        "id": person.id,
        "first_name": person.first_name,
        "language_code": person.language_code,
        "blocked": person.blocked,
        "started": person.started,
        "last_message_id": chat.last_id,
    }
