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


def timer(app: Wsgi, code: str, many: int) -> Callable[[], float]:
    """Return a measure: wall seconds of one sign-up, the mean of many."""

    def measure() -> float:
        requests = [
            environ("POST", FORM, body=sign_up(code, f"amina{next(_numbers)}@example.org"))
            for _i in range(many)
        ]
        begun = time.perf_counter()
        answers = [Answer(app, request) for request in requests]
        taken = time.perf_counter() - begun
        for answer in answers:
            answer.expect(303)
        return taken / many

    return measure


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row."""
    file = folder / "post.sqlite"
    make_file(file)
    stage = open_stage(copy_of(file, "ours.sqlite"))
    recording = record(stage)
    reference = make(copy_of(file, "reference.sqlite"), recording)
    many = 50 if quick else 300
    found = in_turn(
        {"ours": timer(stage.app, stage.code, many), "reference": timer(reference, stage.code, many)},
        3 if quick else ROUNDS,
    )
    ratio = spread(found["ours"], found["reference"])
    statements = sum(one.sql not in ("COMMIT", "BEGIN IMMEDIATE") for one in recording.post)
    return [
        Line(
            "1", f"sign-up POST, in-process, wall, FULL, {statements} statements", micro(found["ours"]),
            f"bare WSGI + sqlite3, same SQL: {micro(found['reference'])}", str(ratio),
            f"≤ {GOAL:g}, stretch {STRETCH:g}", ratio.median <= GOAL,
        )
    ]  # fmt: skip
