"""The Bot API methods that send messages."""

import time
from collections.abc import Callable
from typing import Any

from bot.emulator import files
from bot.emulator.call import Call
from bot.emulator.entities import formatted
from bot.emulator.errors import ApiError, Json, bad_request, forbidden
from bot.emulator.hub import Emulator
from bot.emulator.keyboards import inline_keyboard, reply_keyboard
from bot.emulator.links import utf16_length
from bot.emulator.state import Chat

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_UPLOAD = 50 * 1024 * 1024
UPLOADS = ("photo", "video", "voice", "document", "video_note")
ACTIONS = frozenset(
    {"typing", "choose_sticker", "find_location", "record_video", "record_voice", "record_video_note"}
)
ACTIONS |= {f"upload_{kind}" for kind in UPLOADS}


def text_of(call: Call) -> tuple[str, list[Json]]:
    """The checked text of a call, its entities."""
    if not call.text("text"):
        raise bad_request("Message text is empty")
    text, entities = formatted(
        call.text("text"), call.text("parse_mode"), call.decoded("entities", "entities")
    )
    if not text:
        raise bad_request("Text must be non-empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("Message is too long")
    return text, entities


def caption_of(call: Call) -> Json:
    """The checked caption fields of a call, {} without a caption."""
    if not call.text("caption"):
        return {}
    raw = call.decoded("caption_entities", "caption entities")
    text, entities = formatted(call.text("caption"), call.text("parse_mode"), raw)
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("Message caption is too long")
    return {"caption": text, **({"caption_entities": entities} if entities else {})} if text else {}


def reply_fields(emulator: Emulator, call: Call, chat: Chat) -> Json:
    """The quoted message, {} without one; 400 when it is gone and must not be."""
    wanted = call.record("reply_parameters", "reply parameters") or {}
    message_id = int(wanted.get("message_id", 0) or call.integer("reply_to_message_id"))
    if not message_id:
        return {}
    entry = chat.entries.get(message_id)
    if entry is None:
        if wanted.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quoted = {key: value for key, value in entry.message.items() if key != "reply_to_message"}
    return {"reply_to_message": quoted}


def obstacle(chat: Chat) -> ApiError | None:
    """What Telegram answers a bot that may not write in a group, None where it may."""
    if chat.moved_to:
        words = "group chat was upgraded to a supergroup chat"
        return ApiError(400, bad_request(words).description, {"migrate_to_chat_id": chat.moved_to})
    return forbidden("bot was kicked from the group chat") if chat.gone else None


def writable(emulator: Emulator, chat: Chat) -> None:
    """403 when the person blocked the bot or never wrote to it, or a group took it out."""
    person = emulator.state.people.get(chat.id)
    if person is None:
        stopped = obstacle(chat)
        if stopped is not None:
            raise stopped
        return
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")


def deliver(emulator: Emulator, call: Call, chat: Chat, make: Callable[[], Json]) -> Json:
    """Send what `make` yields once everything allows it; files are stored only then."""
    markup, keyboard = inline_keyboard(call), reply_keyboard(call)
    quoted = reply_fields(emulator, call, chat)
    writable(emulator, chat)
    emulator.limits.take(chat.id, time.monotonic())
    content = {**make(), **quoted}
    if markup:
        content["reply_markup"] = markup
    if call.flag("protect_content"):
        content["has_protected_content"] = True
    person = emulator.state.people.get(chat.id)
    if person and keyboard is not None:
        person.keyboard = keyboard
        emulator.state.touch_person(person)
    return emulator.state.add_message(chat, emulator.state.bot, content).message


def send_message(emulator: Emulator, call: Call) -> Json:
    """sendMessage"""
    chat = emulator.state.chat(call.text("chat_id"))
    text, entities = text_of(call)
    content = {"text": text, "entities": entities} if entities else {"text": text}
    return deliver(emulator, call, chat, lambda: content)


def source(emulator: Emulator, call: Call, value: Any, kind: str, field: str) -> Callable[[], Json]:
    """How to make the message's file part: from an upload or from a file_id; 400 when neither is there."""
    name = str(value or "").removeprefix("attach://")
    upload = call.files.get(name) or call.files.get(field)
    if upload is not None:
        if len(upload.data) > (files.MAX_PHOTO if kind == "photo" else MAX_UPLOAD):
            raise ApiError(413, "Request Entity Too Large")
        if not upload.data:
            raise bad_request("file must be non-empty")
        return lambda: stored(emulator, kind, upload.data, upload.name, upload.mime)
    if not value:
        raise bad_request(f"There is no {kind} in the request")
    return known(emulator, str(value), kind)


def known(emulator: Emulator, file_id: str, kind: str) -> Callable[[], Json]:
    """The part of a message that repeats a file by its id."""
    item = emulator.state.files.items.get(file_id)
    if item is None:
        if file_id.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        raise bad_request("wrong file identifier/HTTP URL specified")
    if item.kind != kind:
        raise bad_request(f"Can't use file of type {item.kind.capitalize()} as {kind.capitalize()}")
    if kind == "photo":
        return lambda: {"photo": [files.photo_size(item)]}
    return lambda: {kind: files.document(item) if kind == "document" else files.voice(item)}


def stored(emulator: Emulator, kind: str, data: bytes, name: str, mime: str) -> Json:
    """Store an uploaded file and answer the part of a message that shows it."""
    if kind == "photo":
        return {"photo": emulator.state.files.add_photo(data, strict=True)}
    item = emulator.state.files.add(kind, data, name, mime)
    return {kind: files.document(item) if kind == "document" else files.voice(item)}


def send_file(emulator: Emulator, call: Call, kind: str) -> Json:
    """sendPhoto, sendDocument, sendVoice"""
    chat = emulator.state.chat(call.text("chat_id"))
    make = source(emulator, call, call.values.get(kind), kind, kind)
    caption = caption_of(call)
    return deliver(emulator, call, chat, lambda: {**make(), **caption})


def send_photo(emulator: Emulator, call: Call) -> Json:
    """sendPhoto"""
    return send_file(emulator, call, "photo")


def send_document(emulator: Emulator, call: Call) -> Json:
    """sendDocument"""
    return send_file(emulator, call, "document")


def send_voice(emulator: Emulator, call: Call) -> Json:
    """sendVoice"""
    return send_file(emulator, call, "voice")


def send_media_group(emulator: Emulator, call: Call) -> list[Json]:
    """sendMediaGroup with photos or documents; for the limits an album counts as one message."""
    chat = emulator.state.chat(call.text("chat_id"))
    items = call.decoded("media", "media")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request("Expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise bad_request(
            "Too many messages to send as an album" if items else "there are no messages to send"
        )
    makers = []
    for item in items:
        kind = str(item.get("type"))
        if kind not in {"photo", "document"}:
            raise bad_request("Can't use the media of the specified type in the album")
        own = Call({**item, "caption_entities": item.get("caption_entities")}, call.files)
        makers.append((source(emulator, call, item.get("media"), kind, ""), caption_of(own)))
    group = str(time.time_ns())
    first_make, first_caption = makers[0]
    messages = [
        deliver(emulator, call, chat, lambda: {"media_group_id": group, **first_make(), **first_caption})
    ]
    for make, caption in makers[1:]:
        content = {"media_group_id": group, **make(), **caption}
        messages.append(emulator.state.add_message(chat, emulator.state.bot, content).message)
    return messages


def send_chat_action(emulator: Emulator, call: Call) -> bool:
    """sendChatAction"""
    chat = emulator.state.chat(call.text("chat_id"))
    if call.text("action") not in ACTIONS:
        raise bad_request("Wrong parameter action in request")
    writable(emulator, chat)
    return True
