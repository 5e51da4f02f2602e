"""The words of an event's documentation in one language; both formats take them from here."""

from collections.abc import Iterator
from dataclasses import dataclass

from models import event_letters, saying
from models.exporting import documentation_words as words
from models.exporting.conference import Conference, GoalPart, PictureLine, WorkshopLine
from models.exporting.conference_heard import Heard, Said
from models.exporting.documentation_words import Piece
from models.when import When
from models.workshop_sheets import QUESTIONS
from translations import LANGUAGES, Spoken, Words, _, n_

TITLE = _("Documentation of the conference")
AGENDA, NUMBERS = _("Plan of the day"), _("In numbers")
WORKSHOP, FEEDBACK, VOTES = _("From the workshop"), _("Feedback"), _("Dots given")
STEPS = _("In which steps?")
PICTURES = _("Photos of the flip-chart")
STAYS, ADAPT = _("This goal can stay as it is, because …"), _("This goal must be adapted, because …")
_TIMES, _POINTS = n_("{n} time", "{n} times"), n_("{n} point", "{n} points")


@dataclass(frozen=True, slots=True)
class Row:
    """A label with what is said beside it."""

    label: Spoken
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows below it, and photos below these."""

    heading: Spoken
    rows: tuple[Row, ...]
    pictures: tuple[PictureLine, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.rows or self.pictures)


def _row(label: Words | str, *pieces: Spoken, tag: str) -> Row:
    return Row(words.said(label, tag), tuple(Piece(one) for one in pieces))


def when_and_where(doc: Conference, tag: str) -> Spoken:
    """Say when and where it was."""
    said = event_letters.when_said(doc.card).to(tag)
    return words.said("\n".join(part for part in (said, doc.card.place) if part), tag)


def opening(doc: Conference, tag: str) -> Iterator[Section]:
    """Say what stands before the goals: the plan of the day, the numbers, the dots."""
    yield Section(words.said(AGENDA, tag), tuple(_agenda(doc, tag)))
    yield Section(words.said(NUMBERS, tag), tuple(_numbers(doc, tag)))
    yield Section(
        words.said(VOTES, tag),
        tuple(
            Row(
                words.said(one.place, tag),
                (Piece(one.title.spoken(tag)), Piece(words.said(_dots(one.dots, tag), tag), quiet=True)),
            )
            for one in doc.votes
        ),
    )


def _dots(dots: int, tag: str) -> str:
    return n_("{n} dot", "{n} dots")(n=dots).to(tag)


def _agenda(doc: Conference, tag: str) -> Iterator[Row]:
    for item in doc.card.agenda:
        hours = "–".join(hour for hour in (item.starts, item.ends) if hour)
        beside = doc.card.of_phase(item.phase) if item.phase is not None else []
        pieces = [Piece(item.words.spoken(tag))]
        for one in beside:
            title = one.title.spoken(tag)
            named = f"{one.number} {title.text}".strip()
            pieces.append(Piece(Spoken(named, title.tag, title.is_fallback), quiet=True))
        yield Row(words.said(words.apart(hours, tag), tag), tuple(pieces))


def _numbers(doc: Conference, tag: str) -> Iterator[Row]:
    one = doc.numbers
    yield _row(_("Registered"), words.said(str(one.registered), tag), tag=tag)
    yield _row(_("Came"), words.said(str(one.arrived), tag), tag=tag)
    if one.waiting:
        yield _row(_("On the waiting list"), words.said(str(one.waiting), tag), tag=tag)
    if one.languages:
        names = {entry.tag: entry.own_name for entry in LANGUAGES}
        spoken = [words.said(f"{words.apart(names[code], tag)}: {n}", tag) for code, n in one.languages]
        yield _row(_("Languages spoken"), *spoken, tag=tag)


def of_goal(goal: GoalPart, tag: str) -> Iterator[Section]:
    """Say what came to a goal: what its workshops wrote, and what people said."""
    for one in goal.workshops:
        yield of_workshop(one, words.said(WORKSHOP, tag), tag)
    if goal.heard is not None:
        yield Section(words.said(FEEDBACK, tag), tuple(_heard(goal.heard, tag)))


def of_workshop(one: WorkshopLine, heading: Spoken, tag: str) -> Section:
    """Say what was written in a workshop."""
    rows = [_row(QUESTIONS[name], words.source(said, tag), tag=tag) for name, said in one.answers.items()]
    if one.steps:
        pieces = []
        for number, step in enumerate(one.steps, start=1):
            pieces.append(Piece(words.source(f"{number}. {step.what}", tag)))
            due = saying.when(When.parse(step.due), tag).text if step.due else ""
            quiet = [_("By {when}")(when=due).to(tag)] if due else []
            quiet += [words.apart(step.by, tag)] if step.by else []
            if quiet:
                pieces.append(Piece(words.said(" · ".join(quiet), tag), quiet=True))
        rows.append(Row(words.said(STEPS, tag), tuple(pieces)))
    return Section(heading, tuple(rows), one.pictures)


def title_of(one: WorkshopLine, tag: str) -> Spoken:
    """Say what a workshop of no group is called."""
    return one.card.title.spoken(tag)


def _heard(one: Heard, tag: str) -> Iterator[Row]:
    for label, points in ((STAYS, one.stays), (ADAPT, one.adapt)):
        if points:
            counted = Piece(words.said(_POINTS(n=sum(one.times for one in points)), tag), quiet=True)
            yield Row(words.said(label, tag), (counted, *_points(points, tag)))
    if one.no_remarks:
        yield _row(_("No remarks"), words.said(_TIMES(n=one.no_remarks), tag), tag=tag)


def _points(points: tuple[Said, ...], tag: str) -> Iterator[Piece]:
    for one in points:
        yield Piece(one.words.spoken(tag))
        if one.times > 1:
            yield Piece(words.said(_TIMES(n=one.times), tag), quiet=True)
        for point in one.points:
            yield Piece(point.spoken(tag), quiet=True)
