"""Row 2: showing the form, warm and in Arabic, against a Flask application that says hello."""

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from bench.posting import FORM, Answer, Wsgi, environ, sign_up
from bench.rounds import ROUNDS, Line, in_turn, micro, spread
from bench.stage import GROUP, LANGUAGE, make_file, open_stage

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
    """Measure the row, and other pages beside the same reference for comparison."""
    file = folder / "form.sqlite"
    make_file(file)
    stage = open_stage(file)
    many = 100 if quick else 1000
    posted = Answer(stage.app, environ("POST", FORM, body=sign_up(stage.code, "amina1@example.org")))
    pages = {
        "form GET, warm": (FORM, f"group={stage.code}"),
        "the same rendered anew": (FORM, f"group={stage.code}&anew"),
        "thanks GET": (dict(posted.expect(303).headers)["Location"], ""),
        "group page GET": (f"/{LANGUAGE}/groups/{GROUP}", ""),
    }
    measures = {what: timer(stage.app, path, query, many) for what, (path, query) in pages.items()}
    rounds = 3 if quick else ROUNDS
    found = in_turn(measures | {"hello": timer(hello(), "/hello", "", many)}, rounds)
    lines = []
    for what in pages:
        ratio = spread(found[what], found["hello"])
        goal = GOAL if what == "form GET, warm" else None
        lines.append(
            Line(
                "2", f"{what}, in-process, CPU, Arabic", micro(found[what]),
                f"Flask hello: {micro(found['hello'])}", str(ratio), f"≤ {goal:g}" if goal else "–",
                ratio.median <= goal if goal else None,
            )
        )  # fmt: skip
    return lines
