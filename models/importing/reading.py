"""Reading single cells: dates, times, choices, numbers, words in several languages."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from email_validator import EmailNotValidError

from models.addresses import normalized
from models.importing.cells import Nature, Row
from models.when import LONGEST_WORDING, When
from translations import Localised, _

Choice = TypeVar("Choice", bound=StrEnum)

_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?(?::[0-5]\d)?(?: ?Uhr)?", re.ASCII | re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d{1,9}(?:[.,]\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}[.,]\d{3}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


def when(row: Row, column: str, *, today: date | None = None) -> When:
    """Read an inexact date; one that cannot be read keeps its words and is reported."""
    written = When.parse(row.text(column, longest=LONGEST_WORDING), today=today)
    if not written.understood:
        row.warn(column, _("This date could not be read. Its words have been kept."))
    if row.cell(column).nature is Nature.YEARLESS:
        row.warn(column, _("The spreadsheet shows this day without a year. Is the year right?"))
    return written


def settled(found: When | None, written: When) -> When:
    """Return the days that are there already for the same words: a person may have settled them."""
    return found if found is not None and found.wording == written.wording and found.is_known else written


def day(row: Row, column: str, *, required: bool = False) -> date | None:
    """Read one exact day; refuse anything less exact."""
    text = row.text(column, longest=LONGEST_WORDING, required=required)
    if not text:
        return None
    written = When.parse(text)
    if not written.is_exact:
        row.refuse(column, _("This is not a day. Please write it as in 2018-09-05."))
    return written.earliest


def clock(row: Row, column: str, *, required: bool = False) -> str:
    """Read a time of day as HH:MM; "" for an empty cell."""
    text = row.text(column, longest=40, required=required)
    if not text:
        return ""
    found = _CLOCK.fullmatch(text)
    if found is None:
        row.refuse(column, _("This is not a time of day. Please write it as in 14:30."))
    return f"{int(found[1]):02}:{found[2] or '00'}"


def choice(row: Row, column: str, words: Mapping[str, Choice]) -> Choice:
    """Read one of these words, in any case."""
    chosen = words.get(row.text(column, longest=100, required=True).lower())
    if chosen is None:
        known = _("This word is not known here. Known are: {words}.")
        row.refuse(column, known(words=", ".join(words)))
    return chosen


def whole(row: Row, column: str, low: int, high: int) -> int:
    """Read a whole number from `low` to `high`."""
    text = row.text(column, longest=40, required=True)
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        row.refuse(column, _("A whole number from {low} to {high} is needed here.")(low=low, high=high))
    return int(text)


def decimal(row: Row, column: str) -> Decimal | None:
    """Read a number with comma or point; None for an empty cell. A thousands' point is not guessed at."""
    text = row.text(column, longest=40).removesuffix("%").strip()
    if not text:
        return None
    is_number = row.cell(column).nature is Nature.NUMBER
    if not _DECIMAL.fullmatch(text) or (_THOUSANDS.fullmatch(text) and not is_number):
        row.refuse(column, _("This is not a number that can be read. Please write it as in 1250 or 12,5."))
    return Decimal(text.replace(",", "."))


def email(row: Row, column: str) -> str:
    """Read an e-mail address in lower case; its spelling is checked, nothing is looked up."""
    text = row.text(column, longest=254)
    if not text:
        return ""
    try:
        return normalized(text).lower()
    except EmailNotValidError:
        row.refuse(column, _("This does not look like an e-mail address."))


def spoken(
    row: Row,
    column: str,
    source: str,
    found: Localised | None,
    *,
    longest: int,
    required: bool = False,
    lines: bool = False,
    kept: Collection[str] = (),
) -> Localised:
    """Read words with their translations; an empty translation leaves the one that is there.

    So do languages to be `kept`, where there are words: people translated them here since the file was made.
    """
    words = dict(found.words) if found else {}
    if row.has(column):
        text = row.text(column, longest=longest, required=required, lines=lines)
        words.pop(source, None)
        if text:
            words = {source: text, **words}
    for name in row.cells:
        base, _sep, tag = name.partition("_")
        if base != column or not tag or tag == source:
            continue
        text = row.text(name, longest=longest, lines=lines)
        if text and not (tag in kept and words.get(tag)):
            words[tag] = text
    return Localised(words)
