"""A language made out of nothing, for tests: it shows words that are not translated or have no room.

English with an accent on every letter and forty per cent longer. It stands in for another language for a
while, so that addresses, dates and direction are those of that language: in place of Arabic it is read from
the right.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from babel.support import NullTranslations

from translations import catalogues

LONGER = 0.4
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCENTED = "áƀçđéƒĝĥíĵķłɱñóþɋřšťúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶŁṀÑÓÞɊŘŠŤÚṼŴẊÝŽ"
_MARKED = str.maketrans(_PLAIN, _ACCENTED)
# Placeholders, tags, addresses and commands stay; a program reads them.
_KEPT = re.compile(r"(\{\w+\}|</?\w[^>]*>|&#?\w+;|\S+@\S+|https?://\S+|(?<!\w)/[a-z]+\b)")
_VOWEL = re.compile("[áéíóúý]", re.IGNORECASE)


def accented(words: str) -> str:
    """Say words in the pseudo-language: the same, longer, with no plain letter left."""
    parts = _KEPT.split(words)
    said = [part if place % 2 else _longer(part.translate(_MARKED)) for place, part in enumerate(parts)]
    return "".join(said)


def _longer(words: str) -> str:
    """Stretch vowels: the words get longer where they are, as those of other languages do."""
    missing = round(len(words) * LONGER)
    vowels = [found.start() for found in _VOWEL.finditer(words)]
    if not vowels:
        return words
    each, more = divmod(missing, len(vowels))
    for number, place in reversed(list(enumerate(vowels))):
        words = words[: place + 1] + words[place].lower() * (each + (number < more)) + words[place + 1 :]
    return words


class _Pseudo(NullTranslations):
    """Answers every message, in the pseudo-language."""

    def gettext(self, message: str) -> str:
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken_for(tag: str) -> Iterator[None]:
    """Let everything that is said in a language come out in the pseudo-language."""
    real = catalogues.chain

    def chain(asked: str) -> tuple[NullTranslations, ...]:
        return (_Pseudo(),) if asked == tag else real(asked)

    vars(catalogues)["chain"] = chain
    catalogues.single.cache_clear()
    try:
        yield
    finally:
        vars(catalogues)["chain"] = real
        catalogues.single.cache_clear()
