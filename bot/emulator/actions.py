"""What people do: write, send files, press buttons, edit, block. Each act becomes an update for the bot."""

import base64
import binascii
import re
import time
from typing import Any

from bot.emulator import files
from bot.emulator.entities import detect
from bot.emulator.errors import Json, PersonError
from bot.emulator.hub import Emulator
from bot.emulator.links import utf16_length
from bot.emulator.sending import MAX_CAPTION, MAX_TEXT
from bot.emulator.state import Chat, Entry, Person

START = re.compile(r"[A-Za-z0-9_-]{1,64}")
FILE_KINDS = ("photo", "voice", "document")
NO_MESSAGE = PersonError("This message is not in the chat.", 404)


def add_person(emulator: Emulator, wanted: Json) -> Person:
    """A new person with a name of 1 to 64 characters and, if they like, a language."""
    first_name = str(wanted.get("first_name") or "").strip()
    if not 1 <= len(first_name) <= 64:
        raise PersonError("first_name must have 1 to 64 characters.")
    names = {key: str(wanted[key]) if wanted.get(key) else None for key in ("last_name", "username")}
    language = wanted.get("language_code")
    return emulator.state.add_person(first_name, str(language) if language else None, **names)


def send(emulator: Emulator, person: Person, wanted: Json) -> Json:
    """Write to the bot: a text, a file, an album. Writing to a blocked bot unblocks it, as apps ask to do."""
    parts = contents(emulator, wanted)
    chat = emulator.state.chats[person.id]
    quoted = quote(chat, wanted.get("reply_to"))
    if person.blocked:
        set_blocked(emulator, person, blocked=False)
    if not person.started:
        person.started = True
        emulator.state.touch_person(person)
    person.notice = None
    sent = []
    for part in parts:
        entry = emulator.state.add_message(chat, person.as_user(), {**part, **quoted})
        emulator.announce("message", entry.message, chat)
        sent.append(entry.message["message_id"])
    return {"message_id": sent[-1], "message_ids": sent}


def start(emulator: Emulator, person: Person, code: str) -> Json:
    """Open a deep link; PersonError when no link could carry the code."""
    if code and not START.fullmatch(code):
        raise PersonError("A start code has at most 64 characters of A-Z, a-z, 0-9, _ and -.")
    return send(emulator, person, {"text": f"/start {code}".strip()})


def contents(emulator: Emulator, wanted: Json) -> list[Json]:
    """The messages that one act of sending makes."""
    if isinstance(wanted.get("photos"), list):
        return album(emulator, wanted)
    for kind in FILE_KINDS:
        if wanted.get(kind) is not None:
            return [{**file_part(emulator, kind, wanted), **caption_part(wanted)}]
    text = str(wanted.get("text") or "").strip()
    if not text:
        raise PersonError("There is nothing to send: give a text, a photo, a voice message or a document.")
    return [text_part(piece) for piece in pieces(text)]


def pieces(text: str) -> list[str]:
    """A long text cut as the apps cut it, at most 4096 UTF-16 units each."""
    if utf16_length(text) <= MAX_TEXT:
        return [text]
    raw = text.encode("utf-16-le")
    cut, found = MAX_TEXT * 2, []
    while raw:
        end = cut - 2 if raw[cut - 1 : cut] and 0xD8 <= raw[cut - 1] <= 0xDB else cut
        found.append(raw[:end].decode("utf-16-le"))
        raw = raw[end:]
    return found


def text_part(text: str) -> Json:
    """A text with what Telegram marks up by itself."""
    entities = detect(text, [])
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_part(wanted: Json) -> Json:
    """The caption fields, {} without a caption."""
    caption = str(wanted.get("caption") or "").strip()
    if utf16_length(caption) > MAX_CAPTION:
        raise PersonError(f"A caption has at most {MAX_CAPTION} characters.")
    if not caption:
        return {}
    entities = detect(caption, [])
    return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}


def album(emulator: Emulator, wanted: Json) -> list[Json]:
    """Several photos sent together: one message each, the caption on the first."""
    photos = wanted["photos"]
    if not 2 <= len(photos) <= 10:
        raise PersonError("An album has 2 to 10 photos.")
    group = str(time.time_ns())
    found = [{"media_group_id": group, **file_part(emulator, "photo", {"photo": photo})} for photo in photos]
    found[0] |= caption_part(wanted)
    return found


def file_part(emulator: Emulator, kind: str, wanted: Json) -> Json:
    """The file of a message from its base64 text."""
    caption_part(wanted)  # refuse before anything is stored
    try:
        data = base64.b64decode(str(wanted[kind]).partition("base64,")[2] or str(wanted[kind]), validate=True)
    except (binascii.Error, ValueError):
        raise PersonError(f"{kind} must be base64.") from None
    if not data:
        raise PersonError(f"{kind} is empty.")
    if kind == "photo":
        return {"photo": emulator.state.files.add_photo(data, strict=False)}
    name, mime = str(wanted.get("file_name") or ""), str(wanted.get("mime_type") or "")
    if kind == "voice":
        return {"voice": files.voice(emulator.state.files.add("voice", data, name, mime), seconds(wanted))}
    return {"document": files.document(emulator.state.files.add("document", data, name or "file", mime))}


def seconds(wanted: Json) -> int:
    """The stated duration of a voice message, at least a second."""
    try:
        return max(1, int(wanted.get("duration", 1)))
    except (TypeError, ValueError):
        raise PersonError("duration must be a whole number of seconds.") from None


def quote(chat: Chat, reply_to: Any) -> Json:
    """The message replied to, {} without one."""
    if not reply_to:
        return {}
    message = entry_of(chat, reply_to).message
    return {"reply_to_message": {key: value for key, value in message.items() if key != "reply_to_message"}}


def entry_of(chat: Chat, message_id: Any) -> Entry:
    """The message of that id in the chat, PersonError 404 without it."""
    try:
        return chat.entries[int(message_id)]
    except (KeyError, TypeError, ValueError):
        raise NO_MESSAGE from None


def press(emulator: Emulator, person: Person, wanted: Json) -> Json:
    """Press a button by its label or callback_data; a label of the keyboard below is sent as text."""
    chat = emulator.state.chats[person.id]
    label = str(wanted.get("button") or "")
    if wanted.get("message_id") is None and any(label in row for row in person.keyboard):
        return send(emulator, person, {"text": label})
    entry = entry_of(chat, wanted.get("message_id"))
    rows = entry.message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    found = next((one for one in buttons if one.get("callback_data") == label), None)
    found = found or next((one for one in buttons if one["text"] == label), None)
    if found is None:
        if any(label in row for row in person.keyboard):
            return send(emulator, person, {"text": label})
        raise PersonError(f"This message has no button “{label}”.", 404)
    if "callback_data" not in found:
        raise PersonError(f"The button “{found['text']}” opens something and tells the bot nothing.")
    person.notice = None
    return {"query_id": emulator.press(person, chat, entry.message, found["callback_data"])}


def edit(emulator: Emulator, person: Person, wanted: Json) -> Json:
    """Change the words of one's own message."""
    chat = emulator.state.chats[person.id]
    entry = entry_of(chat, wanted.get("message_id"))
    text = str(wanted.get("text") or "").strip()
    if entry.from_bot or not text or utf16_length(text) > MAX_TEXT:
        raise PersonError("Only your own messages can be changed, to a text of 1 to 4096 characters.")
    if "text" in entry.message:
        emulator.state.change(chat, entry, text_part(text), drop=("text", "entities"))
    else:
        caption = caption_part({"caption": text})
        emulator.state.change(chat, entry, caption, drop=("caption", "caption_entities"))
    entry.edited = True
    emulator.announce("edited_message", entry.message, chat)
    return {"message_id": entry.message["message_id"]}


def set_blocked(emulator: Emulator, person: Person, *, blocked: bool) -> None:
    """Block or unblock the bot; it learns of it only when something changes."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    emulator.state.touch_person(person)
    chat, bot = emulator.state.chats[person.id], emulator.state.bot
    member = {"user": bot, "status": "member"}
    kicked = {"user": bot, "status": "kicked", "until_date": 0}
    old, new = (member, kicked) if blocked else (kicked, member)
    body = {"chat": chat.as_json, "from": person.as_user(), "date": int(time.time())}
    emulator.announce("my_chat_member", {**body, "old_chat_member": old, "new_chat_member": new}, chat)
