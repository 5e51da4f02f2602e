"""From a workshop's desk onto its group's goal sheet: answers as notes, steps as milestones, with history.

It may be done again after more has been written. What somebody has changed on the goal sheet since then is
not overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, milestones, sheet_editing, sheets, workshop_sheets, workshop_writing
from models.changes import Author
from models.db import today_in
from models.errors import Conflict
from models.events import Event, Workshop
from models.sheets import GoalSheet, Milestone
from models.staff import StaffMember
from models.when import When
from models.workshop_sheets import ANSWERS, QUESTIONS, WorkshopSheet, WorkshopStep
from translations import SOURCE, _

_STEP = _("{what} (responsible: {who})")


@dataclass(frozen=True, slots=True)
class Put:
    """What came onto the goal sheet: new milestones, changed ones, and those that were left as they are."""

    added: int
    changed: int
    left: int


def put(session: Session, workshop_id: int, *, by: StaffMember) -> Put:
    """Put what is written onto the group's goal sheet; Conflict where the workshop has no group."""
    workshop = workshop_sheets.of_desk(session, workshop_id, by)
    if workshop.group_id is None:
        raise Conflict(_("This workshop belongs to no group, so there is no goal sheet for it."))
    sheet, author = workshop_sheets.held(session, workshop_id), Author(staff_id=by.id)
    sheets.hold(session, workshop.group_id)
    said = {name: one.words for name, one in workshop_sheets.fields(session, workshop_id).items()}
    event = session.get_one(Event, workshop.event_id)
    _put_notes(session, workshop.group_id, sheet, _notes(event, said), author)
    counts = {"added": 0, "changed": 0, "left": 0}
    for number in range(1, sheet.steps + 1):
        if said.get(f"what-{number}") and number not in workshop_sheets.taken_out(sheet):
            done = _put_step(session, workshop, number, said, event, author)
            counts[done] = counts.get(done, 0) + 1
    sheet.put_at, sheet.put_by = clock.now(), by.id
    workshop_writing.grow(session, workshop_id)
    return Put(counts["added"], counts["changed"], counts["left"])


def measure_of(what: str, who: str) -> str:
    """Return a step as the goal sheet holds it, in its own language."""
    return _STEP(what=what, who=who).to(SOURCE) if who else what


def answer_of(name: str, words: str) -> str:
    """Return an answer as the notes of the goal sheet hold it, in its own language."""
    return words if name == "notes" else f"{QUESTIONS[name].to(SOURCE)} {words}"


def _seen(session: Session, group_id: int) -> int:
    """Return the number of the goal sheet, which is held: nothing is overwritten that we have not seen."""
    return session.scalar(sa.select(GoalSheet.version).where(GoalSheet.group_id == group_id)) or 0


def _notes(event: Event, said: Mapping[str, str]) -> str:
    """Return the answers as the goal sheet holds them, in its own language; "" where there are none."""
    told = [answer_of(name, said[name]) for name in ANSWERS if said.get(name)]
    if not told:
        return ""
    head = f"{_('From the workshop').to(SOURCE)}: {event.title}"
    return "\n".join([head, *told])


def _put_notes(session: Session, group_id: int, sheet: WorkshopSheet, block: str, by: Author) -> None:
    if not block or block == sheet.put_notes:
        return
    before = session.scalar(sa.select(GoalSheet.notes).where(GoalSheet.group_id == group_id)) or ""
    if sheet.put_notes and sheet.put_notes in before:
        after = before.replace(sheet.put_notes, block, 1)
    else:
        after = f"{before}\n\n{block}" if before else block
    sheet_editing.set_notes(session, group_id, after, by=by, seen=_seen(session, group_id))
    sheet.put_notes = block


def _put_step(
    session: Session, workshop: Workshop, number: int, said: Mapping[str, str], event: Event, by: Author
) -> str:
    what, who, group_id = said[f"what-{number}"], said.get(f"by-{number}", ""), workshop.group_id or 0
    measure = measure_of(what, who)
    due = When.parse(said.get(f"due-{number}", ""), today=event.held_on or today_in(session))
    record = session.get(WorkshopStep, (workshop.id, number))
    one = session.get(Milestone, record.milestone_id) if record and record.milestone_id else None
    if record is None or one is None:
        made = milestones.add(session, group_id, measure, due, by=by, seen=_seen(session, group_id))
        record = record or WorkshopStep(workshop_id=workshop.id, number=number)
        record.milestone_id, record.measure, record.due = made.id, measure, due.wording
        session.add(record)
        session.flush()
        return "added"
    if (record.measure, record.due) == (measure, due.wording):
        return "same"
    if (one.measure, one.due.wording) != (record.measure, record.due):
        return "left"
    milestones.change(
        session, group_id, one.id, measure=measure, due=due, weight=one.weight, by=by,
        seen=_seen(session, group_id),
    )  # fmt: skip
    record.measure, record.due = measure, due.wording
    session.flush()
    return "changed"
