"""Goal numbers, which spreadsheets like to damage: 4.30 becomes 4.3, and 12.71 December 1971."""

import re
from collections.abc import Collection, Iterable

from models.goals import NUMBER_PATTERN
from models.importing.cells import Nature, Row
from models.importing.job import Job
from translations import _

TWO_MEANINGS = _("This may be {first} or {second}. Please format the column as text and write it again.")
_NUMBER = re.compile(NUMBER_PATTERN, re.ASCII)


def written(row: Row, column: str) -> str:
    """Return the goal number of a cell as written; refuse what is none."""
    text = row.text(column, longest=40, required=True).rstrip(".")
    nature = row.cell(column).nature
    if nature is Nature.NUMBER:
        text = text.replace(",", ".")
    if nature in (Nature.DATE, Nature.YEARLESS):
        row.refuse(
            column,
            _("The spreadsheet has made a date of this goal number. Please format the column as text."),
        )
    if not _NUMBER.fullmatch(text):
        row.refuse(column, _("This is not a goal number. Please write it as in 7.49."))
    return text


def may_lack_zero(row: Row, column: str, number: str, others: Iterable[str]) -> bool:
    """Tell whether "4.3", stored as a number, may have been 4.30.

    It may where other goals of its field have two digits after the dot, or where it is alone in its
    field and those of other fields have.
    """
    field, _dot, rest = number.partition(".")
    if row.cell(column).nature is not Nature.NUMBER or len(rest) != 1:
        return False
    pairs = [other.partition(".")[::2] for other in others if other != number]
    same = [after for before, after in pairs if before == field]
    return any(len(after) > 1 for after in (same or [after for _before, after in pairs]))


def known_goal(job: Job, row: Row, column: str) -> str:
    """Return the number of the goal that a row belongs to; refuse one that is not there."""
    number = written(row, column)
    candidates: Collection[str] = [number] if number in job.goals else []
    if row.cell(column).nature is Nature.NUMBER and len(number.partition(".")[2]) == 1:
        candidates = [name for name in (number, f"{number}0") if name in job.goals]
    if not candidates:
        row.refuse(column, _("There is no goal with this number."))
    if len(candidates) > 1:
        row.refuse(column, TWO_MEANINGS(first=number, second=f"{number}0"))
    (chosen,) = candidates
    if chosen != number:
        row.note(column, _("The spreadsheet has dropped a zero; this was taken as {number}.")(number=chosen))
    return chosen
