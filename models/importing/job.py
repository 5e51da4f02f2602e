"""One import under way: where it writes, what is there already, and what it counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.changes import Author
from models.goals import Goal
from models.groups import WorkingGroup
from models.importing.cells import Row, Sheet
from models.importing.layout import EXPORT
from models.importing.memory import Memory, in_words
from models.importing.report import NOUN_WORDS, Change, FindingKind, Noun, Refused, Report
from models.importing.sheets_in import Book
from models.programmes import Body
from models.sheets import GoalSheet
from translations import SOURCE, _

Record = TypeVar("Record")
NOBODY = Author()
WRITTEN_AT = "written_at"


@dataclass(slots=True)
class Job:
    """What the steps of an import share. Each step finds the things of the steps before it by their names."""

    session: Session
    book: Book
    report: Report
    author: Author = NOBODY
    source: str = SOURCE  # the language of the files
    written_on: date | None = None  # when the goal sheets were written: there "ab sofort" begins
    bodies: dict[str, Body] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    groups: dict[int, WorkingGroup] = field(default_factory=dict)  # by goal
    sheets: dict[str, GoalSheet] = field(default_factory=dict)  # by goal number
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        """Begin without a memory of changes: it is asked for once the goal sheets are known."""
        self.memory = Memory(self.session, self.author, self.written_at)

    @property
    def written_at(self) -> datetime | None:
        """Return when this programme wrote the workbook; None for files that people wrote."""
        for row in self.rows(EXPORT):
            if row.cell("key").text == WRITTEN_AT:
                with suppress(ValueError):
                    return datetime.fromisoformat(row.cell("value").text)
        return None

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
            self.report.additions.append((noun, name))
            self.memory.note_new(record)
            return record
        differing = [key for key, value in values.items() if getattr(found, key) != value]
        changed = tuple(key for key in differing if not self.memory.keeps(found, key))
        if len(changed) < len(differing):
            self.hold(noun, name)
        before = tuple(in_words(getattr(found, key)) for key in changed)
        for key in changed:
            self.memory.note(found, key, values[key])
            setattr(found, key, values[key])
        if changed:
            tally.changed += 1
            after = tuple(in_words(values[key]) for key in changed)
            self.report.changes.append(Change(noun, name, changed, before, after))
        else:
            tally.unchanged += 1
        return found

    def hold(self, noun: Noun, name: str) -> None:
        """Tell that something was changed here after the file was written, and has been kept."""
        text = _("This was changed here after the file was written. What was changed here has been kept.")
        self.report.add(FindingKind.WARNING, text, words=f"{NOUN_WORDS[noun].to(SOURCE)}: {name}")

    def keep(self, noun: Noun, sheet: Sheet, name: str) -> None:
        """Tell that something is in the database and no longer in the files; nothing is deleted."""
        self.report.tallies[noun].kept += 1
        text = _("This is no longer in the files. It has been kept; the desk can end it.")
        self.report.add(FindingKind.NOTE, text, file=sheet.file, words=name)
