"""The order of names and titles for a reader, the same on every database.

A database sorts by bytes or by whatever collations its machine has; so lists that people read are sorted
here, after CLDR's orders for the twelve languages: own letters in their own place (Turkish ı before i, Polish
ł after l), accents only between words that are else the same, the reader's own script first. PyICU would do
it, but is published as source only and wants ICU's headers to build; pyuca knows no order of any language.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

T = TypeVar("T")
Key = tuple[tuple[int, ...], str, str]

_LONGEST = 200  # characters that decide; normalising more would only cost time
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгґдеєжзиіїйклмнопрстуфхцчшщъыьэюя"
_ARABIC = "ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنهوی"
_PERSIAN = "آاءبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_LATIN_ALPHABETS = {
    "tr": "abcçdefgğhıijklmnoöpqrsştuüvwxyz",
    "ku": "abcçdeêfghiîjklmnopqrsştuûvwxyz",
    "pl": "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż",
    "ro": "aăâbcdefghiîjklmnopqrsștțuvwxyz",
}
_SPACE, _SIGN, _DIGIT, _LETTER, _OTHER = 0, 1, 1 << 20, 1 << 21, 1 << 22
# Written otherwise in another keyboard or font, the same letter to a reader.
_TWINS = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ş": "ș", "ţ": "ț",
    "ك": "ک", "ي": "ی", "ى": "ی", "ة": "ت", "’": "", "'": "", "ʼ": "",
})  # fmt: skip
_BARE = {"ł": "l", "ı": "i"}  # what Unicode does not take apart
_CEDILLAS = str.maketrans("șț", "şţ")


def key(words: str, tag: str) -> Key:
    """Return what to sort words by for a reader of `tag`: letters, then accents, then as written."""
    letters, decomposed = _alphabet(tag), []
    for sign in _folded(words[:_LONGEST], tag):
        if sign in letters:
            decomposed.append(sign)
        else:
            decomposed += unicodedata.normalize("NFD", _BARE.get(sign, sign)).translate(_TWINS)
    said = "".join(decomposed)
    primary = tuple(_weight(sign, letters) for sign in said if not unicodedata.combining(sign))
    return primary, said, words


def by(tag: str, name: Callable[[T], str], items: Iterable[T]) -> list[T]:
    """Return the items in the order of their names for a reader of `tag`."""
    return sorted(items, key=lambda item: key(name(item), tag))


def _folded(words: str, tag: str) -> str:
    """Return words in small letters of one form, without what is not seen."""
    text = unicodedata.normalize("NFC", words)
    if tag == "tr":
        text = text.replace("I", "ı").replace("İ", "i")
    seen = (sign for sign in text.lower() if unicodedata.category(sign) != "Cf" and sign != "ـ")
    text = "".join(seen).replace("i\u0307", "i").translate(_TWINS)
    text = text if tag == "ro" else text.translate(_CEDILLAS)
    return re.sub(r"\s+", " ", text).strip()


def _weight(sign: str, letters: dict[str, int]) -> int:
    if sign in letters:
        return _LETTER + letters[sign]
    if sign == " ":
        return _SPACE
    if sign.isdecimal():
        return _DIGIT + unicodedata.decimal(sign)
    return (_OTHER if sign.isalpha() else _SIGN) + ord(sign)


@cache
def _alphabet(tag: str) -> dict[str, int]:
    """Return the places of the letters: those of the reader's script come first, then the others."""
    latin = _LATIN_ALPHABETS.get(tag, _LATIN)
    arabic = _PERSIAN if tag == "fa" else _ARABIC
    scripts = [latin, _CYRILLIC, arabic]
    own = {"uk": 1, "ru": 1, "ar": 2, "fa": 2}.get(tag, 0)
    ordered = scripts.pop(own) + "".join(scripts)
    return {letter: place for place, letter in enumerate(ordered)}
