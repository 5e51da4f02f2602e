"""Saying inexact dates: as people wrote them where readers share their language, else what is known."""

import re
from datetime import timedelta

from models.when import When
from models.when_words import is_foreign
from translations import SOURCE, Spoken, _, dates

_WRITTEN_BY_MACHINES = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def _whole_years(value: When) -> str:
    first, last = value.earliest, value.latest
    if not first or not last or (first.month, first.day) != (1, 1):
        return ""
    if (last + timedelta(days=1)).year == last.year:
        return ""
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"


def _derived(value: When, tag: str) -> str:
    if value.is_exact and value.earliest:
        return dates.day(value.earliest, tag)
    years = _whole_years(value)
    if years:
        return years
    first, last = value.earliest, value.latest
    if first and last and (first.year, first.month) == (last.year, last.month):
        return dates.month(last, tag)
    if first and last:
        return f"{dates.month(first, tag)} – {dates.month(last, tag)}"
    return ""


def when(value: When, tag: str) -> Spoken:
    """Say a `When` to readers of a language.

    German readers see it as it was written, if in German. Others see the days that follow from it in their
    own words, or the original wording, marked as German, where nothing follows.
    """
    if not value.wording and not value.earliest:
        return Spoken("", tag, False)
    if tag.partition("-")[0] != SOURCE or is_foreign(value.wording):
        known = _derived(value, tag)
        if known:
            return Spoken(_("about {when}")(when=known).to(tag) if value.approximate else known, tag, False)
    elif not value.wording or _WRITTEN_BY_MACHINES.fullmatch(value.wording):
        return Spoken(_derived(value, tag), tag, False)
    return Spoken(value.wording, SOURCE, tag != SOURCE)
