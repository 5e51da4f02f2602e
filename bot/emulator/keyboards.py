"""Reply markup: buttons checked as Telegram checks them."""

from typing import Any

from bot.emulator.call import Call
from bot.emulator.errors import Json, bad_request
from bot.emulator.links import OWN_LINK, checked_link

MAX_BUTTONS = 100
KINDS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
CANNOT = "Can't parse inline keyboard button: "


def inline_keyboard(call: Call) -> Json | None:
    """The inline keyboard of a call, None when there is none or an empty one."""
    markup = call.record(
        "reply_markup", "reply markup" if call.values.get("reply_markup") else "reply keyboard markup"
    )
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('Field "inline_keyboard" must be an Array of Arrays')
    checked = [[button(raw) for raw in row] for row in rows if row]
    if sum(len(row) for row in checked) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def button(raw: Any) -> Json:
    """One button, or a 400 in Telegram's words."""
    if not isinstance(raw, dict):
        raise bad_request(CANNOT + "InlineKeyboardButton must be an Object")
    text = raw.get("text")
    if not isinstance(text, str):
        raise bad_request(CANNOT + 'Can\'t find field "text"')
    if not text.strip():
        raise bad_request("Inline keyboard button text must be non-empty")
    kind = next((one for one in KINDS if one in raw), None)
    if kind is None:
        raise bad_request(CANNOT + "Text buttons are unallowed in the inline keyboard")
    if kind == "callback_data" and not 1 <= len(str(raw["callback_data"]).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if kind == "url":
        return {**raw, "url": checked_url(str(raw["url"]))}
    return raw


def checked_url(url: str) -> str:
    """The address of a button; Telegram refuses hosts without a dot, such as localhost."""
    checked = checked_link(url)
    if checked is None or (OWN_LINK.match(url) and not url.lower().startswith("tg:")):
        raise bad_request(f"Inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return checked


def reply_keyboard(call: Call) -> list[list[str]] | None:
    """The labels of the keyboard below the text field: a new one, [] when removed, None when untouched."""
    markup = call.record("reply_markup", "reply markup")
    if not markup:
        return None
    if markup.get("remove_keyboard"):
        return []
    rows = markup.get("keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('Field "keyboard" must be an Array of Arrays')
    return [[label(raw) for raw in row] for row in rows if row]


def label(raw: Any) -> str:
    """The words on a button of the keyboard below the text field."""
    text = raw.get("text", "") if isinstance(raw, dict) else raw
    if not isinstance(text, str) or not text.strip():
        raise bad_request("Keyboard button text must be non-empty")
    return text
