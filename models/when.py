"""When: an inexact date, the words as people wrote them and the days that the words hold.

Which days a wording gives is decided by the rules in `models/when_rules.py`, and these hold for all:

- The wording is kept as it was written; what cannot be read keeps it and has no days.
- Nothing is guessed. A day without a year, "10/11" (10 November? October 2011?) or "June 12" is not read.
- Vague words get broad days: "Anfang / Mitte / Ende" are thirds, seasons are whole months.
- "Ab sofort" begins on the day of writing if the caller knows it, else it has no days, and is open ended.
- "ca." is noted in `approximate` and moves no day.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple, Self

from models.when_reading import Reading
from models.when_rules import read

LONGEST_WORDING = 200


class WordingTooLong(ValueError):
    """A wording of more than LONGEST_WORDING characters."""


class WeekdayMismatch(NamedTuple):
    """The weekday that was written and the true one of that day, Monday is 0."""

    written: int
    actual: int


@dataclass(frozen=True, slots=True)
class When:
    """An inexact date; either day may be missing, and the first is never after the last.

    ValueError for days out of order; WordingTooLong.
    """

    wording: str = ""
    earliest: date | None = None
    latest: date | None = None

    def __post_init__(self) -> None:
        """Hold the promises of the class."""
        if len(self.wording) > LONGEST_WORDING:
            raise WordingTooLong(f"{len(self.wording)} characters, at most {LONGEST_WORDING}")
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(f"{self.earliest} is after {self.latest}")

    @classmethod
    def parse(cls, wording: str, *, today: date | None = None) -> Self:
        """Read a wording; `today`, the day it was written, is where "ab sofort" begins. WordingTooLong."""
        if len(wording) > LONGEST_WORDING:
            raise WordingTooLong(f"{len(wording)} characters, at most {LONGEST_WORDING}")
        reading = read(wording)
        if reading is None:
            return cls(wording)
        earliest = today if reading.from_today else reading.earliest
        if earliest and reading.latest and earliest > reading.latest:
            earliest = None  # "ab sofort bis Ende 2019", read in 2020
        return cls(wording, earliest, reading.latest)

    @classmethod
    def from_parts(cls, wording: str | None, earliest: date | None, latest: date | None) -> Self:
        """Return it as stored, or with days that a person has settled; a missing wording is an empty one."""
        return cls(wording or "", earliest, latest)

    @classmethod
    def nothing(cls) -> Self:
        """Return the one that says nothing."""
        return cls()

    def __composite_values__(self) -> tuple[str, date | None, date | None]:
        """Return the three columns, in the order of `from_parts`."""
        return self.wording, self.earliest, self.latest

    def __bool__(self) -> bool:
        """Tell whether anything was written."""
        return bool(self.wording.strip())

    @property
    def is_known(self) -> bool:
        """Tell whether there is a first or a last day."""
        return self.earliest is not None or self.latest is not None

    @property
    def is_exact(self) -> bool:
        """Tell whether it is one day."""
        return self.earliest is not None and self.earliest == self.latest

    @property
    def understood(self) -> bool:
        """Tell whether nothing is left to clear up: it has days, or is empty, or says "laufend", "offen"."""
        return self.is_known or self._reading is not None

    @property
    def due_month(self) -> tuple[int, int] | None:
        """Return (year, month) where it falls due in one month, else None.

        A day, week or month is due in its own; a range of them ("Jan / Feb 2019") and "bis ..." in the
        month of the last day. Longer stretches ("2022", "Q1 2019", "Sommer 2019") are due in none.
        """
        if self.latest is None:
            return None
        month = self.latest.year, self.latest.month
        if self.earliest and (self.earliest.year, self.earliest.month) == month:
            return month
        reading = self._reading
        if reading is None or reading.latest != self.latest:  # settled by a person
            return month if self.earliest is None else None
        return month if reading.due else None

    @property
    def approximate(self) -> bool:
        """Tell whether it says "ca.", "etwa", "voraussichtlich" or has a question mark."""
        return self._reading is not None and self._reading.approximate

    @property
    def recurring(self) -> bool:
        """Tell whether it goes on or comes again: "laufend", "jährlich", "einmal im Jahr"."""
        return self._reading is not None and self._reading.recurring

    @property
    def starts(self) -> time | None:
        """Return the time of day at which it begins, local to the region: 14:00 for "14 Uhr"."""
        return self._reading.starts if self._reading and self.is_exact else None

    @property
    def ends(self) -> time | None:
        """Return the time of day at which it ends, local to the region: 16:00 for "14-16 Uhr"."""
        return self._reading.ends if self._reading and self.is_exact else None

    @property
    def weekday_mismatch(self) -> WeekdayMismatch | None:
        """Return the weekday written and the true one where they differ: a slip to be settled."""
        if not self._reading or self._reading.weekday is None or self.earliest is None or not self.is_exact:
            return None
        written, actual = self._reading.weekday, self.earliest.weekday()
        return WeekdayMismatch(written, actual) if written != actual else None

    def overdue_on(self, day: date) -> bool:
        """Tell whether its last day is known and lies before `day`."""
        return self.latest is not None and self.latest < day

    @property
    def _reading(self) -> Reading | None:
        return read(self.wording)
