"""Editing a goal sheet: who may, what they saw of it, and its single fields.

Every operation takes the number (`seen`) of the sheet as the person saw it, 0 for a group that had none.
Whoever was slower gets a Conflict, and nothing is overwritten.
"""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from models import changes, leads, staff
from models.changes import Author, Subject
from models.db import cache_of
from models.errors import Conflict, InvalidAnswer, NotAllowed
from models.people import Person
from models.sheets import GoalSheet
from models.when import When
from translations import _

LONGEST_NAME = 200  # characters: lead organisation, participants
LONGEST_MEASURE = 5_000
LONGEST_TEXT = 20_000  # interim target, notes
LONGEST_REASON = 1_000


def is_office(session: Session, by: Author) -> bool:
    """Return whether it is somebody of the office whose account is open."""
    return by.staff_id is not None and staff.get(session, by.staff_id) is not None


def may_edit(session: Session, group_id: int, by: Author) -> bool:
    """Return whether this author may edit a group's goal sheet: the office, and who leads the group."""
    if by.staff_id is not None:
        return is_office(session, by)
    person = session.get(Person, by.person_id) if by.person_id is not None else None
    return person is not None and leads.is_lead(session, person, group_id)


def must_edit(session: Session, group_id: int, by: Author) -> None:
    """Refuse whoever may not edit a group's goal sheet."""
    if not may_edit(session, group_id, by):
        raise NotAllowed(_("Only who leads this group and the office can edit its goal sheet."))


def must_be_office(session: Session, by: Author) -> None:
    """Refuse everybody but the office."""
    if not is_office(session, by):
        raise NotAllowed(_("Only the office can do this."))


def begin(session: Session, group_id: int, *, by: Author, seen: int) -> GoalSheet:
    """Return the goal sheet with all its parts, held until the transaction ends; made where there is none.

    NotAllowed for who may not edit it; Conflict where it is no longer as the person saw it.
    """
    must_edit(session, group_id, by)
    sheet = _held(session, group_id)
    if sheet is None and seen == 0:
        sheet = _made(session, group_id)
    if sheet is None or sheet.version != max(seen, 1):
        raise quicker()
    return sheet


def quicker() -> Conflict:
    """Return the refusal of who was slower than somebody else."""
    return Conflict(
        _("Somebody else has changed this goal sheet in the meantime. Please look at it and save again.")
    )


def _held(session: Session, group_id: int) -> GoalSheet | None:
    parts = (GoalSheet.participants, GoalSheet.milestones)
    return session.scalars(
        sa.select(GoalSheet)
        .where(GoalSheet.group_id == group_id)
        .options(*(selectinload(part) for part in parts))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _made(session: Session, group_id: int) -> GoalSheet | None:
    """Make the goal sheet that a group does not have yet; of two at once, one gets it."""
    try:
        with session.begin_nested():
            session.add(GoalSheet(group_id=group_id, participants=[], milestones=[], meetings=[]))
    except IntegrityError as error:
        raise quicker() from error
    return _held(session, group_id)


def must_fit(words: str, longest: int, *, required: bool = False) -> str:
    """Return the words without space around them; InvalidAnswer where they are too long, or missing."""
    kept = words.strip()
    if len(kept) > longest:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=longest))
    if required and not kept:
        raise InvalidAnswer(_("Please write a few words."))
    return kept


def settled(stored: When, written: When) -> When:
    """Return the days that are there already for the same words: they may have been settled by a person."""
    return stored if stored.wording == written.wording and stored.is_known else written


def set_lead_organisation(session: Session, group_id: int, name: str, *, by: Author, seen: int) -> None:
    """Write down which organisation leads the group; "" where it is not settled."""
    sheet = begin(session, group_id, by=by, seen=seen)
    before, sheet.lead_organisation = sheet.lead_organisation, must_fit(name, LONGEST_NAME)
    changes.record(session, group_id, Subject.LEAD, by=by, before=before, after=sheet.lead_organisation)
    cache_of(session).drop()  # lists of groups show it


def set_interim(session: Session, group_id: int, target: str, due: When, *, by: Author, seen: int) -> None:
    """Write down the interim target and by when it is to be reached."""
    sheet = begin(session, group_id, by=by, seen=seen)
    before, sheet.interim_target = sheet.interim_target, must_fit(target, LONGEST_TEXT)
    changes.record(
        session, group_id, Subject.INTERIM_TARGET, by=by, before=before, after=sheet.interim_target
    )
    before, sheet.interim_due = sheet.interim_due.wording, settled(sheet.interim_due, due)
    changes.record(
        session, group_id, Subject.INTERIM_DUE, by=by, before=before, after=sheet.interim_due.wording
    )
    session.flush()


def set_notes(session: Session, group_id: int, notes: str, *, by: Author, seen: int) -> None:
    """Write down what else is worth knowing."""
    sheet = begin(session, group_id, by=by, seen=seen)
    before, sheet.notes = sheet.notes, must_fit(notes, LONGEST_TEXT)
    changes.record(session, group_id, Subject.NOTES, by=by, before=before, after=sheet.notes)
