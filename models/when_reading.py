"""What the rules for inexact dates share: the Reading that they return, and years."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from enum import Enum

# Other numbers of four digits are no years here: the Solar Hijri 1398, a count, a time of day.
YEAR4 = r"(?:19|20)\d\d"
YEAR = rf"(?P<year>{YEAR4}|'?\d\d)"


class Unit(Enum):
    """How finely a wording speaks."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule read from a wording; `due` says that the month of the last day is the due month."""

    earliest: date | None = None
    latest: date | None = None
    unit: Unit = Unit.LONGER
    due: bool = False
    from_today: bool = False
    approximate: bool = False
    recurring: bool = False
    weekday: int | None = None
    starts: time | None = None
    ends: time | None = None


# A rule takes folded text (`when_words.fold`); None says "not mine", ValueError "no such day".
Rule = Callable[[str], Reading | None]


def full_year(written: str) -> int:
    """Return the year of "2019", "19" or "'19": 00-79 are 20xx, 80-99 are 19xx."""
    year = int(written.lstrip("'"))
    if year >= 100:
        return year
    return year + (2000 if year < 80 else 1900)


def follows(year: str, following: str) -> bool:
    """Tell whether the second year is the one after the first, at the precision written."""
    century = 100 if len(following) == 2 else 10_000
    return (full_year(year) + 1 - int(following)) % century == 0


def one_day(year: str, month: int, day: str) -> Reading:
    """Return the reading of one exact day."""
    exact = date(full_year(year), month, int(day))
    return Reading(exact, exact, Unit.DAY, due=True)


def months(year: int, first: int, last: int) -> Reading:
    """Return the days from one month to another of the same year; only a single month is due."""
    latest = date(year, last, monthrange(year, last)[1])
    unit = Unit.MONTH if first == last else Unit.LONGER
    return Reading(date(year, first, 1), latest, unit, due=unit is Unit.MONTH)
