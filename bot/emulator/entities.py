"""Formatted text: UTF-16 offsets, trimming, what Telegram marks up by itself, and the parse modes."""

import re
from typing import Any

from bot.emulator.errors import Json, bad_request
from bot.emulator.html_mode import parse_html
from bot.emulator.links import utf16_length
from bot.emulator.markdown_mode import parse_markdown

HINT = re.compile(r"[/@#.]")
DETECT = re.compile(
    r"(?P<url>(?<!\w)https?://[^\s<>\"]+|(?<![\w@.])(?:[\w-]+\.)+(?:org|com|de|net|info|eu|me)\b(?:/[^\s<>\"]*)?)"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32})"
    r"|(?P<hashtag>(?<!\w)#\w+)"
    r"|(?P<bot_command>(?<![\w/<>.])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
)
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})
MARKS = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"}
)
FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
ENTITY_KINDS = OPAQUE | MARKS | FOUND


def detect(text: str, given: list[Json]) -> list[Json]:
    """Links, addresses, mentions, hashtags, commands that Telegram finds itself, outside code and links."""
    if not HINT.search(text):
        return []
    opaque = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in OPAQUE]
    found = []
    for match in DETECT.finditer(text):
        start, words = utf16_length(text[: match.start()]), match.group()
        if match.lastgroup == "url":
            words = words.rstrip(".,;:!?)'")
        length = utf16_length(words)
        if not any(start < end and begin < start + length for begin, end in opaque):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return found


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text without blanks at both ends, its entities moved and cut accordingly."""
    stripped = text.strip()
    if stripped == text:
        return text, entities
    lead = len(text) - len(text.lstrip())
    size = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] - lead + entity["length"])
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept


def given_entities(text: str, raw: Any) -> list[Json]:
    """The entities that the bot passed itself, checked for their bounds."""
    if not isinstance(raw, list):
        return []
    size = utf16_length(text)
    kept = []
    for entity in raw:
        if not isinstance(entity, dict) or entity.get("type") not in ENTITY_KINDS:
            raise bad_request("Can't parse MessageEntity: unsupported type specified")
        offset, length = int(entity.get("offset", -1)), int(entity.get("length", -1))
        if offset < 0 or length < 0:
            raise bad_request("Can't parse MessageEntity: offset and length must be non-negative")
        if offset > size:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
        if offset + length > size:
            ends = f"ends after the end of the text at UTF-16 offset {offset + length}"
            raise bad_request(f"entity beginning at UTF-16 offset {offset} {ends}")
        if length:
            kept.append(entity)
    return kept


def formatted(text: str, parse_mode: str, raw_entities: Any) -> tuple[str, list[Json]]:
    """The text as people see it and its entities, or a 400 in Telegram's words."""
    mode = parse_mode.lower()
    if mode == "html":
        text, entities = parse_html(text)
    elif mode == "markdownv2":
        text, entities = parse_markdown(text)
    elif mode in {"", "none"}:
        entities = given_entities(text, raw_entities)
    else:
        raise bad_request("Unsupported parse_mode")
    text, entities = trimmed(text, entities)
    entities = entities + detect(text, entities)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, entities
