"""The words of the half-year documentation in one language; every format takes them from here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from models import saying
from models.exporting.documentation import (
    CarrierLine,
    Documentation,
    Measured,
    MeetingLine,
    MilestoneLine,
    ReportLine,
    SheetLine,
)
from models.goals import CARRIER_WORDS, Carrier
from models.progress import Standing
from models.sheets import MILESTONE_WORDS, MilestoneState
from translations import SOURCE, Localised, Spoken, Text, Words, _, dates, language, n_

TITLE = _("Half-year documentation")
SHEET, SHEETS = _("Goal sheet"), _("Goal sheets")
OVERVIEW = _("Overview")
MILESTONES = _("Milestones")
OTHER = _("More reports")
MILESTONE_HEADS = (_("MM/YY"), _("Measure / milestone"), _("Implementation report"))
OVERVIEW_HEADS = (
    _("Goal"), _("What it is about"), _("Carried by"), _("In all"), _("Done"), _("Under way"), _("Stuck"),
    _("Overdue"),
)  # fmt: skip
FALLBACK = _("This group's own words exist in German only so far.")
FACTS = ("lead", "participants", "carried", "deadline", "measured", "interim", "notes", "meeting")
CARRIED_BY = {Carrier.GROUPS: _("Working group"), Carrier.OFFICE: _("Office")}  # short, for narrow columns
_OPEN_POINT = _("Not settled yet")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand on lines of their own; quiet ones are small, weighty ones bold."""

    words: Spoken
    quiet: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with what is said under it; `key` names it in templates."""

    key: str
    label: Text
    pieces: tuple[Piece, ...]


def source(text: str, tag: str) -> Spoken:
    """Say what exists in the region's own language only."""
    return Spoken(text, SOURCE, tag != SOURCE)


def said(words: Words | str, tag: str) -> Spoken:
    """Say words of ours."""
    return Spoken(words if isinstance(words, str) else words.to(tag), tag, False)


def apart(words: str, tag: str) -> str:
    """Keep a name or a date in its own direction inside a sentence from right to left."""
    return f"\u2068{words}\u2069" if language(tag).is_rtl and words else words


def _comma(tag: str) -> str:
    return f"{language(tag).comma} "


def heading(sheet: SheetLine, tag: str) -> Spoken:
    """Say number and title."""
    title = sheet.title.spoken(tag)
    return Spoken(f"{sheet.number} {title.text}", title.tag, title.is_fallback)


def period(doc: Documentation, tag: str) -> Text:
    """Say which half-year it is about."""
    return _("{first} to {last}")(first=dates.month(doc.period[0], tag), last=dates.month(doc.period[1], tag))


def as_of(today: date) -> Text:
    """Say of which day it is."""
    return _("As of {day}")(day=today)


def progress(one: Standing, tag: str) -> Spoken:
    """Say how far milestones are: "5 milestones: 3 done, 1 stuck"."""
    parts = [_("{done} done")(done=one.done)]
    counts = (
        (one.under_way, _("{under_way} under way")(under_way=one.under_way)),
        (one.stuck, _("{stuck} stuck")(stuck=one.stuck)),
        (one.overdue, _("{overdue} overdue")(overdue=one.overdue)),
    )
    parts += [words for number, words in counts if number]
    total = n_("{n} milestone", "{n} milestones")(n=one.total).to(tag)
    return Spoken(f"{total}: {_comma(tag).join(part.to(tag) for part in parts)}", tag, False)


def counts(one: Standing) -> tuple[str, ...]:
    """Return the figures of the overview, in the order of its heads."""
    return tuple(str(n) for n in (one.total, one.done, one.under_way, one.stuck, one.overdue))


def carrier(sheet: SheetLine) -> Carrier:
    """Return who carries the goal now."""
    return sheet.carried[-1].carrier if sheet.carried else Carrier.GROUPS


def facts(sheet: SheetLine, tag: str) -> Iterator[Fact]:
    """Say what stands above the milestones."""
    lead = source(sheet.lead, tag) if sheet.lead else said(_OPEN_POINT, tag)
    yield Fact("lead", _("Who leads"), (Piece(lead),))
    if sheet.participants:
        yield Fact("participants", _("Who takes part"), (Piece(_participants(sheet, tag)),))
    yield Fact("carried", _("Carried by"), tuple(_carried(sheet, tag)))
    if sheet.deadline:
        yield Fact("deadline", _("To be reached by"), (Piece(saying.when(sheet.deadline, tag)),))
    if sheet.measured:
        yield Fact("measured", _("Measured by"), tuple(_measured(sheet.measured, tag)))
    yield Fact("interim", _("Interim target"), tuple(_interim(sheet, tag)))


def closing(sheet: SheetLine, tag: str) -> Iterator[Fact]:
    """Say what stands below the milestones."""
    if sheet.notes:
        yield Fact("notes", _("Notes"), (Piece(source(sheet.notes, tag)),))
    yield Fact("meeting", _("Next meeting"), tuple(_meeting(sheet.next_meeting, tag)))


def report(one: MilestoneLine, tag: str) -> Iterator[Piece]:
    """Say how far a milestone is, and what has been reported on it."""
    state = MILESTONE_WORDS[one.state].to(tag)
    if one.is_overdue:
        state = f"{state} · {_('Overdue').to(tag)}"
    yield Piece(said(state, tag), bold=one.state is not MilestoneState.NOT_BEGUN or one.is_overdue)
    if one.dropped_reason:
        yield Piece(source(one.dropped_reason, tag))
    yield from reports(one.reports, tag)


def reports(lines: Sequence[ReportLine], tag: str) -> Iterator[Piece]:
    """Say reports with their days, in their public words; a report without words is told by its state."""
    for line in lines:
        when = dates.day(line.published_at.date(), tag)
        state = f" · {MILESTONE_WORDS[line.state].to(tag)}" if line.state else ""
        yield Piece(said(f"{apart(when, tag)}{state}", tag), quiet=True)
        if line.public:
            yield Piece(line.public.spoken(tag))


def is_fallback(words: Localised, tag: str) -> bool:
    """Tell whether readers of a language see these words in another one."""
    return words.spoken(tag).is_fallback


def _participants(sheet: SheetLine, tag: str) -> Spoken:
    waiting = _("not confirmed yet").to(tag)
    if all(confirmed for _name, confirmed in sheet.participants):
        return source("; ".join(name for name, _confirmed in sheet.participants), tag)
    names = [
        apart(name, tag) if confirmed else f"{apart(name, tag)} ({waiting})"
        for name, confirmed in sheet.participants
    ]
    return said("; ".join(names), tag)


def _carried(sheet: SheetLine, tag: str) -> Iterator[Piece]:
    yield Piece(said(CARRIER_WORDS[carrier(sheet)], tag))
    for step in sheet.carried:
        if step.decided_on or step.body:
            yield Piece(_decision(step, tag), quiet=True)
        if step.reason and step.reason not in sheet.notes:
            yield Piece(source(step.reason, tag), quiet=True)


def _decision(step: CarrierLine, tag: str) -> Spoken:
    parts = [CARRIER_WORDS[step.carrier].to(tag)]
    if step.decided_on:
        parts.append(_("Decided on {day}")(day=step.decided_on).to(tag))
    if step.body:
        parts.append(apart(step.body, tag))
    return said(" · ".join(parts), tag)


def _measured(one: Measured, tag: str) -> Iterator[Piece]:
    if one.target is not None:
        unit = apart(one.unit, tag)
        if one.base is not None:
            aim = _("from {base} to {target} {unit}")(
                base=_figure(one.base, tag), target=_figure(one.target, tag), unit=one.unit
            )
            yield Piece(said(aim, tag))
        else:
            yield Piece(said(f"{apart(_figure(one.target, tag), tag)} {unit}".strip(), tag))
    if one.latest is not None and one.on is not None:
        latest = _("{value} {unit} on {day}")(value=_figure(one.latest, tag), unit=one.unit, day=one.on)
        yield Piece(said(latest, tag))
        if one.source:
            yield Piece(source(one.source, tag), quiet=True)


def _figure(value: Decimal, tag: str) -> str:
    """Write a figure as the language does, without needless zeros: 12,5 in German."""
    return str(format_decimal(value, locale=language(tag).locale))


def _interim(sheet: SheetLine, tag: str) -> Iterator[Piece]:
    if not sheet.interim_target:
        yield Piece(said(_OPEN_POINT, tag))
        return
    yield Piece(source(sheet.interim_target, tag))
    if sheet.interim_due:
        due = saying.when(sheet.interim_due, tag).text
        yield Piece(said(_("By {when}")(when=due), tag), quiet=True)


def _meeting(one: MeetingLine | None, tag: str) -> Iterator[Piece]:
    if one is None:
        yield Piece(said(_OPEN_POINT, tag))
        return
    hours = "–".join(hour for hour in (one.starts, one.ends) if hour)
    if hours and one.held.is_exact and one.held.earliest:  # the wording may say the hours, too
        day = dates.day(one.held.earliest, tag, weekday=True)
        yield Piece(said(f"{apart(day, tag)}{_comma(tag)}{apart(hours, tag)}", tag))
    else:
        yield Piece(saying.when(one.held, tag))
    if one.place:
        yield Piece(source(one.place, tag))
