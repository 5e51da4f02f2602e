"""Cleaning what people type: length first, then control characters, then one Unicode form."""

import re
import unicodedata

from models.errors import InvalidAnswer
from translations import _

# Kept although invisible: joiners that Persian, Kurdish and emoji need.
_JOINERS = {"\u200c", "\u200d"}
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_MANY_LINES = re.compile(r"\n{3,}")


def _visible(char: str) -> bool:
    if char == "\n" or char in _JOINERS:
        return True
    # Cc: control, Cf: format (direction overrides would garble the officer's page), Cs/Co: not text.
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")


def text(raw: str, *, longest: int, lines: bool = False) -> str:
    """Return what was typed without characters that are not text; InvalidAnswer when it is too long.

    Length is checked before normalising: 10^5 combining marks would stall it for seconds.
    """
    if len(raw) > longest * 2:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=longest))
    raw = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(char for char in raw if _visible(char))
    kept = unicodedata.normalize("NFC", kept)
    kept = _SPACES.sub(" ", kept)
    kept = _MANY_LINES.sub("\n\n", kept) if lines else " ".join(kept.split())
    kept = "\n".join(line.strip() for line in kept.split("\n")).strip()
    if len(kept) > longest:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=longest))
    return kept
