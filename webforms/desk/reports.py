"""A report as the office reviews it: what changes, the reporter's words, the wording for everybody."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from models import progress
from models.changes import SheetChange, Subject
from models.dossier import Dossier
from models.progress import ProgressReport
from models.selection import Chosen
from models.sheets import MILESTONE_WORDS, MilestoneState
from models.submissions import OPEN_STATES, Submission
from translations import LANGUAGES, SOURCE, Language, Localised, Text, _, catalogues
from webforms import words

_TAGS = {entry.tag for entry in LANGUAGES}
_WRITTEN = ("happened", "added")  # the questions whose answers are the reporter's words


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a report changes on the goal sheet."""

    label: Text
    before: Markup
    after: Markup


@dataclass(frozen=True, slots=True)
class Wording:
    """A field for the wording that everybody reads, in one language."""

    name: str
    language: Language
    words: str


@dataclass(frozen=True, slots=True)
class Review:
    """One report with the fields for its public wording, German first."""

    report: ProgressReport
    lines: Sequence[Line]
    happened: str
    needed: str
    german: Wording
    others: Sequence[Wording]

    @property
    def is_latin(self) -> bool:
        """Whether the reporter's words may be German: people write it in a chat of any language."""
        letters = [unicodedata.name(letter, "") for letter in self.happened if letter.isalpha()]
        return 2 * sum(name.startswith("LATIN") for name in letters) > len(letters)

    @property
    def translated(self) -> Sequence[Wording]:
        """Return the fields beside German that hold words: they must not be overlooked."""
        return [one for one in self.others if one.words]

    @property
    def untranslated(self) -> Sequence[Wording]:
        """Return the fields that are empty so far."""
        return [one for one in self.others if not one.words]


def direction(written: str) -> str:
    """Return the direction in which most letters of a text run: people mix scripts, and begin with either."""
    kinds = [unicodedata.bidirectional(letter) for letter in written]
    return "rtl" if sum(k in ("R", "AL") for k in kinds) > kinds.count("L") else "ltr"


def fields(typed: Mapping[str, str]) -> dict[int, Localised]:
    """Return the wordings by report, from fields named public-REPORT-LANGUAGE; "" where one was emptied."""
    found: dict[int, dict[str, str]] = {}
    for name, written in typed.items():
        kind, _dash, rest = name.partition("-")
        report, _dash, tag = rest.partition("-")
        if kind == "public" and report.isdecimal() and report.isascii() and tag in _TAGS:
            found.setdefault(int(report), {})[tag] = written
    return {report: Localised(written) for report, written in found.items()}


def field_name(report: ProgressReport, tag: str) -> str:
    """Return the name of the field for a report's wording in a language."""
    return f"public-{report.id}-{tag}"


def reviews(whole: Dossier, typed: Mapping[str, str] | None = None) -> list[Review]:
    """Return the reports of an entry; `typed` holds what an officer has written and not saved yet."""
    is_open = whole.submission.state in OPEN_STATES
    return [
        _review(one, whole.submission, list(_lines(one, whole.changes)), typed, is_open=is_open)
        for one in whole.reports
    ]


def proposals(chosen: Chosen, typed: Mapping[str, str] | None = None) -> list[Review]:
    """Return the reports of an entry that waits, as they are looked at beside others."""
    return [
        _review(one, chosen.submission, list(_planned(one)), typed, is_open=True) for one in chosen.reports
    ]


def written(one: ProgressReport, submission: Submission) -> tuple[str, str]:
    """Return what the reporter wrote: what has happened, and what is needed.

    A form on one milestone keeps them with its answers, a form on many with each report.
    """
    told = submission.answers
    happened = next((told[name] for name in _WRITTEN if told.get(name)), "")
    return one.happened or str(happened), one.needed or str(told.get("needed", ""))


def _review(
    one: ProgressReport,
    submission: Submission,
    lines: Sequence[Line],
    typed: Mapping[str, str] | None,
    *,
    is_open: bool,
) -> Review:
    happened, needed = written(one, submission)
    # Words that the officer may not be able to read are never public because nobody emptied a field.
    is_source = submission.language.partition("-")[0] == SOURCE
    proposed = ({SOURCE: happened} if is_source else {}) if is_open else dict(one.public.words)
    others = [entry for entry in catalogues.offered() if entry.tag != SOURCE]
    others += [entry for entry in LANGUAGES if entry.tag in proposed and entry not in others]

    def wording(entry: Language) -> Wording:
        name = field_name(one, entry.tag)
        return Wording(name, entry, (typed or {}).get(name, "" if typed else proposed.get(entry.tag, "")))

    german, *rest = (wording(e) for e in LANGUAGES if e.tag == SOURCE or (e in others and e.tag != SOURCE))
    return Review(one, lines, happened, needed, german, rest)


def _planned(one: ProgressReport) -> Iterator[Line]:
    change = progress.change_of(one)
    if change is None:
        return
    if change.state:
        before, after = (escape(words.say(MILESTONE_WORDS[state])) for state in change.state)
        yield Line(_("How far it is"), before, after)
    if change.due:
        yield Line(_("Due"), words.when(change.due[0]) or escape("–"), words.when(change.due[1]))


def _lines(one: ProgressReport, done: Sequence[SheetChange]) -> Iterator[Line]:
    """Return what changes; once the report has been accepted, what it has changed."""
    own = [change for change in done if change.milestone_id == one.milestone_id]
    if not own:
        yield from _planned(one)
    for change in own:
        if change.subject is Subject.MILESTONE_STATE:
            before, after = (
                escape(words.say(MILESTONE_WORDS[MilestoneState(key)]))
                for key in (change.before, change.after)
            )
            yield Line(_("How far it is"), before, after)
        elif change.subject is Subject.MILESTONE_DUE:
            yield Line(_("Due"), words.source(change.before) or escape("–"), words.source(change.after))
