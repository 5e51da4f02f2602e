"""The words in which people write dates: folding, month and weekday names, school holidays."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from babel.dates import get_day_names, get_month_names

# The Arabic of Syria, Morocco and Algeria and the Persian of Afghanistan name the months in their own ways.
LOCALES = (
    *("de", "de_AT", "en", "uk", "ar", "ar_SY", "ar_MA", "ar_DZ"),
    *("ru", "tr", "pl", "ro", "fa", "fa_AF", "ku", "fr"),
)

# Short forms that people write and CLDR does not list.
MORE_MONTHS = {"Maerz": 3, "Mrz": 3, "Febr": 2, "Feber": 2, "Sept": 9, "Sep": 9}

# How a month's name bends after "in", "to", "since": (the end of the form in dates, what stands for it).
# CLDR lists the name by itself and the form in dates only. The longest end that fits is taken.
BENT_MONTHS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "uk": (("ого", ("ому", "им")), ("я", ("і", "ю", "ем")), ("а", ("і", "у", "ом"))),
    "ru": (("я", ("е", "ю", "ем", "ём")), ("а", ("е", "у", "ом"))),
    "pl": (("ego", ("ym", "emu")), ("a", ("u", "owi", "em", "iem", "zie"))),
    "tr": (("", ("da", "de", "ta", "te", "dan", "den", "tan", "ten")),),
    "ku": (("", ("a", "ê", "an")),),
}

# First and last day of the summer holidays in North Rhine-Westphalia. 2020-2021: pages of the state and of
# Düsseldorf; 2022-2030: the press on the decisions of the education ministers (KMK); 2018: the last day from
# the press, the first from memory; 2019 from memory. Not compared with the decrees themselves.
SUMMER_HOLIDAYS: Mapping[int, tuple[date, date]] = {
    2018: (date(2018, 7, 16), date(2018, 8, 28)),
    2019: (date(2019, 7, 15), date(2019, 8, 27)),
    2020: (date(2020, 6, 29), date(2020, 8, 11)),
    2021: (date(2021, 7, 5), date(2021, 8, 17)),
    2022: (date(2022, 6, 27), date(2022, 8, 9)),
    2023: (date(2023, 6, 22), date(2023, 8, 4)),
    2024: (date(2024, 7, 8), date(2024, 8, 20)),
    2025: (date(2025, 7, 14), date(2025, 8, 26)),
    2026: (date(2026, 7, 20), date(2026, 9, 1)),
    2027: (date(2027, 7, 19), date(2027, 8, 31)),
    2028: (date(2028, 7, 10), date(2028, 8, 22)),
    2029: (date(2029, 7, 2), date(2029, 8, 14)),
    2030: (date(2030, 6, 24), date(2030, 8, 6)),
}

# Letters that look alike or are typed for one another, and signs with a plain twin.
TWINS = str.maketrans("ıłيىك،’‘ʼ⁄∕−", "ilیی\u06a9,'''//-", 'ـ„“”«»"')


def fold(wording: str) -> str:
    """Return the wording as the rules read it: lower case, no accents, plain digits, dashes and spaces."""
    text = wording.casefold()
    if not text.isascii():
        text = "".join(map(_plain, unicodedata.normalize("NFD", text)))
    return " ".join(text.translate(TWINS).split()).strip(" ,;:()[]'").rstrip(".")


def _plain(sign: str) -> str:
    """Return the plain twin of a digit or dash, nothing for an accent or an invisible sign."""
    match unicodedata.category(sign):
        case "Mn" | "Cf":
            return ""
        case "Nd":
            return str(unicodedata.decimal(sign))
        case "Pd":
            return "-"
    return sign


def one_of(*words: str) -> str:
    """Return a pattern for any of these words in folded form, longest first."""
    return "(?:" + "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True)) + ")"


def month_number(name: str) -> int | None:
    """Return 1-12 for a folded month name in one of the product's languages."""
    return _months().get(_key(name))


def weekday_number(name: str) -> int | None:
    """Return 0 (Monday) to 6 for a folded weekday name in one of the product's languages."""
    return _weekdays().get(_key(name))


def is_english_month(name: str) -> bool:
    """Tell whether a folded month name is English and not also German."""
    return _key(name) in _english_months()


def is_foreign(wording: str) -> bool:
    """Tell whether a wording is not German: in another script, or with a month in another language."""
    if any(sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN") for sign in wording):
        return True
    words = (_key(word) for word in re.split(r"[\s/,;()-]+", fold(wording)))
    return any(word in _months() and word not in _german_months() for word in words)


def _key(name: str) -> str:
    return name.replace(" ", "").replace("'", "").rstrip(".")


@cache
def _months() -> Mapping[str, int]:
    names = {_key(fold(name)): number for name, number in MORE_MONTHS.items()}
    for locale in LOCALES:
        names |= _names(get_month_names, locale)
    for locale in BENT_MONTHS:
        for number, written in get_month_names("wide", context="format", locale=locale).items():
            names |= {_key(fold(form)): number for form in bent_month(locale, written)}
    return names


def bent_month(locale: str, written: str) -> list[str]:
    """Return the other forms of a month's name in a language that bends it, from the form in dates."""
    for end, endings in BENT_MONTHS[locale]:
        if written.endswith(end):
            return [written.removesuffix(end) + ending for ending in endings]
    return []


@cache
def _english_months() -> frozenset[str]:
    return frozenset(_names(get_month_names, "en")) - frozenset(_names(get_month_names, "de"))


@cache
def _german_months() -> frozenset[str]:
    return frozenset(
        (*_names(get_month_names, "de"), *_names(get_month_names, "de_AT"), *map(fold, MORE_MONTHS))
    )


@cache
def _weekdays() -> Mapping[str, int]:
    names: dict[str, int] = {}
    for locale in LOCALES:
        names |= _names(get_day_names, locale)
    return names


def _names(table: Callable[..., Mapping[int, str]], locale: str) -> dict[str, int]:
    return {
        _key(fold(name)): number
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in table(width, context=context, locale=locale).items()
    }
