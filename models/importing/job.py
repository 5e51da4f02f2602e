"""One import under way: where it writes, what is there already, and what it counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.goals import Goal
from models.groups import WorkingGroup
from models.importing.cells import Row, Sheet
from models.importing.report import Change, FindingKind, Noun, Refused, Report
from models.importing.sheets_in import Book
from models.programmes import Body
from models.sheets import GoalSheet
from translations import SOURCE, _

Record = TypeVar("Record")


@dataclass(slots=True)
class Job:
    """What the steps of an import share. Each step finds the things of the steps before it by their names."""

    session: Session
    book: Book
    report: Report
    source: str = SOURCE  # the language of the files
    written_on: date | None = None  # when the goal sheets were written: there "ab sofort" begins
    bodies: dict[str, Body] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    groups: dict[int, WorkingGroup] = field(default_factory=dict)  # by goal
    sheets: dict[str, GoalSheet] = field(default_factory=dict)  # by goal number

    def sheet(self, name: str) -> Sheet | None:
        """Return a sheet of the files, None when it is missing or could not be read."""
        return self.book.get(name)

    def rows(self, name: str) -> Sequence[Row]:
        """Return the rows of a sheet; none when it is missing."""
        found = self.book.get(name)
        return found.rows if found else ()

    @contextmanager
    def one(self, noun: Noun) -> Iterator[None]:
        """Take one row: a refusal inside, which has been reported, costs this row only."""
        try:
            yield
        except Refused:
            self.report.tallies[noun].skipped += 1

    def put(
        self,
        noun: Noun,
        name: str,
        found: Record | None,
        make: Callable[..., Record],
        values: Mapping[str, Any],
        /,
        **at_birth: Any,
    ) -> Record:
        """Write what the files say: a new record, or just those attributes that differ."""
        tally = self.report.tallies[noun]
        if found is None:
            record = make(**{**at_birth, **values})
            self.session.add(record)
            tally.created += 1
            return record
        changed = tuple(key for key, value in values.items() if getattr(found, key) != value)
        for key in changed:
            setattr(found, key, values[key])
        if changed:
            tally.changed += 1
            self.report.changes.append(Change(noun, name, changed))
        else:
            tally.unchanged += 1
        return found

    def keep(self, noun: Noun, sheet: Sheet, name: str) -> None:
        """Tell that something is in the database and no longer in the files; nothing is deleted."""
        self.report.tallies[noun].kept += 1
        text = _("This is no longer in the files. It has been kept; the desk can end it.")
        self.report.add(FindingKind.NOTE, text, file=sheet.file, words=name)
