"""Cleaning what people type: length first, then what is no text, then one Unicode form."""

import re
import unicodedata

from models.errors import InvalidAnswer
from models.plain_text import plain
from translations import _

# Kept although invisible, inside words only: joiners that Persian, Kurdish and emoji need.
_JOINERS = {"\u200c", "\u200d"}
_MOST_MARKS = 4  # on one letter; a pile of them paints over the lines above and below
# Letters by their category, and yet nothing to see: names must not be made of them.
_FILLERS = dict.fromkeys(map(ord, "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"))
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_MANY_LINES = re.compile(r"\n{3,}")
# Letters, digits and plain signs with single spaces between: nothing of it is changed below.
_TIDY = re.compile(r"[\w.,;:!?@/+'()-]+(?: [\w.,;:!?@/+'()-]+)*")
_FILLER = re.compile(f"[{''.join(map(chr, _FILLERS))}]")


def text(raw: str, *, longest: int, lines: bool = False) -> str:
    """Return what was typed without characters that are not text; InvalidAnswer when it is too long.

    Length is checked before normalising: 10^5 combining marks would stall it for seconds.
    """
    if len(raw) > longest * 2:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=longest))
    if len(raw) <= longest and _is_tidy(raw):
        return raw
    written = _LINE_ENDS.sub("\n", plain(raw)).translate(_FILLERS)
    kept = unicodedata.normalize("NFC", "".join(map(_plain, written)))
    kept = "\n".join(map(_tidy, kept.split("\n")))
    kept = _MANY_LINES.sub("\n\n", kept) if lines else " ".join(kept.split())
    kept = unicodedata.normalize("NFC", kept).strip()
    if len(kept) > longest:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=longest))
    return kept


def _is_tidy(raw: str) -> bool:
    """Return whether this is as it would be kept, as most is of what a hall types at once."""
    return (
        _TIDY.fullmatch(raw) is not None
        and unicodedata.is_normalized("NFC", raw)
        and _FILLER.search(raw) is None
    )


def _plain(char: str) -> str:
    """Return a character as it is kept: every space as one kind, nothing for what is not text."""
    if char == "\n" or char in _JOINERS:
        return char
    category = unicodedata.category(char)
    if category[0] == "Z" or char == "\t":
        return " "
    # Cc: control, Cf: format (direction overrides would garble the officer's page), Co: not text.
    return "" if category in ("Cc", "Cf", "Co") else char


def _tidy(line: str) -> str:
    """Return a line with single spaces, joiners only inside words, few marks on a letter, none alone."""
    kept: list[str] = []
    marks = 0
    for char in line:
        before = kept[-1] if kept else " "
        if char in _JOINERS:
            if before == " " or before in _JOINERS:
                continue
        elif unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
            if before == " " or marks > _MOST_MARKS:
                continue
        else:
            marks = 0
            if char == " " and before in _JOINERS:
                kept.pop()
                before = kept[-1]
            if char == " " and before == " ":
                continue
        kept.append(char)
    return "".join(kept).rstrip(" \u200c\u200d")
