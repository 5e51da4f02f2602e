"""Row 4: a hall that signs up at once. Nobody may be lost, nobody doubled: the rows are counted."""

from pathlib import Path

import sqlalchemy as sa

from bench import servers
from bench.load import Burst, burst
from bench.recording import record
from bench.rounds import Line
from bench.stage import Stage, copy_of, make_file, open_stage
from models.db import Database

BURSTS = ((5000, 60.0, 3.0), (5000, 10.0, 20.0))  # people, seconds, goal: p99 in times of the reference's
QUICK = ((500, 5.0, 20.0),)
_STORED = """
SELECT count(*), count(DISTINCT p.id), count(DISTINCT m.id)
FROM people p JOIN submissions s ON s.person_id = p.id
JOIN memberships m ON m.person_id = p.id AND m.submission_id = s.id
WHERE p.email LIKE 'burst%'
"""


class Lost(AssertionError):
    """Somebody was lost or doubled: the one thing in here that must never happen."""


def check(file: Path, people: int, result: Burst) -> str:
    """Count what is stored, and say it; Lost when it is not one row each."""
    db = Database(f"sqlite:///{file}")
    with db.reader.connect() as connection:
        submissions, persons, memberships = connection.execute(sa.text(_STORED)).one()
    db.close()
    lost, doubled = people - persons, max(submissions, memberships) - persons
    words = f"{lost} lost, {doubled} doubled, {result.server_errors} × 5xx, {len(result.failed)} failed"
    if lost or doubled:
        raise Lost(f"{words}; the first failures: {result.failed[:3]}")
    return words


def said(result: Burst) -> str:
    """Say how long a journey took."""
    return f"p50 {result.quantile(0.5) * 1000:.0f} / p99 {result.quantile(0.99) * 1000:.0f} ms"


def _one(stage: Stage, recorded: Path, people: int, seconds: float, goal: float) -> Line:
    emails = [f"burst{number}@example.org" for number in range(people)]
    ours, raw = (copy_of(stage.file, f"{who}-{seconds:g}.sqlite") for who in ("ours", "raw"))
    with servers.application(ours) as port:
        result = burst(port, stage.code, emails, seconds)
    words = check(ours, people, result)
    with servers.reference(raw, recorded) as port:
        reference = burst(port, stage.code, emails, seconds)
    check(raw, people, reference)
    ratio = result.quantile(0.99) / reference.quantile(0.99)
    return Line(
        "4", f"burst, {people:,} journeys in {seconds:g} s, granian 1×1, FULL", f"{words}; {said(result)}",
        f"bare WSGI + sqlite3: {said(reference)}", f"p99 {ratio:.1f} (1 run)",
        f"0 lost, 0 doubled; p99 ≤ {goal:g}", ratio <= goal and not result.failed,
    )  # fmt: skip


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row; Lost when somebody was lost or doubled."""
    first, recorded = folder / "first.sqlite", folder / "recorded.json"
    make_file(first)
    record(open_stage(copy_of(first, "recording.sqlite"))).save(recorded)
    stage = open_stage(first)
    return [_one(stage, recorded, *one) for one in (QUICK if quick else BURSTS)]
