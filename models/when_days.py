"""Rules that read a day, a month or a week with its year."""

import re
from datetime import date

from models.when_reading import YEAR, YEAR4, Reading, Rule, Unit, follows, full_year, months, one_day
from models.when_words import is_english_month, month_number, one_of

NAME = r"(?P<name>[^\W\d_]+(?:'[^\W\d_]+)?\.?(?: [^\W\d_]+)?)"
DAY_FIRST = re.compile(rf"(\d\d?) ?([./-]) ?(\d\d?) ?\2 ?{YEAR}")
DAY_YEAR_FIRST = re.compile(rf"(?P<year>{YEAR4})([-/.])(\d\d?)\2(\d\d?)")
DAY_NAMED = re.compile(rf"(\d\d?)(?:\. ?|(?:er|st|nd|rd|th|-?го|'?e|-?е)? (?:of )?){NAME},? {YEAR}")
DAY_AFTER_MONTH = re.compile(rf"{NAME} (\d\d?)(?:st|nd|rd|th)?,? (?P<year>{YEAR4})")
MONTH_NUMERIC = re.compile(rf"(\d\d?) ?(?:[./-] ?(?P<long>{YEAR4})|/ ?(?P<short>'?\d\d))")
MONTH_YEAR_FIRST = re.compile(rf"({YEAR4})([-/])(\d\d?)")
MONTH_NAMED = re.compile(rf"{NAME}(?:,? ?[ /-] ?|(?<=\.)){YEAR}")
MONTH_AFTER_YEAR = re.compile(rf"(?P<year>{YEAR4}),? {NAME}")
WEEK = one_of("KW", "Kalenderwoche", "Kalenderwochen", "Woche", "week", "W")
WEEKS = r"(?P<first>\d\d?)(?:\.? ?(?:-|/|bis|und) ?(?P<last>\d\d?))?"
WEEK_PATTERNS = (
    re.compile(rf"{WEEK} ?{WEEKS}[ /,.]+(?P<year>{YEAR4})"),
    re.compile(rf"{WEEKS}\. ?{WEEK}[ /,.]+(?P<year>{YEAR4})"),
    re.compile(rf"(?P<year>{YEAR4})[ /-]?{WEEK} ?{WEEKS}"),
)


def month_of(name: str, year: str) -> Reading | None:
    """Read a month name with its year; None where the year may as well be a day ("June 12", "Mai 05")."""
    number = month_number(name)
    if number is None or (len(year) == 2 and (int(year) <= 12 or is_english_month(name))):
        return None
    return months(full_year(year), number, number)


def _day_first(text: str) -> Reading | None:
    """14.11.18, 12/06/2019: the day first, never the month; dashes need a year of four digits."""
    found = DAY_FIRST.fullmatch(text)
    if not found or (found[2] == "-" and len(found["year"]) < 4):
        return None
    return one_day(found["year"], int(found[3]), found[1])


def _day_year_first(text: str) -> Reading | None:
    """2019-06-12, 2019/6/12."""
    found = DAY_YEAR_FIRST.fullmatch(text)
    return one_day(found["year"], int(found[3]), found[4]) if found else None


def _day_named(text: str) -> Reading | None:
    """12. Mai 2019, 12th June 2019, 1er juin 2019."""
    found = DAY_NAMED.fullmatch(text)
    number = month_number(found["name"]) if found else None
    return one_day(found["year"], number, found[1]) if found and number else None


def _day_after_month(text: str) -> Reading | None:
    """June 12, 2019."""
    found = DAY_AFTER_MONTH.fullmatch(text)
    number = month_number(found["name"]) if found else None
    return one_day(found["year"], number, found[2]) if found and number else None


def _month_numeric(text: str) -> Reading | None:
    """02/2019, 2.2019, 09/19; but 10/11 may be a day and a month."""
    found = MONTH_NUMERIC.fullmatch(text)
    if not found:
        return None
    year = found["long"] or found["short"]
    if len(year) == 2 and int(year) <= 12:
        return None
    return months(full_year(year), int(found[1]), int(found[1]))


def _month_year_first(text: str) -> Reading | None:
    """2019-06, 2019/6; but 2011/12 and 2019-20 are two years."""
    found = MONTH_YEAR_FIRST.fullmatch(text)
    if not found or int(found[3]) > 12 or (found[2] == "/" and follows(found[1], found[3])):
        return None
    return months(int(found[1]), int(found[3]), int(found[3]))


def _month_named(text: str) -> Reading | None:
    """Febr. 19, Juni 2019, Jun-19, حزيران 2019."""
    found = MONTH_NAMED.fullmatch(text)
    return month_of(found["name"], found["year"]) if found else None


def _month_after_year(text: str) -> Reading | None:
    """2019 Haziran."""
    found = MONTH_AFTER_YEAR.fullmatch(text)
    return month_of(found["name"], found["year"]) if found else None


def _week(text: str) -> Reading | None:
    """KW 12/2019, KW 12-14 2019, 12. KW 2019, 2019-W12: ISO weeks, Monday to Sunday, four-digit years."""
    for pattern in WEEK_PATTERNS:
        if found := pattern.fullmatch(text):
            year, first = int(found["year"]), int(found["first"])
            monday = date.fromisocalendar(year, first, 1)
            sunday = date.fromisocalendar(year, int(found["last"] or first), 7)
            return Reading(monday, sunday, Unit.WEEK, due=True) if monday < sunday else None
    return None


DAYS: tuple[Rule, ...] = (
    _day_first,
    _day_year_first,
    _day_named,
    _day_after_month,
    _month_numeric,
    _month_year_first,
    _month_named,
    _month_after_year,
    _week,
)
