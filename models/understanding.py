"""Saying how an inexact date was understood, so that whoever wrote it can put it right."""

from models.when import When
from translations import _, dates


def understood(value: When, tag: str) -> str:
    """Say the days that a wording holds: "1 March 2027 to 31 March 2027"; "" where it holds none."""
    first, last = value.earliest, value.latest
    if first and last:
        said = (
            dates.day(first, tag, weekday=True)
            if first == last
            else _("{first} to {last}")(first=first, last=last).to(tag)
        )
    elif last:
        said = _("until {day}")(day=last).to(tag)
    elif first:
        said = _("from {day} on")(day=first).to(tag)
    else:
        return ""
    return _("about {when}")(when=said).to(tag) if value.approximate else said


def slip(value: When, tag: str) -> str:
    """Say that a weekday is not that of its day: "13 December 2018 is a Thursday"; "" where all is well."""
    mismatch = value.weekday_mismatch
    if mismatch is None or value.earliest is None:
        return ""
    words = _("You wrote {written}, but {day} is a {actual}.")
    return words(
        written=dates.weekday(mismatch.written, tag), day=value.earliest,
        actual=dates.weekday(mismatch.actual, tag),
    ).to(tag)  # fmt: skip
