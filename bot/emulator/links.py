"""Links as Telegram accepts them, and text measured as Telegram measures it."""

import re
from urllib.parse import urlsplit

from bot.emulator.errors import Json

SCHEMES = frozenset({"http", "https"})
OWN_LINK = re.compile(r"(?:tg|ton|tonsite):(?://)?[\w.-]+", re.IGNORECASE)
OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!//|\d)", re.IGNORECASE)
USER_LINK = re.compile(r"tg:(?://)?user\?id=([0-9]+)", re.IGNORECASE)


def utf16_length(text: str) -> int:
    """The length in UTF-16 units, which all of Telegram's limits and offsets count."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked_link(link: str) -> str | None:
    """The link with its scheme, None when Telegram would not link it (no dot in the host, mailto:, tel:)."""
    link = link.strip()
    if OWN_LINK.match(link):
        return link
    if OTHER_SCHEME.match(link):
        return None
    whole = link if "://" in link else f"http://{link}"
    try:
        parts = urlsplit(whole)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in SCHEMES or re.search(r"\s", whole):
        return None
    return whole if "." in host or ":" in host else None


def link_entity(offset: int, length: int, link: str) -> Json | None:
    """The entity that a link in formatted text becomes, None when Telegram drops it silently."""
    person = USER_LINK.fullmatch(link)
    if person:
        user = {"id": int(person.group(1)), "is_bot": False, "first_name": ""}
        return {"type": "text_mention", "offset": offset, "length": length, "user": user}
    url = checked_link(link)
    return None if url is None else {"type": "text_link", "offset": offset, "length": length, "url": url}
