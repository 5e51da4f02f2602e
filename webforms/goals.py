"""Where every goal of the programme stands, by field, state and carrier."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import Response, request

from models import clock, groups, progress, readings
from models.goals import CARRIER_WORDS, Carrier
from models.groups import GroupCard
from models.progress import Standing
from models.readings import Course
from translations import Text, Words, _
from webforms import charts, pages
from webforms.charts import Chart
from webforms.site import site, tag

blueprint = pages.blueprint("goals")
STATES: dict[str, Text] = {
    "stuck": _("Something is stuck"),
    "overdue": _("Something is overdue"),
    "done": _("Everything is done"),
    "silent": _("Nothing heard for half a year"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A goal in the overview; `states` are the keys of STATES that hold for it."""

    card: GroupCard
    standing: Standing
    states: frozenset[str]
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which goals somebody wants to see; "" stands for all."""

    field: str = ""
    show: str = ""
    carrier: str = ""

    def takes(self, line: Line, *, but: str = "") -> bool:
        """Tell whether a goal is wanted, whatever the filter `but` says."""
        return (
            (but == "field" or not self.field or str(line.card.field_number) == self.field)
            and (but == "show" or not self.show or self.show in line.states)
            and (but == "carrier" or not self.carrier or line.card.carrier.value == self.carrier)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, with how many goals choosing it would show."""

    key: str
    words: Words
    count: int


def _states(standing: Standing) -> frozenset[str]:
    holds = {
        "stuck": standing.stuck > 0,
        "overdue": standing.overdue > 0,
        "done": standing.is_done,
        "silent": standing.is_silent(clock.now()),
    }
    return frozenset(key for key, held in holds.items() if held)


def _line(card: GroupCard, standing: Standing, course: Course | None) -> Line:
    return Line(card, standing, _states(standing), charts.chart(course, tag()) if course else None)


def _wanted(lines: Iterable[Line]) -> Wanted:
    """Read the address; what is no choice asks for nothing, so that no page is empty by a slip."""
    field, show = request.args.get("field", ""), request.args.get("show", "")
    carrier = request.args.get("carrier", "")
    if show in {one.value for one in Carrier}:  # as addresses said it before there were three filters
        show, carrier = "", show
    return Wanted(
        field if field in {str(line.card.field_number) for line in lines} else "",
        show if show in STATES else "",
        carrier if carrier in {one.value for one in Carrier} else "",
    )


def _choices(
    lines: list[Line], wanted: Wanted, name: str, words: Mapping[str, Words], of: Callable[[Line], set[str]]
) -> list[Choice]:
    """Return a filter's values counted among the goals that the other filters let through."""
    rest = [of(line) for line in lines if wanted.takes(line, but=name)]
    chosen = [Choice(key, said, sum(key in keys for keys in rest)) for key, said in words.items()]
    return [Choice("", _("All"), len(rest)), *chosen]


def _filters(lines: list[Line], wanted: Wanted) -> dict[str, list[Choice]]:
    fields: dict[str, Words] = {
        str(line.card.field_number): line.card.field_name
        or _("Field {number}")(number=line.card.field_number)
        for line in lines
    }
    carriers: dict[str, Words] = {carrier.value: said for carrier, said in CARRIER_WORDS.items()}
    return {
        "field": _choices(lines, wanted, "field", fields, lambda line: {str(line.card.field_number)}),
        "show": _choices(lines, wanted, "show", STATES, lambda line: set(line.states)),
        "carrier": _choices(lines, wanted, "carrier", carriers, lambda line: {line.card.carrier.value}),
    }


@blueprint.get("/goals")
def overview() -> Response:
    """Show where the goals stand that somebody wants to see."""
    with site().db.reading() as session:
        cards = groups.directory(session).cards
        standings = progress.standings(session, clock.today(site().settings.zone))
        courses = readings.courses(session)
    lines = [_line(card, standings.get(card.id, Standing()), courses.get(card.goal_id)) for card in cards]
    wanted = _wanted(lines)
    shown = [line for line in lines if wanted.takes(line)]
    return pages.show(
        "goals.html", shown=shown, totals=progress.together(line.standing for line in shown), wanted=wanted,
        filters=_filters(lines, wanted), is_part=wanted != Wanted(), carriers=CARRIER_WORDS,
    )  # fmt: skip
