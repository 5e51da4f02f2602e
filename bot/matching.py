"""Understanding typed words where buttons are offered."""

import unicodedata
from collections.abc import Sequence

from models.forms.questions import Option

SHORT_LIST = 12  # up to here a typed number means a position; longer lists have numbers of their own
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


def plain(words: str) -> str:
    """Return words as they are compared: no case, no direction marks, no punctuation at the ends."""
    kept = unicodedata.normalize("NFKC", words.translate(_ISOLATES)).casefold()
    return " ".join(kept.split()).strip(" .,;:!?\"'“”„«»()✓")


def _position(typed: str, options: Sequence[Option]) -> list[str]:
    if not typed.isdecimal() or len(options) > SHORT_LIST:
        return []
    number = int(typed)
    return [options[number - 1].key] if 1 <= number <= len(options) else []


def _begins(label: str, typed: str) -> bool:
    rest = label[len(typed) :]
    return label.startswith(typed) and (not rest or not rest[0].isalnum())


def find(typed: str, options: Sequence[Option], tag: str, *, is_strict: bool = False) -> list[str]:
    """Return the keys of the options that may be meant, the surest way that finds any.

    Exactly its words, its beginning, its key, its position, or all typed words somewhere in it; the last
    two not with `is_strict`, where a guess would do harm.
    """
    wanted = plain(typed)
    if not wanted:
        return []
    labels = {option.key: plain(option.label.to(tag)) for option in options}
    ways = (
        [key for key, label in labels.items() if label == wanted],
        [key for key, label in labels.items() if _begins(label, wanted)],
        [key for key in labels if key.casefold() == wanted],
        _position(wanted, options),
        [key for key, label in labels.items() if all(word in label for word in wanted.split())],
    )
    return next((found for found in ways[: 3 if is_strict else 5] if found), [])
