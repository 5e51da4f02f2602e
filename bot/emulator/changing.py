"""The Bot API methods that change or remove messages and answer presses."""

import time
from typing import Any

from bot.emulator.call import Call
from bot.emulator.errors import Json, bad_request
from bot.emulator.hub import Emulator
from bot.emulator.keyboards import inline_keyboard
from bot.emulator.links import utf16_length
from bot.emulator.sending import caption_of, source, text_of
from bot.emulator.state import Chat, Entry

DELETABLE = 48 * 3600  # seconds
MEDIA = frozenset({"photo", "document", "voice"})
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def target(emulator: Emulator, call: Call) -> tuple[Chat, Entry]:
    """The bot's own message that a call wants to change."""
    if not call.text("chat_id") and not call.text("inline_message_id"):
        raise bad_request("chat_id is empty")
    chat = emulator.state.chat(call.text("chat_id"))
    if not call.text("message_id"):
        raise bad_request("Message identifier is not specified")
    entry = emulator.state.entry(chat, call.integer("message_id"), bad_request("message to edit not found"))
    if not entry.from_bot:
        raise bad_request("Message can't be edited")
    return chat, entry


def replace(emulator: Emulator, chat: Chat, entry: Entry, content: Json, keys: tuple[str, ...]) -> Json:
    """Put new content in place of `keys`; 400 when nothing would change."""
    before = {key: entry.message[key] for key in keys if key in entry.message}
    if before == content:
        raise bad_request(NOT_MODIFIED)
    words = [key for key in keys if key != "reply_markup"]
    entry.edited = entry.edited or any(before.get(key) != content.get(key) for key in words)
    emulator.state.change(chat, entry, content, drop=keys)
    return entry.message


def with_markup(call: Call, content: Json) -> Json:
    """The content with the call's buttons; an edit without buttons takes the old ones away."""
    markup = inline_keyboard(call)
    return {**content, "reply_markup": markup} if markup else content


def edit_text(emulator: Emulator, call: Call) -> Json:
    """editMessageText"""
    text, entities = text_of(call)
    chat, entry = target(emulator, call)
    if "text" not in entry.message:
        raise bad_request("There is no text in the message to edit")
    content: Json = {"text": text, "entities": entities} if entities else {"text": text}
    return replace(emulator, chat, entry, with_markup(call, content), ("text", "entities", "reply_markup"))


def edit_caption(emulator: Emulator, call: Call) -> Json:
    """editMessageCaption"""
    caption = caption_of(call)
    chat, entry = target(emulator, call)
    if not MEDIA & entry.message.keys():
        raise bad_request("There is no caption in the message to edit")
    keys = ("caption", "caption_entities", "reply_markup")
    return replace(emulator, chat, entry, with_markup(call, caption), keys)


def edit_media(emulator: Emulator, call: Call) -> Json:
    """editMessageMedia: another file and caption, also in place of a text"""
    item = call.record("media", "InputMedia")
    if not item:
        raise bad_request("new message content is not specified")
    kind = str(item.get("type"))
    if kind not in {"photo", "document"}:
        raise bad_request("Can't use the media of the specified type in the message")
    caption = caption_of(Call({**item, "caption_entities": item.get("caption_entities")}, call.files))
    make = source(emulator, call, item.get("media"), kind, "")
    chat, entry = target(emulator, call)
    shown = make()
    before = entry.message.get(kind)
    if kind == "photo" and before and shown[kind][-1]["file_id"] == before[-1]["file_id"]:
        shown = {kind: before}
    keys = ("text", "entities", *sorted(MEDIA), "caption", "caption_entities", "reply_markup")
    return replace(emulator, chat, entry, with_markup(call, {**shown, **caption}), keys)


def edit_markup(emulator: Emulator, call: Call) -> Json:
    """editMessageReplyMarkup"""
    chat, entry = target(emulator, call)
    return replace(emulator, chat, entry, with_markup(call, {}), ("reply_markup",))


def delete_message(emulator: Emulator, call: Call) -> bool:
    """deleteMessage"""
    chat = emulator.state.chat(call.text("chat_id"))
    message_id = call.integer("message_id")
    entry = emulator.state.entry(chat, message_id, bad_request("message to delete not found"))
    if time.time() - entry.message["date"] > DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    emulator.state.delete(chat, message_id)
    return True


def delete_messages(emulator: Emulator, call: Call) -> bool:
    """deleteMessages; the ones that are not there are passed over"""
    chat = emulator.state.chat(call.text("chat_id"))
    wanted: Any = call.decoded("message_ids", "message identifiers")
    if not isinstance(wanted, list) or not wanted:
        raise bad_request("Message identifiers are not specified")
    if len(wanted) > 100:
        raise bad_request("Too many message identifiers specified")
    for message_id in wanted:
        emulator.state.delete(chat, int(message_id))
    return True


def answer_callback(emulator: Emulator, call: Call) -> bool:
    """answerCallbackQuery; the person sees the text as a notice"""
    query = emulator.query(call.text("callback_query_id"))
    if query is None:
        raise bad_request(TOO_OLD)
    text = call.text("text")
    if utf16_length(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    person = emulator.state.people[query.person_id]
    person.notice = text or None
    emulator.state.touch_person(person)
    return True
