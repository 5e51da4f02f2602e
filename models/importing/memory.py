"""What was changed here after a file was written: it is kept. What an import changes is noted as well."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import changes
from models.changes import ABOUT_PERSON, Author, Origin, SheetChange, Subject
from models.goals import Goal
from models.groups import WorkingGroup
from models.sheets import GoalSheet, Meeting, Milestone, Participant
from models.when import When
from translations import SOURCE, Localised

_SUBJECTS: dict[type[Any], dict[str, Subject]] = {
    GoalSheet: {
        "lead_organisation": Subject.LEAD,
        "interim_target": Subject.INTERIM_TARGET,
        "interim_due": Subject.INTERIM_DUE,
        "notes": Subject.NOTES,
    },
    Milestone: {
        "measure": Subject.MILESTONE,
        "due": Subject.MILESTONE_DUE,
        "weight": Subject.MILESTONE_WEIGHT,
        "state": Subject.MILESTONE_STATE,
        "position": Subject.MILESTONE_ORDER,
    },
    Participant: {"name": Subject.PARTICIPANT},
    Meeting: dict.fromkeys(("held", "starts", "ends", "place"), Subject.MEETING),
}
_MEASURE = ("base", "target", "unit", "deadline")
_NEW = {Milestone: Subject.MILESTONE, Participant: Subject.PARTICIPANT, Meeting: Subject.MEETING}
_OF_ONE = (  # the others are the sheet's
    Subject.MILESTONE, Subject.MILESTONE_DUE, Subject.MILESTONE_STATE, Subject.MILESTONE_WEIGHT,
)  # fmt: skip


def in_words(value: object) -> str:
    """Return a value as people read it in a list of differences."""
    if isinstance(value, When):
        return value.wording
    if isinstance(value, Localised):
        return value.to(SOURCE)
    if isinstance(value, StrEnum):
        return value.value
    return "" if value is None else str(value)


class Memory:
    """Knows which fields people changed here since the file was written, and notes what the file changes."""

    def __init__(self, session: Session, author: Author, written_at: datetime | None) -> None:
        self.session, self.written_at = session, written_at
        # Whoever changes a workbook that this programme wrote is at work on the sheets as if it were here.
        self.author = author if written_at else replace(author, origin=Origin.FILE)
        self.group_of: dict[int, int] = {}  # by goal sheet
        self.kept: set[tuple[int, Subject, int | None]] = set()
        self.first_words: dict[int, str] = {}  # of milestones whose words have changed since
        self.noted: list[tuple[Any, Subject, str, str]] = []

    def begin(self, sheets: dict[str, GoalSheet]) -> None:
        """Learn the goal sheets that were there before, and what was changed on them."""
        self.group_of = {sheet.id: sheet.group_id for sheet in sheets.values()}
        query = sa.select(SheetChange.group_id, SheetChange.subject, SheetChange.milestone_id)
        # Who is made a lead here says nothing about the organisation that leads.
        query = query.where(SheetChange.origin == Origin.HERE, ~SheetChange.about.startswith(ABOUT_PERSON))
        query = query.distinct()
        if self.written_at is not None:
            query = query.where(SheetChange.at > self.written_at)
        for group_id, subject, milestone_id in self.session.execute(query):
            self.kept.add((group_id, subject, milestone_id if subject in _OF_ONE else None))
        changed = sa.select(SheetChange.milestone_id, SheetChange.before)
        changed = changed.where(SheetChange.subject == Subject.MILESTONE, SheetChange.before != "")
        for milestone_id, before in self.session.execute(changed.order_by(SheetChange.id)):
            if milestone_id is not None:
                self.first_words.setdefault(milestone_id, before)

    def _group(self, record: Any) -> int | None:
        return self.group_of.get(record.id if isinstance(record, GoalSheet) else record.sheet_id)

    def _subject(self, record: Any, attribute: str) -> Subject | None:
        return _SUBJECTS.get(type(record), {}).get(attribute)

    def keeps(self, record: Any, attribute: str) -> bool:
        """Return whether somebody changed this here after the file was written."""
        if isinstance(record, Goal):
            return attribute in _MEASURE and record.id in self._measured_anew
        subject = self._subject(record, attribute)
        if subject is None:
            return False
        one = record.id if subject in _OF_ONE else None
        return (self._group(record), subject, one) in self.kept

    @cached_property
    def _measured_anew(self) -> set[int]:
        """The goals whose base, target, unit or date people set here; goals are read before their sheets."""
        query = (
            sa.select(WorkingGroup.goal_id)
            .join(SheetChange, SheetChange.group_id == WorkingGroup.id)
            .where(SheetChange.subject == Subject.TARGET, SheetChange.origin == Origin.HERE)
        )
        if self.written_at is not None:
            query = query.where(SheetChange.at > self.written_at)
        return set(self.session.scalars(query))

    def is_kept_whole(self, subject: Subject, sheet_id: int) -> bool:
        """Return whether somebody changed these on a sheet here, so that nothing is added to them."""
        return (self.group_of.get(sheet_id), subject, None) in self.kept

    def note(self, record: Any, attribute: str, value: object) -> None:
        """Remember that a field of a sheet that was there before is about to change."""
        subject = self._subject(record, attribute)
        if subject is not None and self._group(record) is not None:
            self.noted.append((record, subject, in_words(getattr(record, attribute)), in_words(value)))

    def note_new(self, record: Any) -> None:
        """Remember that something was added to a sheet that was there before."""
        subject = _NEW.get(type(record))
        if subject is not None and self._group(record) is not None:
            self.noted.append((record, subject, "", _name(record)))

    def write(self) -> None:
        """Put into the history of the sheets what the file has changed."""
        for record, subject, before, after in self.noted:
            group_id = self._group(record)
            if group_id is not None:
                changes.record(
                    self.session, group_id, subject, by=self.author, before=before, after=after,
                    about=_name(record), milestone_id=record.id if isinstance(record, Milestone) else None,
                )  # fmt: skip


def _name(record: Any) -> str:
    if isinstance(record, Milestone):
        return record.measure
    if isinstance(record, Meeting):
        return record.held.wording
    return record.name if isinstance(record, Participant) else ""
