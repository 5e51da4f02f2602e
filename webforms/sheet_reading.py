"""Reading the small forms of the goal sheet's editing page: typed words in, refusals beside their fields."""

import re
from collections.abc import Mapping
from datetime import date

from models import understanding
from models.errors import InvalidAnswer
from models.forms import clean
from models.when import LONGEST_WORDING, When
from translations import Text, _
from webforms import numbers
from webforms.site import tag

_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?", re.ASCII)


class Unreadable(InvalidAnswer):
    """Something in the form cannot be taken yet; the reader knows what."""


class Reader:
    """A form as it was sent. `wrong` says by field what is wrong, `slips` what should be looked at again."""

    def __init__(self, typed: Mapping[str, str], today: date) -> None:
        self.typed, self.today = typed, today
        self.wrong: dict[str, Text] = {}
        self.slips: dict[str, str] = {}

    def check(self) -> None:
        """Refuse what cannot be read, and what should be looked at again before it is saved."""
        if self.wrong:
            raise Unreadable(_("Something is not right yet. It is said beside the field."))
        if self.slips and self.typed.get("as_written") != "yes":
            raise Unreadable(_("Please look at the date once more before it is saved."))

    def words(self, name: str, longest: int, *, lines: bool = False, required: bool = False) -> str:
        """Read words; "" where nothing was written or they were refused."""
        try:
            found = clean.text(self.typed.get(name, ""), longest=longest, lines=lines)
        except InvalidAnswer as refusal:
            self.wrong[name] = refusal.text
            return ""
        if required and not found:
            self.wrong[name] = _("Please write a few words.")
        return found

    def when(self, name: str) -> When:
        """Read an inexact date; what cannot be read keeps its words, a weekday that is wrong is a slip."""
        written = When.parse(self.words(name, LONGEST_WORDING), today=self.today)
        said = understanding.slip(written, tag())
        if said:
            self.slips[name] = said
        return written

    def day(self, name: str) -> date:
        """Read one exact day."""
        written = self.when(name)
        if not written.is_exact or written.earliest is None:
            self.wrong[name] = _("Please write one day, as in 17.09.2018.")
            return self.today
        return written.earliest

    def clock(self, name: str) -> str:
        """Read a time of day as HH:MM; "" where there is none."""
        raw = self.words(name, 20)
        found = _CLOCK.fullmatch(raw)
        if raw and found is None:
            self.wrong[name] = _("This is not a time of day. Please write it as in 14:30.")
        return f"{int(found[1]):02}:{found[2] or '00'}" if found else ""

    def number(self, name: str) -> int:
        """Read a whole number, 0 for anything else."""
        return numbers.number(self.typed.get(name, "").strip()) or 0

    def chosen(self, name: str) -> bool:
        """Return whether a box was ticked."""
        return self.typed.get(name) == "yes"
