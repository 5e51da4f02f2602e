"""A letter as Telegram shows it: escaped HTML in parts of at most 4096 UTF-16 units, and buttons."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.courier.parcel import Parcel
from models.letters import Button

LONGEST = 4096  # UTF-16 units, counted after the markup has been read
LONGEST_VERB = 64  # bytes
_BREAKS = (re.compile(r"\n"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One message: HTML, and the buttons below it."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a quotation, as plain words."""

    words: str
    is_quote: bool = False

    @property
    def html(self) -> str:
        words = escape(self.words, quote=False)
        return f"<blockquote>{words}</blockquote>" if self.is_quote else words


def units(words: str) -> int:
    """Return the length of words as Telegram counts it."""
    return len(words) if words.isascii() else len(words.encode("utf-16-le", "surrogatepass")) // 2


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


def sheets(parcel: Parcel, *, with_links: bool) -> list[Sheet]:
    """Return the messages that a letter becomes; without `with_links` its addresses stand in the text."""
    letter, tag = parcel.letter, parcel.language
    blocks = [_Block(words.to(tag).strip()) for words in letter.paragraphs]
    if letter.quote.strip():
        blocks.append(_Block(letter.quote.strip(), is_quote=True))
    if not any(block.words for block in blocks):
        blocks = [_Block(letter.subject.to(tag))]
    if not with_links:
        pairs = zip(letter.buttons, parcel.addresses, strict=True)
        blocks += [_Block(f"{button.label.to(tag)}:\n{address}") for button, address in pairs if address]
    parts = list(_parts([block for block in blocks if block.words]))
    keyboard = _keyboard(parcel, with_links=with_links)
    return [*(Sheet(html) for html in parts[:-1]), Sheet(parts[-1], keyboard)]


def _parts(blocks: list[_Block]) -> Iterator[str]:
    """Yield the HTML of each message, cut between paragraphs wherever that is possible."""
    together: list[str] = []
    used = 0
    for block in (piece for one in blocks for piece in _pieces(one)):
        more = units(block.words) + (2 if together else 0)
        if together and used + more > LONGEST:
            yield "\n\n".join(together)
            together, used, more = [], 0, units(block.words)
        together.append(block.html)
        used += more
    yield "\n\n".join(together)


def _pieces(block: _Block) -> Iterator[_Block]:
    """Yield a paragraph, cut at lines, else at spaces, else anywhere, if it is longer than a message."""
    rest = block.words
    while units(rest) > LONGEST:
        cut = _cut(rest)
        yield _Block(rest[:cut].rstrip(), block.is_quote)
        rest = rest[cut:].lstrip()
    if rest:
        yield _Block(rest, block.is_quote)


def _cut(words: str) -> int:
    """Return where to cut so that what stands before fits into one message."""
    end, used = 0, 0
    for char in words:
        used += 2 if ord(char) > 0xFFFF else 1
        if used > LONGEST:
            break
        end += 1
    for pattern in _BREAKS:
        places = [match.start() for match in pattern.finditer(words, end // 2, end)]
        if places:
            return places[-1]
    return end


def _keyboard(parcel: Parcel, *, with_links: bool) -> InlineKeyboardMarkup | None:
    rows: list[list[InlineKeyboardButton]] = []
    for button, address in zip(parcel.letter.buttons, parcel.addresses, strict=True):
        made = _button(button, parcel.language, address if with_links else "")
        if made is None:
            continue
        if button.beside and rows:
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button, tag: str, address: str) -> InlineKeyboardButton | None:
    label = button.label.to(tag)
    if button.verb:
        if len(button.verb.encode()) > LONGEST_VERB:
            raise ValueError("the button's verb is too long")
        return InlineKeyboardButton(label, callback_data=button.verb)
    return InlineKeyboardButton(label, url=address) if address else None
