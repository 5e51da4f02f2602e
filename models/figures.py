"""Figures: measured numbers with their unit, read as people write them and said as their readers do.

German writes 12,5 and 1.234.567, English 12.5 and 1,234,567. Which sign is meant is never guessed: where a
single one stands before exactly three digits, both are possible and people are asked.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal, get_decimal_symbol

from models.errors import InvalidAnswer
from translations import Spoken, _, language

LARGEST = Decimal(10) ** 9  # the columns hold nine digits before the comma and three after it
PLACES = 3
_SIGNS = str.maketrans({"−": "-", "–": "-", "٫": ",", "٬": ".", "'": "", "’": "", "+": ""})
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
_UNSURE = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
_ISOLATE, _POP = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, in the words of every language."""

    value: Decimal
    unit: str = ""

    def spoken(self, tag: str) -> Spoken:
        """Say it: "12,5 %" in German, "12.5 %" in English; in its own direction where that differs."""
        entry = language(tag)
        number = format_decimal(self.value.normalize(), locale=entry.locale, numbering_system="latn")
        said = f"{number}\u00a0{self.unit}" if self.unit else number
        return Spoken(f"{_ISOLATE}{said}{_POP}" if entry.is_rtl else said, tag, False)

    def to(self, tag: str) -> str:
        """Say it in a language."""
        return self.spoken(tag).text

    def kept(self) -> str:
        """Return it as the history keeps it; `unkept` is its inverse."""
        return f"{self.value.normalize():f} {self.unit}".strip()

    @staticmethod
    def unkept(words: str) -> "Figure":
        """Read what `kept` wrote; ValueError for anything else."""
        number, _space, unit = words.partition(" ")
        try:
            return Figure(Decimal(number), unit)
        except ArithmeticError as error:
            raise ValueError(words) from error


def _plain(raw: str) -> str:
    """Return the digits and signs, whatever script and spaces they came in."""
    kept = (char for char in raw if unicodedata.category(char) != "Cf")
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)
    return re.sub(r"\s", "", digits.translate(_SIGNS))


def typed(value: Decimal, tag: str) -> str:
    """Return a number as its reader would type it; `read` understands it without asking."""
    words = f"{value.normalize():f}"
    if _UNSURE.fullmatch(words):
        words += "0"
    sign = get_decimal_symbol(language(tag).locale)
    return words.replace(".", sign if sign in ",." else ".")


def read(raw: str, unit: str = "") -> Decimal:
    """Return the number that somebody wrote, with its unit or without; InvalidAnswer in words that help."""
    words = raw.strip()
    if unit and words.casefold().endswith(unit.casefold()):
        words = words[: -len(unit)]
    words = _plain(words[:60])
    if _UNSURE.fullmatch(words):
        text = _(
            "Is {raw} a large number or one with a fraction? Please write 1234, or 1,2 with less digits."
        )
        raise InvalidAnswer(text(raw=words))
    if _GROUPED.fullmatch(words):
        fraction = re.search(r"[.,](\d+)$", words) if len(set(re.findall(r"[.,]", words))) == 2 else None
        whole = words[: fraction.start()] if fraction else words
        words = re.sub(r"[.,]", "", whole) + (f".{fraction[1]}" if fraction else "")
    elif not _PLAIN.fullmatch(words):
        raise InvalidAnswer(_("Please write a number, for example 12 or 12,5."))
    value = Decimal(words.replace(",", ".")) + 0  # there is no minus nought
    if abs(value) >= LARGEST or value != round(value, PLACES):
        raise InvalidAnswer(_("This number is too large or has too many digits after the comma."))
    return value
