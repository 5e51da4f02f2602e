"""Row 3: sign-ups per second over HTTP, the reference behind the same server."""

import itertools
import statistics
from collections.abc import Callable
from pathlib import Path

from bench import servers
from bench.load import hammer
from bench.recording import record
from bench.rounds import ROUNDS, Line, in_turn, spread
from bench.stage import copy_of, make_file, open_stage

GOAL = 0.20
_numbers = itertools.count(1)


def rate(port: int, code: str, many: int) -> Callable[[], float]:
    """Return a measure: sign-ups per second."""

    def measure() -> float:
        return hammer(port, code, [f"amina{next(_numbers)}@example.org" for _i in range(many)])

    return measure


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row."""
    file = folder / "http.sqlite"
    make_file(file)
    ours, raw, recorded = copy_of(file, "ours.sqlite"), copy_of(file, "raw.sqlite"), folder / "recorded.json"
    stage = open_stage(file)
    record(stage).save(recorded)
    many = 300 if quick else 1500
    with servers.application(ours) as our_port, servers.reference(raw, recorded) as raw_port:
        measures = {"ours": rate(our_port, stage.code, many), "raw": rate(raw_port, stage.code, many)}
        found = in_turn(measures, 3 if quick else ROUNDS)
    ratio = spread(found["ours"], found["raw"])
    ours_said, raw_said = (f"{statistics.median(found[who]):.0f}/s" for who in ("ours", "raw"))
    return [
        Line(
            "3", f"sign-ups per second over HTTP, {servers.SERVER}, FULL", ours_said,
            f"bare WSGI + sqlite3, same server: {raw_said}", str(ratio),
            f"≥ {GOAL:.2f}", ratio.median >= GOAL,
        )
    ]  # fmt: skip
