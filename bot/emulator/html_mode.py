"""parse_mode HTML, with the errors that Telegram's own parser gives."""

import re
from dataclasses import dataclass

from bot.emulator.errors import ApiError, Json, bad_request
from bot.emulator.links import link_entity, utf16_length

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SPECIAL = re.compile(r"[&<]")
CHARACTER = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z]+));?")
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE = re.compile(
    r"""([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-]+)(?=[\s>])))?(?=[\s>])\s*"""
)


@dataclass(slots=True)
class Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int
    part: int


def unescaped(text: str) -> str:
    """Numeric characters and the four named ones replaced; everything else stays as it is."""
    return CHARACTER.sub(lambda match: character(match) or match.group(), text)


def character(match: re.Match[str]) -> str:
    """The character meant, empty when Telegram would leave the words as they are."""
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return NAMES.get(name, "")
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def argument_of(tag: str, attributes: dict[str, str | None]) -> str:
    """What of a tag's attributes Telegram reads: link, language, class, emoji, expandable."""
    if tag == "a":
        return attributes.get("href") or ""
    if tag == "code":
        return (attributes.get("class") or "").removeprefix("language-")
    if tag == "span":
        return attributes.get("class") or ""
    if tag == "tg-emoji":
        return attributes.get("emoji-id") or ""
    return "1" if tag == "blockquote" and "expandable" in attributes else ""


class HtmlParser:
    """Reads one text from left to right; `parse` may be called once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.offset = 0
        self.stack: list[Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        """The plain text and its entities, or ApiError 400."""
        position = 0
        while match := SPECIAL.search(self.source, position):
            self.put(self.source[position : match.start()])
            position = self.special(match.start())
        self.put(self.source[position:])
        if self.stack:
            raise self.error(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        return "".join(self.parts), self.entities

    def put(self, text: str) -> None:
        """Take text over as it is."""
        if text:
            self.parts.append(text)
            self.offset += utf16_length(text)

    def special(self, start: int) -> int:
        """Read the character reference or tag at `start`; answers where to read on."""
        if self.source[start] == "<":
            return self.end_tag(start) if self.source.startswith("</", start) else self.start_tag(start)
        match = CHARACTER.match(self.source, start)
        found = character(match) if match else ""
        self.put(found or "&")
        return match.end() if match and found else start + 1

    def start_tag(self, start: int) -> int:
        """Open an entity."""
        position = TAG_NAME.match(self.source, start + 1).end()  # type: ignore[union-attr]
        if position >= len(self.source):
            raise self.error("Unclosed start tag", start)
        tag = self.source[start + 1 : position].lower()
        if tag not in KINDS:
            raise self.error(f'Unsupported start tag "{tag}"', start)
        attributes, position = self.attributes(tag, start, position)
        argument = argument_of(tag, attributes)
        if tag == "span" and argument != "tg-spoiler":
            raise self.error('Tag "span" must have class "tg-spoiler"', start)
        self.stack.append(Open(tag, argument, self.offset, len(self.parts)))
        return position

    def attributes(self, tag: str, start: int, position: int) -> tuple[dict[str, str | None], int]:
        """Read attributes up to and including the `>`."""
        found: dict[str, str | None] = {}
        while True:
            while position < len(self.source) and self.source[position].isspace():
                position += 1
            if position >= len(self.source):
                raise self.error(f'Unclosed start tag "{tag}"', start)
            if self.source[position] == ">":
                return found, position + 1
            match = ATTRIBUTE.match(self.source, position)
            if not match:
                closed = ">" in self.source[position:]
                words = (
                    f'Empty attribute name in the tag "{tag}"' if closed else f'Unclosed start tag "{tag}"'
                )
                raise self.error(words, start)
            value = next((one for one in match.groups()[1:] if one is not None), None)
            found[match.group(1).lower()] = None if value is None else unescaped(value)
            position = match.end()

    def end_tag(self, start: int) -> int:
        """Close the innermost entity."""
        if not self.stack:
            raise self.error("Unexpected end tag", start)
        end = self.source.find(">", start)
        if end < 0:
            raise self.error("Unclosed end tag", start)
        tag = self.source[start + 2 : end].strip().lower()
        top = self.stack.pop()
        if tag and tag != top.tag:
            raise self.error("Unmatched end tag", start, f', expected "</{top.tag}>", found "</{tag}>"')
        if self.offset > top.offset:
            self.close(top)
        return end + 1

    def close(self, top: Open) -> None:
        """Note the entity of a tag that has just ended."""
        place = {"offset": top.offset, "length": self.offset - top.offset}
        last = self.entities[-1] if self.entities else {}
        same_place = last and all(last[key] == place[key] for key in place)
        if top.tag == "a":
            link = top.argument or "".join(self.parts[top.part :])
            entity = link_entity(place["offset"], place["length"], link)
            if entity:
                self.entities.append(entity)
        elif top.tag == "pre" and same_place and last["type"] == "code" and last.get("language"):
            last["type"] = "pre"
        elif top.tag == "code" and top.argument:
            self.entities.append({"type": "code", **place, "language": top.argument})
        elif top.tag == "tg-emoji":
            self.entities.append({"type": "custom_emoji", **place, "custom_emoji_id": top.argument})
        else:
            kind = "expandable_blockquote" if top.argument and top.tag == "blockquote" else KINDS[top.tag]
            self.entities.append({"type": kind, **place})

    def error(self, words: str, start: int | None = None, tail: str = "") -> ApiError:
        """A 400 that names the byte where the trouble begins."""
        place = "" if start is None else f" at byte offset {len(self.source[:start].encode())}"
        return bad_request(f"can't parse entities: {words}{place}{tail}")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities of a text in Telegram's HTML."""
    text, entities = HtmlParser(source).parse()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
