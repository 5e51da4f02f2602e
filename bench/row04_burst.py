"""Row 4: a hall that signs up at once. Nobody may be lost, nobody doubled: the rows are counted."""

from pathlib import Path

import sqlalchemy as sa

from bench import servers
from bench.load import Burst, burst
from bench.recording import record
from bench.rounds import Line, spread
from bench.stage import Stage, copy_of, make_file, open_stage
from models.db import Database

# People, seconds, goal (p99 in times of the reference), times in turn: near saturation one draw says little.
BURSTS = ((5000, 60.0, 3.0, 1), (5000, 10.0, 20.0, 5))
QUICK = ((500, 5.0, 20.0, 1),)
_STORED = """
SELECT count(*), count(DISTINCT p.id), count(DISTINCT m.id)
FROM people p JOIN submissions s ON s.person_id = p.id
JOIN memberships m ON m.person_id = p.id AND m.submission_id = s.id
WHERE p.email LIKE 'burst%'
"""


class Lost(AssertionError):
    """Somebody was lost or doubled: the one thing in here that must never happen."""


def check(who: str, file: Path, people: int, result: Burst) -> str:
    """Count what is stored, and say it; Lost when it is not one row each."""
    db = Database(f"sqlite:///{file}")
    with db.reader.connect() as connection:
        submissions, persons, memberships = connection.execute(sa.text(_STORED)).one()
    db.close()
    lost, doubled = people - persons, max(submissions, memberships) - persons
    words = f"{lost} lost, {doubled} doubled, {result.server_errors} × 5xx, {len(result.failed)} failed"
    if lost or doubled:
        raise Lost(f"{who}: {words}; the first failures: {result.failed[:3]}")
    return words


def said(result: Burst) -> str:
    """Say how long a journey took."""
    return f"p50 {result.quantile(0.5) * 1000:.0f} / p99 {result.quantile(0.99) * 1000:.0f} ms"


def _once(stage: Stage, recorded: Path, people: int, seconds: float, name: str) -> tuple[Burst, Burst, str]:
    emails = [f"burst{number}@example.org" for number in range(people)]
    ours, raw = (copy_of(stage.file, f"{who}-{name}.sqlite") for who in ("ours", "raw"))
    with servers.application(ours) as port:
        result = burst(port, stage.code, emails, seconds)
    words = check("ours", ours, people, result)
    with servers.reference(raw, recorded) as port:
        reference = burst(port, stage.code, emails, seconds)
    check("reference", raw, people, reference)
    return result, reference, words


def _line(stage: Stage, recorded: Path, people: int, seconds: float, goal: float, times: int) -> Line:
    runs = [_once(stage, recorded, people, seconds, f"{seconds:g}-{n}") for n in range(times)]
    ratio = spread(
        [one.quantile(0.99) for one, _raw, _w in runs], [raw.quantile(0.99) for _o, raw, _w in runs]
    )
    middle = sorted(runs, key=lambda run: run[0].quantile(0.99))[times // 2]
    is_clean = not any(run[0].failed for run in runs)
    return Line(
        "4", f"burst, {people:,} journeys in {seconds:g} s, {servers.SERVER}, FULL, {times} in turn",
        f"{runs[-1][2] if is_clean else '; '.join(run[2] for run in runs)}; {said(middle[0])}",
        f"bare WSGI + sqlite3: {said(middle[1])}", f"p99 {ratio}",
        f"0 lost, 0 doubled; p99 ≤ {goal:g}", ratio.median <= goal and is_clean,
    )  # fmt: skip


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row; Lost when somebody was lost or doubled."""
    first, recorded = folder / "first.sqlite", folder / "recorded.json"
    make_file(first)
    record(open_stage(copy_of(first, "recording.sqlite"))).save(recorded)
    stage = open_stage(first)
    return [_line(stage, recorded, *one) for one in (QUICK if quick else BURSTS)]
