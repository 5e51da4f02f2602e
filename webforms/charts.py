"""Charts: where the marks of a measured figure stand, and what they say. Pages only draw what is here.

Time runs in the direction of reading, so in Arabic and Persian from right to left; a text's anchor follows
the page's direction by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import saying
from models.readings import Course, Point
from translations import Text, _, dates, language

WIDTH, HEIGHT = 320, 172  # at 360 px of screen one unit is about one pixel, so words keep their size
_EDGE, _TOP, _FLOOR, _AXIS = 10.0, 34.0, 138.0, 158.0
_ABOVE, _BELOW, _LINE = -10.0, 20.0, 18.0  # from a mark to its words; the height of a line of them
_LETTER = 8.0  # width of a digit with its share of space around
_ZOOM = Decimal("0.15")  # figures that differ by less than this share of the largest are looked at closely


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place; `anchor` is the side of theirs that stands there."""

    x: float
    y: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure as a point; the base is drawn hollow."""

    x: float
    y: float
    is_base: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A course as it is drawn, with the words that say the same."""

    words: str
    marks: tuple[Mark, ...] = ()
    labels: tuple[Label, ...] = ()
    target_y: float | None = None
    floor: float = _FLOOR
    edge: float = _EDGE
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        """Return the line that joins the marks, as SVG wants it."""
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


def chart(course: Course, tag: str) -> Chart:
    """Return how a course is drawn for readers of a language; without any figure it is words only."""
    words = in_words(course, tag)
    if not course.points:
        return Chart(words)
    scale = _Scale(course, tag)
    marks = tuple(Mark(scale.x(one.day), scale.y(one.value), one.id is None) for one in course.points)
    target_y = scale.y(course.target) if course.target is not None else None
    labels = [*_figures(course, scale, tag), *_days(course, scale, tag)]
    if target_y is not None:
        labels.append(_target(course, target_y, marks, scale, tag))
    return Chart(words, marks, tuple(labels), target_y)


class _Scale:
    """Which place a day and a value have."""

    def __init__(self, course: Course, tag: str) -> None:
        days = [one.day for one in course.points]
        values = [one.value for one in course.points]
        if course.target is not None:
            values.append(course.target)
            days += [course.deadline.latest] if course.deadline.latest else []
        self.first, self.last = min(days), max(days)
        low, high = min(values), max(values)
        is_close = low > 0 and 0 < high - low < high * _ZOOM
        self.low = low - (high - low) / 2 if is_close else min(low, Decimal(0))
        self.high = high if high > self.low else self.low + 1
        self.is_rtl = language(tag).is_rtl

    def x(self, day: date) -> float:
        """Return where a day stands."""
        whole = (self.last - self.first).days
        share = (day - self.first).days / whole if whole else 0.5
        return self.turned(_EDGE + share * (WIDTH - 2 * _EDGE))

    def turned(self, x: float) -> float:
        """Return a distance from where reading begins as one from the left."""
        return round(WIDTH - x if self.is_rtl else x, 1)

    def y(self, value: Decimal) -> float:
        """Return where a value stands; high values stand high."""
        share = float((value - self.low) / (self.high - self.low))
        return round(_FLOOR - share * (_FLOOR - _TOP), 1)

    def anchor(self, x: float) -> str:
        """Return the side of words that stands at a place, so that they stay inside."""
        from_start = WIDTH - x if self.is_rtl else x
        if from_start < WIDTH / 4:
            return "start"
        return "end" if from_start > WIDTH * 3 / 4 else "middle"

    def edge(self, x: float) -> float:
        """Return the place of words at an edge: the mark's own, or the edge itself."""
        return {"start": self.turned(_EDGE - 4), "end": self.turned(WIDTH - _EDGE + 4)}.get(self.anchor(x), x)


def _figures(course: Course, scale: _Scale, tag: str) -> list[Label]:
    """Return the words at the first and the newest figure; those between are in the table."""
    points = course.points
    ends = [points[0], points[-1]] if len(points) > 1 else [points[0]]
    return [
        Label(
            x if abs(x - scale.edge(x)) > _LINE else scale.edge(x), scale.y(one.value) + _ABOVE,
            course.figure(one.value).to(tag), scale.anchor(x),
        )
        for one in ends
        for x in [scale.x(one.day)]
    ]  # fmt: skip


def _target(course: Course, y: float, marks: Sequence[Mark], scale: _Scale, tag: str) -> Label:
    """Return the words at the target's line, at the end where they are further from a figure."""
    words = _("Target: {figure}")(figure=course.figure(course.target or Decimal(0))).to(tag)
    room = [abs(marks[0].y - y), abs(marks[-1].y - y)]
    at_end = room[1] > room[0]
    nearest = marks[-1] if at_end else marks[0]
    falls = nearest.y < y or (nearest.y == y and marks[0].y < y)
    place = WIDTH - _EDGE + 4 if at_end else _EDGE - 4
    return Label(scale.turned(place), y + (_BELOW if falls else _ABOVE), words, "end" if at_end else "start")


def _days(course: Course, scale: _Scale, tag: str) -> list[Label]:
    """Return the words below the axis, as many as there is room for: both ends, then the newest figure."""
    is_years = scale.first.year != scale.last.year
    wanted = dict.fromkeys([scale.first, scale.last, course.points[-1].day])
    found: list[Label] = []
    for day in wanted:
        words = str(day.year) if is_years else dates.month(day, tag)
        x, room = scale.x(day), len(words) * _LETTER + 8
        is_double = any(one.words == words for one in found)
        if not is_double and all(abs(one.x - x) >= room for one in found):
            found.append(Label(scale.edge(x) if abs(x - scale.edge(x)) <= _LINE else x, _AXIS, words,
                               scale.anchor(x)))  # fmt: skip
    return found


def _day(one: Point, points: Sequence[Point], tag: str) -> str:
    """Say a figure's day as shortly as tells it apart: the year where no two are of the same."""
    years = [other.day.year for other in points]
    return str(one.day.year) if len(set(years)) == len(years) > 1 else dates.day(one.day, tag)


def in_words(course: Course, tag: str) -> str:
    """Say what the chart shows: from which figure to which, and the target."""
    points, said = course.points, list[Text]()
    if len(points) > 1:
        first, last = points[0], points[-1]
        said.append(
            _("From {first} ({since}) to {last} ({until}).")(
                first=course.figure(first.value), since=_day(first, points, tag),
                last=course.figure(last.value), until=_day(last, points, tag),
            )
        )  # fmt: skip
    elif points:
        said.append(
            _("At the beginning: {figure} ({day}).")(
                figure=course.figure(points[0].value), day=_day(points[0], points, tag)
            )
            if points[0].id is None
            else _("{figure} ({day}).")(
                figure=course.figure(points[0].value), day=_day(points[0], points, tag)
            )
        )
    if course.target is not None:
        due = saying.when(course.deadline, tag).text
        target = course.figure(course.target)
        said.append(_("Target: {figure} ({when}).")(figure=target, when=due) if due
                    else _("Target: {figure}.")(figure=target))  # fmt: skip
    if course.is_reached:
        said.append(_("The target is reached."))
    if not course.readings:
        said.append(_("No figure has been measured yet."))
    return " ".join(text.to(tag) for text in said)
