"""What an import has found: the cells that it could not read, and what came of each noun."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from translations import Text, _

LONGEST_QUOTE = 80


class FindingKind(StrEnum):
    """How much a finding matters: an error is not in the database, a warning is there but looks wrong."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


KIND_WORDS = {
    FindingKind.ERROR: _("Error"),
    FindingKind.WARNING: _("Please check"),
    FindingKind.NOTE: _("Note"),
}


class Noun(StrEnum):
    """What an import counts, in the order in which it is told."""

    REGION = "region"
    BODIES = "bodies"
    PROGRAMME = "programme"
    FIELDS = "fields"
    GOALS = "goals"
    OWNERSHIPS = "ownerships"
    GROUPS = "groups"
    SHEETS = "sheets"
    PARTICIPANTS = "participants"
    MILESTONES = "milestones"
    MEETINGS = "meetings"
    EVENTS = "events"
    AGENDA = "agenda"
    CONTACTS = "contacts"


NOUN_WORDS = {
    Noun.REGION: _("Region"),
    Noun.BODIES: _("Bodies"),
    Noun.PROGRAMME: _("Programme"),
    Noun.FIELDS: _("Fields"),
    Noun.GOALS: _("Goals"),
    Noun.OWNERSHIPS: _("Steps of who carries a goal"),
    Noun.GROUPS: _("Working groups"),
    Noun.SHEETS: _("Goal sheets"),
    Noun.PARTICIPANTS: _("Participants"),
    Noun.MILESTONES: _("Milestones"),
    Noun.MEETINGS: _("Meetings"),
    Noun.EVENTS: _("Conferences"),
    Noun.AGENDA: _("Agenda items"),
    Noun.CONTACTS: _("Contact persons"),
}


class Refused(Exception):
    """A row that cannot be taken; why has been reported."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about the files; `row` as a spreadsheet counts it (the header is 1), 0 for none."""

    kind: FindingKind
    text: Text
    file: str = ""
    row: int = 0
    column: str = ""
    words: str = ""

    def to(self, tag: str) -> str:
        """Say it in one line: how bad, where, what, and the words in question."""
        said = f"{KIND_WORDS[self.kind].to(tag)}: {self._place(tag)}{self.text.to(tag)}"
        quote = " ".join(self.words.split())
        if len(quote) > LONGEST_QUOTE:
            quote = f"{quote[:LONGEST_QUOTE]}…"
        return f"{said} [{quote}]" if quote else said

    def _place(self, tag: str) -> str:
        if self.column and self.row:
            place = _("{file}, row {row}, column {column}")
        elif self.row:
            place = _("{file}, row {row}")
        elif self.column:
            place = _("{file}, column {column}")
        else:
            return f"{self.file}: " if self.file else ""
        return f"{place(file=self.file, row=self.row, column=self.column).to(tag)}: "


@dataclass(frozen=True, slots=True)
class Change:
    """A known thing of which the files now say something else in these attributes; or a new one.

    `before` and `after` are those attributes in words, in the same order.
    """

    noun: Noun
    name: str
    attributes: tuple[str, ...]
    before: tuple[str, ...] = field(default=(), compare=False)
    after: tuple[str, ...] = field(default=(), compare=False)

    @property
    def differences(self) -> str:
        """Say the attributes in one line, each with what it was and what it is."""
        named = zip(self.attributes, self.before, self.after, strict=True)
        return ", ".join(f"{name}: {_quoted(old)} → {_quoted(new)}" for name, old, new in named)


def _quoted(words: str) -> str:
    line = " ".join(words.split())
    return f"“{line[:LONGEST_QUOTE]}…”" if len(line) > LONGEST_QUOTE else f"“{line}”"


@dataclass(slots=True)
class Tally:
    """How many of a noun are new, changed, as before, not taken, and no longer in the files."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    kept: int = 0

    def to(self, tag: str) -> str:
        """Say the numbers; those that are mostly 0 only where they are not."""
        parts = [
            _("{n} new")(n=self.created),
            _("{n} changed")(n=self.changed),
            _("{n} unchanged")(n=self.unchanged),
        ]
        if self.skipped:
            parts.append(_("{n} not taken")(n=self.skipped))
        if self.kept:
            parts.append(_("{n} kept that the files no longer name")(n=self.kept))
        return ", ".join(part.to(tag) for part in parts)


@dataclass(slots=True)
class Report:
    """Everything that an import has to tell; after a dry run, what it would have done."""

    dry_run: bool = False
    findings: list[Finding] = field(default_factory=list)
    tallies: dict[Noun, Tally] = field(default_factory=lambda: {noun: Tally() for noun in Noun})
    changes: list[Change] = field(default_factory=list)
    additions: list[tuple[Noun, str]] = field(default_factory=list)

    def add(
        self,
        kind: FindingKind,
        text: Text,
        *,
        file: str = "",
        row: int = 0,
        column: str = "",
        words: str = "",
    ) -> None:
        """Note a finding."""
        self.findings.append(Finding(kind, text, file, row, column, words))

    def of(self, kind: FindingKind) -> list[Finding]:
        """Return the findings of this kind, in the order of reading."""
        return [finding for finding in self.findings if finding.kind is kind]

    @property
    def ok(self) -> bool:
        """Whether every row was taken."""
        return not self.of(FindingKind.ERROR)

    @property
    def changes_anything(self) -> bool:
        """Whether the database is, or after a dry run would be, other than before."""
        return any(tally.created or tally.changed for tally in self.tallies.values())

    def lines(self, tag: str) -> Iterator[str]:
        """Say it all, line by line: the findings, the changes, the numbers."""
        for kind in FindingKind:
            yield from (finding.to(tag) for finding in self.of(kind))
        for change in self.changes:
            where = NOUN_WORDS[change.noun]
            told = _("{what} {name}: changed ({attributes})")
            yield told(what=where, name=change.name, attributes=change.differences).to(tag)
        for noun, tally in self.tallies.items():
            if tally != Tally():
                yield f"{NOUN_WORDS[noun].to(tag)}: {tally.to(tag)}"
        if self.dry_run:
            yield _("This was a trial: nothing has been stored.").to(tag)
