"""Writing at a workshop's desk: field by field, several people at once, without losing anybody's words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, workshop_sheets
from models.errors import Conflict, InvalidAnswer, NotFound
from models.sheet_editing import must_fit
from models.staff import StaffMember
from models.workshop_sheets import (
    ANSWERS,
    MOST_STEPS,
    NOTHING,
    STEP_PARTS,
    WorkshopEarlier,
    WorkshopField,
    WorkshopSheet,
    Written,
)
from translations import Text, _

LONGEST: dict[str, int] = {"notes": 10_000, "what": 2_000, "due": 200, "by": 200}  # others: ANSWER
ANSWER = 5_000
ONE_LINE = ("due", "by")
_STEP = re.compile(rf"({'|'.join(STEP_PARTS)})-([1-9]\d?)", re.ASCII)


class Overtaken(Conflict):
    """Somebody else has written in this field meanwhile; `now` are their words."""

    def __init__(self, now: Written) -> None:
        super().__init__(
            _("Somebody else has written here in the meantime. Both texts are kept: please choose.")
        )
        self.now = now


@dataclass(frozen=True, slots=True)
class Saved:
    """A field as it is after saving. `by_new_hand`: somebody else had written it before, or nobody."""

    now: Written
    by_new_hand: bool


def longest(name: str) -> int:
    """Return how many characters a field takes."""
    return LONGEST.get(name.partition("-")[0], ANSWER)


def has_lines(name: str) -> bool:
    """Return whether a field takes more than one line."""
    return name.partition("-")[0] not in ONE_LINE


def save(
    session: Session, workshop_id: int, name: str, words: str, *, seen: int, by: StaffMember, writer: str
) -> Saved:
    """Write a field that was seen in version `seen` (0: empty); Overtaken with the words that are there now.

    `writer` names the page that writes: who goes on with their own words replaces them, and what others wrote
    is kept beside the field.
    """
    workshop_sheets.of_desk(session, workshop_id, by)
    sheet = workshop_sheets.held(session, workshop_id)
    _must_be_there(name, sheet.steps)
    said = must_fit(words, longest(name))
    found = _field(session, workshop_id, name)
    now = _written(session, found) if found else NOTHING
    if said == now.words:
        return Saved(now, by_new_hand=False)
    if now.version != seen:
        raise Overtaken(now)
    if found is None:
        found = WorkshopField(workshop_id=workshop_id, name=name, version=0, words="")
        session.add(found)
    is_new_hand = found.writer != writer or found.staff_id != by.id
    if is_new_hand:
        _keep(session, found, said)
    _return(sheet, workshop_sheets.step_of(name))
    found.words, found.version, found.writer = said, found.version + 1, writer[:32]
    found.staff_id, found.changed_at = by.id, clock.now()
    _grow(session, sheet)
    return Saved(Written(said, found.version, by.name, writer, found.changed_at), by_new_hand=is_new_hand)


def add_step(session: Session, workshop_id: int, *, by: StaffMember) -> int:
    """Make room for one more step; return its number. Two who do so at once get one each."""
    workshop_sheets.of_desk(session, workshop_id, by)
    sheet = workshop_sheets.held(session, workshop_id)
    if sheet.steps >= MOST_STEPS:
        raise InvalidAnswer(_("A workshop has room for at most {n} steps.")(n=MOST_STEPS))
    sheet.steps += 1
    _grow(session, sheet)
    return sheet.steps


def take_out(
    session: Session, workshop_id: int, step: int, *, seen: Mapping[str, int], by: StaffMember
) -> None:
    """Take a step out, as its fields were seen; its words are kept, and it can be put back.

    Conflict where somebody has written in it since: they shall not look for their words.
    """
    workshop_sheets.of_desk(session, workshop_id, by)
    sheet = workshop_sheets.held(session, workshop_id)
    _must_be_there(f"what-{step}", sheet.steps)
    now = workshop_sheets.fields(session, workshop_id)
    if any(now.get(one, NOTHING).version != seen.get(one, 0) for one in workshop_sheets.parts_of(step)):
        raise Conflict(_("Somebody has written in this step in the meantime. Please look at it once more."))
    if step not in sheet.removed:
        sheet.removed = sorted([*sheet.removed, step])
        _grow(session, sheet)


def put_back(session: Session, workshop_id: int, step: int, *, by: StaffMember) -> None:
    """Put a step back that was taken out, with its words."""
    workshop_sheets.of_desk(session, workshop_id, by)
    sheet = workshop_sheets.held(session, workshop_id)
    if _return(sheet, step):
        _grow(session, sheet)


def _return(sheet: WorkshopSheet, step: int) -> bool:
    """Let a step be there again: who writes in it has put it back."""
    if step not in sheet.removed:
        return False
    sheet.removed = [one for one in sheet.removed if one != step]
    return True


def both(theirs: str, mine: str) -> str:
    """Return two texts below each other; one where the other holds it already."""
    if theirs.strip() in mine:
        return mine
    return theirs if mine.strip() in theirs else f"{theirs.rstrip()}\n{mine.lstrip()}"


def grow(session: Session, workshop_id: int) -> None:
    """Let all who have the desk open see that something has changed."""
    _grow(session, workshop_sheets.held(session, workshop_id))


def _grow(session: Session, sheet: WorkshopSheet) -> None:
    sheet.revision += 1
    session.flush()


def _must_be_there(name: str, steps: int) -> None:
    step = _STEP.fullmatch(name)
    if name not in ANSWERS and (step is None or int(step[2]) > steps):
        raise NotFound(_("There is no such field."))


def _field(session: Session, workshop_id: int, name: str) -> WorkshopField | None:
    return session.scalars(
        sa.select(WorkshopField)
        .where(WorkshopField.workshop_id == workshop_id, WorkshopField.name == name)
        .execution_options(populate_existing=True)
    ).first()


def _written(session: Session, one: WorkshopField) -> Written:
    who = session.get(StaffMember, one.staff_id) if one.staff_id is not None else None
    return Written(one.words, one.version, who.name if who else "", one.writer, one.changed_at)


def _keep(session: Session, one: WorkshopField, said: str) -> None:
    """Keep words that somebody else wrote, unless they are still in what is written now."""
    if one.words and one.words not in said:
        session.add(
            WorkshopEarlier(
                workshop_id=one.workshop_id, name=one.name, words=one.words, staff_id=one.staff_id,
                at=one.changed_at,
            )
        )  # fmt: skip


LABELS: dict[str, Text] = {
    "what": _("What will be done?"), "due": _("By when?"), "by": _("Who is responsible?"),
    **workshop_sheets.QUESTIONS,
}  # fmt: skip
