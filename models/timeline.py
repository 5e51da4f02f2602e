"""Timeline: what changed in public on the goal sheets, and how it is told on pages, in feeds and in letters.

Which changes are public is decided here and nowhere else. Never told are who reported or entered something,
and the reasons that the office notes for itself. The wording of a report is read from the report, so that
what the office has mended or taken off is told nowhere any more. A name that is no longer on the goal sheet
is not told either: it may be a person's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import saying
from models.changes import ABOUT_PERSON, SUBJECT_WORDS, SheetChange, Subject
from models.figures import Figure
from models.goals import CARRIER_WORDS
from models.participants import PARTICIPANT_WORDS
from models.progress import ProgressReport
from models.readings import BASE, DEADLINE, TARGET
from models.sheets import MILESTONE_WORDS, GoalSheet, Participant, ParticipantKind
from models.when import When
from translations import LANGUAGES, SOURCE, Localised, Spoken, Text, Words, _

PUBLIC = frozenset(  # what is not named here, such as order and weight of milestones, is the office's
    {
        Subject.LEAD, Subject.PARTICIPANT, Subject.INTERIM_TARGET, Subject.INTERIM_DUE, Subject.NOTES,
        Subject.MILESTONE, Subject.MILESTONE_STATE, Subject.MILESTONE_DUE, Subject.MEETING, Subject.OWNERSHIP,
        Subject.READING, Subject.TARGET, Subject.REPORT,
    }
)  # fmt: skip
PAGE = 40
LONGEST = 400  # of minutes and notes, which stand on the group's page in full
_TOGETHER = timedelta(seconds=60)  # what one step at the desk changes is told as one
_MEASURE = {BASE: _("At the beginning"), TARGET: _("Target"), DEADLINE: _("To be reached by")}
_KEYS: dict[str, Text] = {
    **{state.value: words for state, words in MILESTONE_WORDS.items()},
    **{carrier.value: words for carrier, words in CARRIER_WORDS.items()},
    **{str(key): words for key, words in PARTICIPANT_WORDS.items()},
}


@dataclass(frozen=True, slots=True)
class Dated:
    """An inexact date, in the words of every language."""

    when: When

    def spoken(self, tag: str) -> Spoken:
        """Say it; German readers see it as it was written."""
        return saying.when(self.when, tag)

    def to(self, tag: str) -> str:
        """Say it in a language."""
        return self.spoken(tag).text


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changed: what it is, how it was before and is now; or what has happened, alone."""

    what: Words
    before: Words | None = None
    after: Words | None = None

    def text(self) -> Text:
        """Return it as one sentence, in no language yet."""
        what = storable(self.what)
        after, before = (storable(one) if one else "" for one in (self.after, self.before))
        if after and before:
            return _("{what}: {after} (before: {before})")(what=what, after=after, before=before)
        if before:
            return _("{what}: no longer {before}")(what=what, before=before)
        return _("{what}: {after}")(what=what, after=after) if after else _("{what}")(what=what)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one step changed on one goal sheet. `id` is that of its newest change."""

    id: int
    group_id: int
    at: datetime
    about: Words | None  # the milestone, where it is about one
    lines: tuple[Line, ...] = ()
    wording: Localised | None = None  # of a report, for everybody

    def texts(self) -> list[Text]:
        """Return it as sentences, in no language yet."""
        said = [line.text() for line in self.lines]
        if self.wording:
            said.append(_("“{words}”")(words=self.wording))
        about = storable(self.about) if self.about else None
        return [_("{about} – {change}")(about=about, change=one) if about else one for one in said]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, and the id below which older ones follow."""

    entries: Sequence[Entry]
    onward: int | None = None


def storable(words: Words) -> Text | Localised:
    """Return words as a message can keep them until its reader's language is known."""
    if isinstance(words, (Text, Localised)):
        return words
    return Localised({entry.tag: words.to(entry.tag) for entry in LANGUAGES})


def is_public() -> sa.ColumnElement[bool]:
    """Return the condition for changes that everybody may see.

    A report without a wording says nothing; which person leads is for the office and the group's leads.
    """
    silent = sa.and_(SheetChange.subject == Subject.REPORT, SheetChange.after == "")
    of_person = SheetChange.about.startswith(ABOUT_PERSON)
    return sa.and_(SheetChange.subject.in_(sorted(PUBLIC)), ~silent, ~of_person)


def page(
    session: Session, group_id: int | None = None, *, below: int | None = None, size: int = PAGE
) -> Page:
    """Return what changed in a group, or anywhere, the newest first: three statements, however much it is."""
    statement = sa.select(SheetChange).where(is_public()).order_by(SheetChange.id.desc()).limit(size + 1)
    if group_id is not None:
        statement = statement.where(SheetChange.group_id == group_id)
    if below is not None:
        statement = statement.where(SheetChange.id < below)
    rows = session.scalars(statement).all()
    shown = rows[:size]
    return Page(_entries(session, shown), shown[-1].id if len(rows) > size else None)


def between(session: Session, group_id: int, after: int, up_to: int, *, most: int = PAGE) -> Page:
    """Return what changed in a group after one change and up to another, the newest first."""
    rows = session.scalars(
        sa.select(SheetChange)
        .where(is_public(), SheetChange.group_id == group_id, SheetChange.id > after, SheetChange.id <= up_to)
        .order_by(SheetChange.id.desc())
        .limit(most + 1)
    ).all()
    return Page(_entries(session, rows[:most]), rows[most - 1].id if len(rows) > most else None)


def _entries(session: Session, rows: Sequence[SheetChange]) -> list[Entry]:
    """Tell changes, newest first; what one step changed stands together, in the order in which it did."""
    context = _Context(session, rows)
    found: list[Entry] = []
    for row in rows:
        told = context.tell(row)
        if told is None:
            continue
        last = found[-1] if found else None
        if last is not None and context.belongs(row, last):
            found[-1] = replace(
                last,
                lines=(*told.lines, *last.lines),
                about=last.about or told.about,
                wording=last.wording or told.wording,
            )
        else:
            context.newest[told.id] = row
            found.append(told)
    return found


@dataclass(slots=True)
class _Context:
    """What telling some changes needs beside them, read once for all."""

    session: Session
    rows: Sequence[SheetChange]
    newest: dict[int, SheetChange] = field(default_factory=dict)
    reports: dict[tuple[int | None, int | None], ProgressReport] = field(init=False)
    names: set[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        sent = {row.submission_id for row in self.rows if row.subject is Subject.REPORT}
        self.reports = {
            (one.submission_id, one.milestone_id): one
            for one in self.session.scalars(
                sa.select(ProgressReport).where(ProgressReport.submission_id.in_(sent))
            )
        }
        groups = {row.group_id for row in self.rows if row.subject is Subject.PARTICIPANT}
        named = self.session.execute(
            sa.select(GoalSheet.group_id, Participant.name)
            .join(Participant, Participant.sheet_id == GoalSheet.id)
            .where(Participant.kind == ParticipantKind.ORGANISATION)
            .where(GoalSheet.group_id.in_(groups))
        )
        self.names = {(number, name) for number, name in named}

    def belongs(self, row: SheetChange, entry: Entry) -> bool:
        """Tell whether a change was made in the same step as those of an entry."""
        newest = self.newest[entry.id]
        same = (row.group_id, row.milestone_id, row.submission_id) == (
            newest.group_id, newest.milestone_id, newest.submission_id,
        )  # fmt: skip
        return same and row.milestone_id is not None and newest.at - row.at <= _TOGETHER

    def tell(self, row: SheetChange) -> Entry | None:
        """Tell one change by itself; None where there is nothing to be told any more."""
        about = _written(row.about) if row.milestone_id or row.subject in _ON_MILESTONES else None
        entry = Entry(row.id, row.group_id, row.at, about if row.about else None)
        if row.subject is Subject.REPORT:
            wording = self._wording(row)
            return replace(entry, wording=wording) if wording else None
        lines = _TELLING.get(row.subject, _plainly)(self, row)
        return replace(entry, lines=lines) if lines else None

    def _wording(self, row: SheetChange) -> Localised | None:
        report = self.reports.get((row.submission_id, row.milestone_id))
        if report is None:
            return Localised({SOURCE: row.after})
        return report.public if report.published_at else None

    def is_named(self, row: SheetChange, name: str) -> bool:
        """Tell whether a name is on the group's goal sheet today."""
        return (row.group_id, name) in self.names


_ON_MILESTONES = (Subject.MILESTONE_STATE, Subject.MILESTONE_DUE, Subject.REPORT)


def _written(words: str) -> Localised | None:
    """Return words as people wrote them, in the region's language."""
    if len(words) > LONGEST:
        words = words[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return Localised({SOURCE: words}) if words else None


def _plainly(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    return (Line(SUBJECT_WORDS[row.subject], _written(row.before), _written(row.after)),)


def _by_key(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    before, after = (_KEYS.get(key) or _written(key) for key in (row.before, row.after))
    return (Line(SUBJECT_WORDS[row.subject], before, after),)


def _dated(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    return (Line(SUBJECT_WORDS[row.subject], _when(row.before), _when(row.after)),)


def _when(wording: str) -> Dated | None:
    return Dated(When.parse(wording[:200])) if wording else None


def _figure(words: str) -> Words | None:
    try:
        return Figure.unkept(words) if words else None
    except ValueError:
        return _written(words)


def _measured(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    day = Dated(When(row.about, date.fromisoformat(row.about), date.fromisoformat(row.about)))
    what = _("Measured figure of {day}")(day=storable(day))
    return (Line(what, _figure(row.before), _figure(row.after)),)


def _target(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    read: Callable[[str], Words | None] = _when if row.about == DEADLINE else _figure
    return (Line(_MEASURE.get(row.about, SUBJECT_WORDS[row.subject]), read(row.before), read(row.after)),)


def _milestone(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    if not row.before and row.after == row.about:
        return (Line(_("New milestone")),)
    return (Line(SUBJECT_WORDS[row.subject], _written(row.before), _written(row.after)),)


def _carried(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    (line,) = _by_key(_context, row)
    decided = _written(row.about)
    return (line, Line(_("Decided by"), after=decided)) if decided else (line,)


def _met(_context: _Context, row: SheetChange) -> tuple[Line, ...]:
    day = _when(row.about)
    what = _("Meeting {day}")(day=storable(day)) if day else SUBJECT_WORDS[row.subject]
    if not row.after:
        return (Line(what, after=_("cancelled")),)
    before, after = (
        _written(words.removeprefix(row.about).lstrip(", ")) for words in (row.before, row.after)
    )
    return (Line(what, before, after),)


def _named(context: _Context, row: SheetChange) -> tuple[Line, ...]:
    """Tell who takes part; of names that are on the sheet no longer, only that there was a change."""
    if row.about:
        what = Localised({SOURCE: row.about})
        is_said = context.is_named(row, row.about) and row.before in _KEYS and row.after in _KEYS
        return (Line(what, _KEYS[row.before], _KEYS[row.after]),) if is_said else ()
    if row.after:
        is_said = context.is_named(row, row.after)
        return (Line(SUBJECT_WORDS[row.subject], after=_written(row.after)),) if is_said else ()
    return (Line(_("A name has been taken off")),)


_TELLING: dict[Subject, Callable[[_Context, SheetChange], tuple[Line, ...]]] = {
    Subject.MILESTONE: _milestone,
    Subject.MILESTONE_STATE: _by_key,
    Subject.MILESTONE_DUE: _dated,
    Subject.INTERIM_DUE: _dated,
    Subject.OWNERSHIP: _carried,
    Subject.READING: _measured,
    Subject.TARGET: _target,
    Subject.MEETING: _met,
    Subject.PARTICIPANT: _named,
}
