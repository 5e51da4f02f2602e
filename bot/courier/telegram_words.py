"""A letter as the chat library takes it: what `models.rendering` made of it, with the library's buttons."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.courier.parcel import Parcel
from models.rendering import telegram
from models.rendering.telegram import Key, Part


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message: HTML, the buttons below it, and whether the letter's picture stands above it."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    has_picture: bool = False


def takes_links(base_url: str, bot_api: str) -> bool:
    """Return whether buttons may open our pages: Telegram refuses addresses of this machine alone."""
    host = urlsplit(base_url).hostname or ""
    if "." not in host and ":" not in host:
        return False
    if urlsplit(bot_api).hostname != "api.telegram.org":
        return True
    try:
        return ip_address(host).is_global
    except ValueError:
        return not host.endswith((".localhost", ".local", ".test", ".internal"))


def sheets(parcel: Parcel, *, with_links: bool, says_correction: bool = False) -> list[Sheet]:
    """Return the messages that a letter becomes; without `with_links` its addresses stand in the text."""
    made = telegram.parts(
        parcel.letter,
        parcel.language,
        parcel.addresses,
        with_links=with_links,
        says_correction=says_correction,
    )
    return [Sheet(part.html, _keyboard(part), bool(part.picture)) for part in made]


def _keyboard(part: Part) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[_button(key) for key in row] for row in part.keys]) if part.keys else None


def _button(key: Key) -> InlineKeyboardButton:
    if key.verb:
        return InlineKeyboardButton(key.label, callback_data=key.verb)
    return InlineKeyboardButton(key.label, url=key.address)
