"""Row 1: the sign-up POST in-process, against bare WSGI and sqlite3 with the same SQL."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from bench.posting import FORM, Answer, Wsgi, environ, sign_up
from bench.recording import record
from bench.reference import make
from bench.rounds import ROUNDS, Line, in_turn, micro, spread
from bench.stage import copy_of, make_file, open_stage

GOAL, STRETCH = 5.0, 4.0
_numbers = itertools.count(1)


def timer(app: Wsgi, code: str, many: int, cpu: list[float] | None = None) -> Callable[[], float]:
    """Return a measure: wall seconds of one sign-up, the mean of many. CPU seconds are added to `cpu`."""

    def measure() -> float:
        requests = [
            environ("POST", FORM, body=sign_up(code, f"amina{next(_numbers)}@example.org"))
            for _i in range(many)
        ]
        begun, burnt = time.perf_counter(), time.process_time()
        answers = [Answer(app, request) for request in requests]
        taken, burnt = time.perf_counter() - begun, time.process_time() - burnt
        for answer in answers:
            answer.expect(303)
        if cpu is not None:
            cpu.append(burnt / many)
        return taken / many

    return measure


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row; a slow disk flatters the wall time, so the CPU time stands below it."""
    file = folder / "post.sqlite"
    make_file(file)
    stage = open_stage(copy_of(file, "ours.sqlite"))
    recording = record(stage)
    apps: dict[str, Wsgi] = {
        "ours": stage.app,
        "raw": make(f"sqlite:///{copy_of(file, 'reference.sqlite')}", recording),
    }
    cpu: dict[str, list[float]] = {name: [] for name in apps}
    many = 50 if quick else 300
    measures = {name: timer(app, stage.code, many, cpu[name]) for name, app in apps.items()}
    wall = in_turn(measures, 3 if quick else ROUNDS)
    statements = sum(one.sql not in ("COMMIT", "BEGIN IMMEDIATE") for one in recording.post)
    ratio = spread(wall["ours"], wall["raw"])
    burnt = spread(cpu["ours"][1:], cpu["raw"][1:])
    what, beside = f"sign-up POST, in-process, FULL, {statements} statements", "bare WSGI + sqlite3, same SQL"
    return [
        Line(
            "1", f"{what}, wall", micro(wall["ours"]), f"{beside}: {micro(wall['raw'])}", str(ratio),
            f"≤ {GOAL:g}, stretch {STRETCH:g}", ratio.median <= GOAL,
        ),
        Line(
            "1", "the same, CPU", micro(cpu["ours"]), f"{beside}: {micro(cpu['raw'])}", str(burnt), "–", None
        ),
    ]  # fmt: skip
