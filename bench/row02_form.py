"""Row 2: showing the form, warm and in Arabic, against a Flask application that says hello."""

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from bench.posting import FORM, Answer, Wsgi, environ
from bench.rounds import ROUNDS, Line, in_turn, micro, spread
from bench.stage import make_file, open_stage

GOAL = 1.5


def hello() -> Flask:
    """Return the smallest Flask application."""
    app = Flask("hello")
    app.add_url_rule("/hello", "hello", lambda: "hello")
    return app


def timer(app: Wsgi, path: str, query: str, many: int) -> Callable[[], float]:
    """Return a measure: CPU seconds of one GET, the mean of many."""

    def measure() -> float:
        requests = [environ("GET", path, query) for _i in range(many)]
        Answer(app, environ("GET", path, query)).expect(200)  # what is kept in memory is there
        begun = time.process_time()
        answers = [Answer(app, request) for request in requests]
        taken = time.process_time() - begun
        for answer in answers:
            answer.expect(200)
        return taken / many

    return measure


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row."""
    file = folder / "form.sqlite"
    make_file(file)
    stage = open_stage(file)
    many = 100 if quick else 1000
    found = in_turn(
        {
            "ours": timer(stage.app, FORM, f"group={stage.code}", many),
            "reference": timer(hello(), "/hello", "", many),
        },
        3 if quick else ROUNDS,
    )
    ratio = spread(found["ours"], found["reference"])
    return [
        Line(
            "2", "form GET, in-process, CPU, Arabic, warm", micro(found["ours"]),
            f"Flask hello: {micro(found['reference'])}", str(ratio), f"≤ {GOAL:g}", ratio.median <= GOAL,
        )
    ]  # fmt: skip
