"""Words that know how to be said in every language.

A `Text` is a message of the catalogue with its values, kept unsaid until the reader is known: one
operation may write to readers of several languages. `Localised` is content that people wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias

from translations import catalogues, dates
from translations.languages import SOURCE, language

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Hebrew to Arabic Extended, their presentation forms, and the scripts of that direction beyond 16 bits.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FIRST_STRONG_ISOLATE, _POP_ISOLATE, _RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"


class Words(Protocol):
    """Anything that can be said in a language."""

    def to(self, tag: str) -> str:
        """Say it in the language of `tag`."""
        ...


Value: TypeAlias = "str | int | date | Words"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words as said, and the language that they came out in (a fallback may have answered)."""

    text: str
    tag: str
    is_fallback: bool

    @property
    def direction(self) -> str:
        """Writing direction of the words."""
        return language(self.tag).direction


@dataclass(frozen=True, slots=True)
class Localised:
    """Content written by people in one or more languages, e.g. a goal's title."""

    words: Mapping[str, str]

    def spoken(self, tag: str) -> Spoken:
        """Say it in `tag`, else in its base language, else in the source language, else in any."""
        for candidate in (tag, *language(tag).fallback, SOURCE, *self.words):
            found = self.words.get(candidate)
            if found:
                return Spoken(found, candidate, candidate != tag and not _same_readers(candidate, tag))
        return Spoken("", tag, False)

    def to(self, tag: str) -> str:
        """Say it in the best language there is."""
        return self.spoken(tag).text

    def __bool__(self) -> bool:
        return any(self.words.values())


def _same_readers(one: str, other: str) -> bool:
    """Plain German is German: reading the standard wording there needs no note."""
    return one.partition("-")[0] == other.partition("-")[0]


def _said(value: object, tag: str) -> str:
    if isinstance(value, datetime):
        said = dates.moment(value, tag)
    elif isinstance(value, date):
        said = dates.day(value, tag)
    elif isinstance(value, (str, int)):
        said = str(value)
    else:
        said = value.to(tag)  # type: ignore[attr-defined]
    # Names, codes and dates keep their own direction inside a right-to-left sentence, and names from right
    # to left inside any other: what follows them must not be drawn in.
    if language(tag).is_rtl or _RIGHT_TO_LEFT.search(said):
        return f"{_FIRST_STRONG_ISOLATE}{said}{_POP_ISOLATE}"
    return said


def _only_values(words: str) -> bool:
    """Nothing but isolates and signs: a chat would find no direction in them, and take left to right."""
    return not any(char.isalpha() for char in _PLACEHOLDER.sub("", words))


@dataclass(frozen=True, slots=True)
class Text:
    """A message of the catalogue, with values, not yet in any language."""

    msgid: str
    plural: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def __call__(self, **values: Value) -> "Text":
        """Return the same message with these values put in."""
        return Text(self.msgid, self.plural, (*self.values, *values.items()))

    def to(self, tag: str) -> str:
        """Say it; a placeholder that a translation got wrong stays visible and never raises."""
        if not self.values:
            return catalogues.single(tag, self.msgid)
        values = dict(self.values)
        if self.plural:
            count = values.get("n", 0)
            number = count if isinstance(count, int) else 0
            words = catalogues.plural(tag, self.msgid, self.plural, number)
        else:
            words = catalogues.single(tag, self.msgid)

        def put_in(match: re.Match[str]) -> str:
            name = match[1]
            return _said(values[name], tag) if name in values else match[0]

        said = _PLACEHOLDER.sub(put_in, words)
        return _RIGHT_TO_LEFT_MARK + said if language(tag).is_rtl and _only_values(words) else said

    def pack(self) -> dict[str, Any]:
        """Return a JSON form for storing; `unpack` is its inverse."""
        return {"msgid": self.msgid, "plural": self.plural, "values": {k: _packed(v) for k, v in self.values}}

    @staticmethod
    def unpack(data: Mapping[str, Any]) -> "Text":
        """Return the Text that `pack` wrote."""
        values = tuple((k, _unpacked(v)) for k, v in data.get("values", {}).items())
        return Text(data["msgid"], data.get("plural", ""), values)


def _packed(value: Value) -> Any:
    if isinstance(value, Text):
        return {"text": value.pack()}
    if isinstance(value, Localised):
        return {"words": dict(value.words)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, (str, int)):
        return value
    raise TypeError(f"{type(value).__name__} cannot be stored in a message")


def _unpacked(value: Any) -> Value:
    match value:
        case {"text": data}:
            return Text.unpack(data)
        case {"words": words}:
            return Localised(words)
        case {"moment": stamp}:
            return datetime.fromisoformat(stamp)
        case {"day": stamp}:
            return date.fromisoformat(stamp)
        case str() | int():
            return value
    raise TypeError(f"not a stored value: {value!r}")


def _(msgid: str) -> Text:
    """Mark words for the catalogue."""
    return Text(msgid)


def n_(singular: str, plural: str) -> Text:
    """Mark counted words; the count is the value `n`."""
    return Text(singular, plural)
