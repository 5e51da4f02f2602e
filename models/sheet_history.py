"""The history of a goal sheet for those who keep it: who changed what and when, before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.changes import SheetChange, Subject, person_in
from models.goals import CARRIER_WORDS
from models.leads import LEADS
from models.participants import PARTICIPANT_WORDS
from models.people import Person
from models.sheets import MILESTONE_WORDS
from models.staff import StaffMember
from translations import Text, _

SHOWN = 20  # changes on one page
_KEYS: Mapping[Subject, Mapping[str, Text]] = {
    Subject.MILESTONE_STATE: {state.value: words for state, words in MILESTONE_WORDS.items()},
    Subject.PARTICIPANT: PARTICIPANT_WORDS,
    Subject.OWNERSHIP: {carrier.value: words for carrier, words in CARRIER_WORDS.items()},
    Subject.LEAD: {LEADS: _("leads the group")},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One change: by whom ("" for the import or somebody erased), about what, and both sides in words."""

    change: SheetChange
    officer: str
    person: str
    about: str
    before: Text | str
    after: Text | str


@dataclass(frozen=True, slots=True)
class History:
    """A page of the history, the newest first, and the id to go on below (None at the end)."""

    lines: list[Line]
    onward: int | None


def read(
    session: Session, group_id: int, *, milestone_id: int | None = None, below: int | None = None
) -> History:
    """Return the changes of a group's goal sheet, or of one of its milestones.

    Two statements at most, however long the history is.
    """
    query = (
        sa.select(SheetChange, StaffMember.name, Person.name)
        .outerjoin(StaffMember, StaffMember.id == SheetChange.staff_id)
        .outerjoin(Person, Person.id == SheetChange.person_id)
        .where(SheetChange.group_id == group_id)
        .order_by(SheetChange.id.desc())
        .limit(SHOWN + 1)
    )
    if below is not None:
        query = query.where(SheetChange.id < below)
    if milestone_id is not None:
        query = query.where(SheetChange.milestone_id == milestone_id)
    rows = session.execute(query).all()
    shown = rows[:SHOWN]
    names = _named(session, (row[0].about for row in shown))
    lines = [_line(change, officer or "", person or "", names) for change, officer, person in shown]
    return History(lines, shown[-1][0].id if len(rows) > SHOWN else None)


def _named(session: Session, abouts: Iterable[str]) -> dict[int, str]:
    """Return the names of the people whom changes are about; who has been erased is not among them."""
    ids = {found for found in map(person_in, abouts) if found is not None}
    if not ids:
        return {}
    rows = session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _line(change: SheetChange, officer: str, person: str, names: Mapping[int, str]) -> Line:
    whom = person_in(change.about)
    about = change.about if whom is None else names.get(whom, "")
    before, after = (_said(change.subject, words) for words in (change.before, change.after))
    return Line(change, officer, person, about, before, after)


def _said(subject: Subject, words: str) -> Text | str:
    return _KEYS.get(subject, {}).get(words, words)
