"""Questions about meetings: which one, on which day, from when to when, how many came."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from models import meetings
from models.db import today_in
from models.errors import InvalidAnswer
from models.forms.questions import Context, Kind, Line, Option, Question
from models.forms.rules import Rule
from models.meeting_letters import weekday, when_said
from models.sheets import Meeting, MeetingState
from models.when import When
from models.when_words import fold
from translations import Text, Words, _

ANOTHER = "other"
MOST_SHOWN = 12  # meetings to choose from, the newest first
_BEFORE = re.compile(
    r"^(?:um|ab|von|bis|gegen|at|from|to|until|à|o|la|saat|godz\.?|о|в|الساعه|الساعة|ساعت)\s*(?=\d)"
)
_TIME = re.compile(
    r"([01]?\d|2[0-3])(?:\s*[:.h,٫]\s*([0-5]\d))?\s*(?:uhr|h|год\.?|час\w*)?"
    r"(?:\s*(am|pm|a\.m\.?|p\.m\.?))?"
)
_WORDED_MINUTES = re.compile(r"([01]?\d|2[0-3])\s*uhr\s*([0-5]\d)")
_BARE = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


def time_in(raw: str) -> str | None:
    """Return a time of day as HH:MM from one of its many spellings; None where it is none.

    18 Uhr, 18.30, 18h30, 1830, 6 pm and digits of any script are read.
    """
    text = _BEFORE.sub("", fold(raw))
    found = _WORDED_MINUTES.fullmatch(text) or _BARE.fullmatch(text)
    if found:
        return f"{int(found[1]):02}:{found[2]}"
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, half = int(found[1]), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{found[2] or '00'}"


class TimeOfDay(Line):
    """A time of day in the region, HH:MM; offers what the answer about the day said already."""

    longest = 40

    def __init__(
        self, label: Text, *, day: str = "", ends: bool = False, hint: Text | None = None,
        optional: bool = False, when: Rule | None = None,
    ) -> None:  # fmt: skip
        super().__init__(label, hint=hint, optional=optional, when=when)
        self.day, self.is_end = day, ends

    def read(self, raw: str, context: Context) -> str:
        """Return it as HH:MM; InvalidAnswer otherwise."""
        found = time_in(super().read(raw, context))
        if found is None:
            raise InvalidAnswer(_("Which time is that? Please write it as in 18:30."))
        begins = context.answers.get("starts", "")
        if self.is_end and begins and found <= begins:
            raise InvalidAnswer(_("The meeting would end before it begins."))
        return found

    def suggestion(self, context: Context) -> str:
        """Offer the time that stood beside the day: "12.1.2027, 18-20 Uhr"."""
        written = When.parse(context.answers.get(self.day) or "")
        known = written.ends if self.is_end else written.starts
        return known.strftime("%H:%M") if known else ""


class MeetingDay(Line):
    """The day of a meeting, or as much of it as is settled ("Ende Januar"); the wording is kept."""

    longest = 80
    missing = _("Please say when the meeting is.")

    def __init__(
        self, label: Text, *, ahead: bool = True, hint: Text | None = None, optional: bool = False,
        when: Rule | None = None,
    ) -> None:  # fmt: skip
        super().__init__(label, hint=hint, optional=optional, when=when)
        self.is_ahead = ahead

    def read(self, raw: str, context: Context) -> str:
        """Return the wording; InvalidAnswer where weekday and day differ, or the day is over."""
        line = super().read(raw, context)
        held = When.parse(line)
        if held.weekday_mismatch and held.earliest:
            wrong = _("The weekday does not fit: that day is {day}. Please write it once more.")
            raise InvalidAnswer(wrong(day=weekday(held.earliest)))
        is_asked = self.is_ahead and context.channel != "staff"  # the office reads it later
        if is_asked and held.latest and held.latest < today_in(context.session):
            raise InvalidAnswer(_("That day is over already. Is the year right?"))
        return line

    def say(self, answer: str) -> Words:
        """Return the day with its weekday, or what was typed with a word on why there is no such day."""
        held = When.parse(answer)
        if held.is_exact and held.earliest:
            return weekday(held.earliest)
        return _("{day} (not an exact day, so it will not be in calendars)")(day=answer)


class MeetingOf(Question[Meeting | None]):
    """One of the meetings of the group that was answered before, or another one."""

    kind = Kind.CHOICE
    missing = _("Please choose a meeting.")

    def __init__(self, group: Question[Any], label: Text, *, when: Rule) -> None:
        super().__init__(label, when=when)
        self.group = group

    def nothing(self) -> Meeting | None:
        """Return no meeting."""
        return None

    def _meetings(self, context: Context) -> list[Meeting]:
        """Return those that have begun and have no minutes yet, the newest first."""
        card = context.answers.get(self.group.name)
        if card is None:
            return []
        today = today_in(context.session)
        return [
            one
            for one in reversed(meetings.of_group(context.session, card.id))
            if one.state is MeetingState.PLANNED and (one.held.earliest or date.max) <= today
        ][:MOST_SHOWN]

    def options(self, context: Context) -> Sequence[Option]:
        """Return the meetings that may be meant, and a way for all others."""
        found = [Option(str(one.id), when_said(one)) for one in self._meetings(context)]
        return [*found, Option(ANOTHER, _("Another meeting"))]

    def read(self, raw: str, context: Context) -> Meeting | None:
        """Return the meeting; InvalidAnswer when it is none of this group's."""
        if raw == ANOTHER:
            return None
        card = context.answers.get(self.group.name)
        for one in meetings.of_group(context.session, card.id) if card else ():
            if str(one.id) == raw:
                return one
        raise InvalidAnswer(_("This meeting belongs to another group. Please choose again."))

    def say(self, answer: Meeting | None) -> Words:
        """Return when it was."""
        return when_said(answer) if answer else _("Another meeting")


class HowMany(Line):
    """A whole number up to 9999, in digits of any script."""

    longest = 10

    def read(self, raw: str, context: Context) -> str:
        """Return it in plain digits."""
        line = fold(super().read(raw, context))
        if not re.fullmatch(r"\d{1,4}", line, re.ASCII):
            raise InvalidAnswer(_("Please write a number, for example 12."))
        return str(int(line))
