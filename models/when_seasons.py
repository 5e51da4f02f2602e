"""Rules that read a quarter, a half, a season, school holidays, a school year or a year."""

import re
from datetime import date, timedelta

from models.when_reading import YEAR, YEAR4, Reading, Rule, follows, full_year, months
from models.when_words import SUMMER_HOLIDAYS, one_of

NUMBERS = {"erste": 1, "zweite": 2, "dritte": 3, "vierte": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
NUMBERS |= {"first": 1, "second": 2, "third": 3, "fourth": 4, "1": 1, "2": 2, "3": 3, "4": 4}
NTH = rf"(?P<number>{'|'.join(sorted(NUMBERS, reverse=True))})(?:\.|[ns]|st|nd|rd|th)? ?"
OF = r"(?: of| des jahres)?"
QUARTER_PATTERNS = (
    re.compile(rf"q(?P<number>[1-4])[ /-]+{YEAR}"),
    re.compile(rf"{NTH}(?:quartals?|quarter){OF}[ /]+{YEAR}"),
    re.compile(rf"(?P<year>{YEAR4})[ /-]?q(?P<number>[1-4])"),
)
HALF_PATTERNS = (
    re.compile(rf"h(?P<number>[12])[ /-]+{YEAR}"),
    re.compile(rf"{NTH}(?:halbjahre?s?|jahreshalfte|half){OF}[ /]+{YEAR}"),
)

SEASONS = {"fruhjahr": 3, "fruhling": 3, "fruehjahr": 3, "fruehling": 3, "spring": 3}
SEASONS |= {"sommer": 6, "summer": 6, "herbst": 9, "autumn": 9, "winter": 12}
SEASON = re.compile(rf"(?P<name>{'|'.join(SEASONS)})s?[ /-]+{YEAR}(?: ?[/-] ?(?P<next>\d\d|{YEAR4}))?")

SCHOOL = one_of("Schuljahr", "Schuljahres", "SJ", "Kitajahr", "Kita-Jahr", "Kindergartenjahr", "school year")
SCHOOL_YEAR = re.compile(rf"{SCHOOL} {YEAR} ?[/-] ?(?P<next>\d\d|{YEAR4})")
HOLIDAYS = re.compile(
    r"(?:(?P<side>nach|ab|vor|bis(?: zu)?|after|before) )?(?:(?:den|der|die|the) )?"
    rf"(?:sommerferien|(?:school )?summer holidays)(?: nrw| in nrw)? {YEAR}"
)
TWO_YEARS = re.compile(rf"({YEAR4}) ?[/-] ?(\d\d)")


def _quarter(text: str) -> Reading | None:
    """Q1 2019, 1. Quartal 2019, 2019-Q1."""
    return _portion(text, QUARTER_PATTERNS, 3)


def _half(text: str) -> Reading | None:
    """1. Halbjahr 2019, H1 2019."""
    return _portion(text, HALF_PATTERNS, 6)


def _portion(text: str, patterns: tuple[re.Pattern[str], ...], length: int) -> Reading | None:
    """Return the numbered portion of a year, `length` months long; ValueError when it has no such portion."""
    for pattern in patterns:
        if found := pattern.fullmatch(text):
            last = length * NUMBERS[found["number"]]
            return months(full_year(found["year"]), last - length + 1, last)
    return None


def _season(text: str) -> Reading | None:
    """Frühjahr 2019: whole months, March to May and so on; "Winter 2019" may mean either of its winters."""
    found = SEASON.fullmatch(text)
    if not found:
        return None
    year, first, following = full_year(found["year"]), SEASONS[found["name"]], found["next"]
    if first != 12:
        return None if following else months(year, first, first + 2)
    if following and not follows(found["year"], following):
        return None
    begin = date(year, 12, 1) if following else date(year, 1, 1)
    return Reading(begin, months(year + 1, 2, 2).latest)


def _school_year(text: str) -> Reading | None:
    """Schuljahr 2018/19: 1 August to 31 July (§ 7 SchulG NRW); kindergartens are taken to do alike."""
    found = SCHOOL_YEAR.fullmatch(text)
    if not found or not follows(found["year"], found["next"]):
        return None
    year = full_year(found["year"])
    return Reading(date(year, 8, 1), date(year + 1, 7, 31))


def _summer_holidays(text: str) -> Reading | None:
    """nach den Sommerferien 2019: from the day after them, or 1 July where unknown, to the year's end."""
    found = HOLIDAYS.fullmatch(text)
    if not found:
        return None
    year, side = full_year(found["year"]), found["side"]
    after = side in ("nach", "after")
    if year not in SUMMER_HOLIDAYS:
        return Reading(date(year, 7, 1), date(year, 12, 31)) if after else None
    first, last = SUMMER_HOLIDAYS[year]
    if after:
        return Reading(last + timedelta(days=1), date(year, 12, 31))
    if side == "ab":
        return Reading(first, None)
    return Reading(None, first - timedelta(days=1)) if side else Reading(first, last)


def _two_years(text: str) -> Reading | None:
    """2018/19, 2019-20."""
    found = TWO_YEARS.fullmatch(text)
    if not found or not follows(found[1], found[2]):
        return None
    return Reading(date(int(found[1]), 1, 1), date(int(found[1]) + 1, 12, 31))


def _year(text: str) -> Reading | None:
    """2022."""
    return months(int(text), 1, 12) if re.fullmatch(YEAR4, text) else None


SEASONS_AND_YEARS: tuple[Rule, ...] = (
    _quarter,
    _half,
    _season,
    _school_year,
    _summer_holidays,
    _two_years,
    _year,
)
