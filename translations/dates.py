"""Days and times in the words of a language.

Long dates and HH:mm only: Babel's short forms give twelve-hour clocks in Arabic and English. The
calendar stays Gregorian and the digits Latin, as on the region's printed papers.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_day_names

from translations.languages import language

_SECONDS: dict[Literal["year", "day", "hour", "minute"], int] = {
    "year": 365 * 86_400, "day": 86_400, "hour": 3600, "minute": 60,
}  # fmt: skip


def day(value: date, tag: str, *, weekday: bool = False) -> str:
    """Say a day: "5 September 2018", with its weekday if asked."""
    return format_date(value, "full" if weekday else "long", locale=language(tag).locale)


def month(value: date, tag: str) -> str:
    """Say a month: "September 2018"."""
    return format_skeleton("yMMMM", value, locale=language(tag).locale)


def weekday(number: int, tag: str) -> str:
    """Say a day of the week, Monday is 0: "Friday"."""
    return str(get_day_names("wide", "stand-alone", locale=language(tag).locale)[number])


def clock(value: time, tag: str) -> str:
    """Say a time of day on the 24-hour clock: "14:30"."""
    return format_time(value, "HH:mm", locale=language(tag).locale)


def moment(value: datetime, tag: str, zone: str = "Europe/Berlin") -> str:
    """Say a moment in the region's zone: "5 September 2018, 14:30"."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), tag)}{language(tag).comma} {clock(local.time(), tag)}"


def span(value: timedelta, tag: str) -> str:
    """Say a length of time, never rounded: "14 days", "2 years", "10 hours"."""
    whole = int(value.total_seconds())
    unit = next(one for one in _SECONDS if whole % _SECONDS[one] == 0)
    # With as many of a unit as there are as its least number, Babel takes this unit and no other.
    return format_timedelta(value, unit, threshold=whole // _SECONDS[unit], locale=language(tag).locale)
