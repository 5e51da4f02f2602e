"""Who carries a goal: its colour, and the decisions that its notes tell of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from models import clock
from models.goals import Carrier, Goal, Ownership
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Body
from models.when import When
from translations import _

COLOURS = {
    "green": Carrier.GROUPS,
    "blue": Carrier.OFFICE,
    "grün": Carrier.GROUPS,
    "blau": Carrier.OFFICE,
}
# "Am 17.09.2018 durch den Kreistag von grün auf blau gesetzt"
_DECISION = re.compile(
    r"\bAm (?P<day>[\d. ]{6,12}) durch (?:den |die |das )?(?P<body>[^;\n]{2,200}?)"
    r" von (?P<old>grün|blau) auf (?P<new>grün|blau) gesetzt\b"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the history as the files tell it."""

    carrier: Carrier
    body: Body | None = None
    decided_on: date | None = None
    reason: str = ""


def take_ownerships(job: Job, taken: Sequence[tuple[Row, str, Carrier]]) -> None:
    """Bring each history to the colour of its goal: a step is added, none is taken away."""
    stored: dict[int, list[Ownership]] = {}
    programmes = {goal.programme_id for goal in job.goals.values()}
    query = sa.select(Ownership).join(Goal, Goal.id == Ownership.goal_id)
    query = query.where(Goal.programme_id.in_(programmes)).order_by(Ownership.goal_id, Ownership.position)
    for ownership in job.session.scalars(query):
        stored.setdefault(ownership.goal_id, []).append(ownership)
    for row, number, carrier in taken:
        goal = job.goals[number]
        history = stored.get(goal.id, [])
        steps = _told(job, row, carrier)
        if not history:
            for position, step in enumerate(steps, start=1):
                _put(job, number, goal.id, position, step, None)
        else:
            _go_on(job, row, number, history, steps[-1])
    job.session.flush()


def _go_on(job: Job, row: Row, number: str, history: Sequence[Ownership], step: Step) -> None:
    """Bring a history that is there already up to the last step of the files."""
    last = history[-1]
    if last.carrier is step.carrier:
        # The words of a decision may have been corrected; what was decided at the desk stays.
        from_file = not last.reason or _DECISION.search(last.reason) is not None
        told = step if step.reason and from_file else _as_stored(last)
        _put(job, number, last.goal_id, last.position, told, last)
    elif any(known.carrier is step.carrier for known in history) and not _is_newer(step, last):
        row.warn("colour", _("The goal has changed its colour since. The colour of the file was not taken."))
        job.report.tallies[Noun.OWNERSHIPS].unchanged += 1
    else:
        _put(job, number, last.goal_id, last.position + 1, step, None)


def _is_newer(step: Step, last: Ownership) -> bool:
    return step.decided_on is not None and (last.decided_on is None or step.decided_on > last.decided_on)


def _as_stored(last: Ownership) -> Step:
    return Step(last.carrier, last.body, last.decided_on, last.reason)


def _put(job: Job, number: str, goal_id: int, position: int, step: Step, found: Ownership | None) -> None:
    values = {
        "carrier": step.carrier,
        "body_id": step.body.id if step.body else None,
        "decided_on": step.decided_on,
        "reason": step.reason,
    }
    birth = {"goal_id": goal_id, "position": position}
    job.put(Noun.OWNERSHIPS, number, found, Ownership, values, **birth, recorded_at=clock.now())


def _told(job: Job, row: Row, carrier: Carrier) -> list[Step]:
    """Return the steps that a row tells of: those of the decisions in its notes, else only its colour."""
    decisions = list(_DECISION.finditer(row.text("notes", lines=True)))
    if not decisions:
        return [Step(carrier)]
    steps = [Step(COLOURS[decisions[0]["old"]])]
    for decision in decisions:
        steps.append(_decided(job, row, decision))
    if steps[-1].carrier is not carrier:
        row.warn("colour", _("The notes tell of another colour than this column. The column has been taken."))
        return [Step(carrier)]
    return steps


def _decided(job: Job, row: Row, decision: re.Match[str]) -> Step:
    day = When.parse(decision["day"].strip())
    if not day.is_exact:
        row.warn("notes", _("The day of this decision could not be read."))
    body = job.bodies.get(decision["body"].strip())
    if body is None:
        row.warn("notes", _("The body of this decision is not among the bodies."))
    decided_on = day.earliest if day.is_exact else None
    return Step(COLOURS[decision["new"]], body, decided_on, decision[0])
