"""Row 8: an update to a million is one row; who signs up meanwhile must not notice."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa

from bench import followers
from bench.posting import FORM, Answer, environ, sign_up
from bench.rounds import ROUNDS, Line, in_turn, spread
from bench.row09_broadcast import Side
from bench.servers import free_port, running
from bench.stage import Stage, copy_of, make_file, open_stage
from bot.emulator.hub import DEFAULT_TOKEN, DEFAULT_USERNAME
from models import clock
from models.broadcasts import Broadcast

MANY, MILLION, QUICK = 100_000, 1_000_000, 10_000
REAL = 2_000  # recipients with a chat: the first ones, as many as are reached while we measure
SIGN_UPS, GAP = 150, 0.01  # in one round; seconds between two of them
GOAL_ENQUEUE, GOAL_P99 = 0.01, 1.5
_RAW = """
INSERT INTO deliveries
(message_id, person_id, channel, state, priority, not_before, attempts, error, created_at)
SELECT :message, person_id, 'telegram', 'queued', 9, :now, 0, '', :now FROM subscriptions
"""


def _enqueue(stage: Stage) -> float:
    begun = time.perf_counter()
    followers.send(stage.db)
    return time.perf_counter() - begun


def _raw(stage: Stage) -> float:
    """Write all deliveries at once, and take them away again, unmeasured."""
    with stage.db.reader.connect() as connection:
        message = connection.scalar(sa.select(sa.func.max(Broadcast.message_id)))
    moment = clock.now().isoformat(" ")
    begun = time.perf_counter()
    with stage.db.engine.begin() as connection:
        connection.execute(sa.text(_RAW), {"message": message, "now": moment})
    taken = time.perf_counter() - begun
    with stage.db.engine.begin() as connection:
        connection.execute(
            sa.text("DELETE FROM deliveries WHERE message_id = :message"), {"message": message}
        )
    return taken


def _signing_up(stage: Stage) -> Callable[[], float]:
    """Return the measure: the 99th percentile of sign-ups that come one after the other."""
    numbers = iter(range(10**9))

    def measure() -> float:
        taken = []
        for _one in range(SIGN_UPS):
            body = sign_up(stage.code, f"during-{next(numbers)}@example.org")
            begun = time.perf_counter()
            Answer(stage.app, environ("POST", FORM, body=body)).expect(303)
            taken.append(time.perf_counter() - begun)
            time.sleep(GAP)
        return statistics.quantiles(taken, n=100)[98]

    return measure


def _courier(file: Path, port: int) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, "-m", "mitwirken", "courier"], {
        "MITWIRKEN_DATABASE": f"sqlite:///{file}", "MITWIRKEN_BOT_API": f"http://127.0.0.1:{port}",
        "MITWIRKEN_BOT_TOKEN": DEFAULT_TOKEN, "MITWIRKEN_BOT_USERNAME": DEFAULT_USERNAME,
        "MITWIRKEN_SETTINGS": os.devnull,
    }  # fmt: skip


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure the row; with `full` a million recipients."""
    many, rounds = (QUICK if quick else MILLION if full else MANY), (3 if quick else ROUNDS)
    with ExitStack() as stack:
        port = free_port()
        emulator = [sys.executable, "-m", "bot.emulator", "--port", str(port), "--no-limits"]
        stack.enter_context(running(emulator, {}, port, ask="/stats"))
        real = Side(port).people(min(REAL, many))
        file = folder / "enqueue.sqlite"
        make_file(file)
        stage = open_stage(file)
        followers.add(stage.db, followers.by_chat([*real, *range(10**9, 10**9 + many - len(real))]))
        stage.db.close()
        calm, busy = (open_stage(copy_of(file, f"{name}.sqlite")) for name in ("calm", "busy"))
        enqueued = [_enqueue(busy)]
        raw = [_raw(calm_with_message(calm))]
        for one in (calm, busy):
            stack.enter_context(running(*_courier(one.file, port)))
        _wait_until_filling(busy)
        found = in_turn({"during": _signing_up(busy), "calm": _signing_up(calm)}, rounds)
    ratio, p99 = enqueued[0] / raw[0], spread(found["during"], found["calm"])
    during, without = (f"{statistics.median(found[name]) * 1000:.1f} ms" for name in ("during", "calm"))
    return [
        Line(
            "8", f"to begin an update to {many:,}", f"{enqueued[0] * 1000:.1f} ms",
            f"raw INSERT … SELECT: {raw[0] * 1000:,.0f} ms", f"{ratio:.5f}", f"≤ {GOAL_ENQUEUE:g}",
            ratio <= GOAL_ENQUEUE,
        ),
        Line(
            "8", f"sign-up p99 ({SIGN_UPS} in a round) meanwhile", during, f"while none does: {without}",
            str(p99), f"≤ {GOAL_P99:g}", p99.median <= GOAL_P99,
        ),
    ]  # fmt: skip


def calm_with_message(stage: Stage) -> Stage:
    """Return a stage with a message for the raw statement to send, and no broadcast that goes out."""
    followers.send(stage.db)
    with stage.db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE broadcasts SET state = 'cancelled'"))
    return stage


def _wait_until_filling(stage: Stage) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with stage.db.reader.connect() as connection:
            if connection.scalar(sa.select(sa.func.max(Broadcast.made))):
                return
        time.sleep(0.1)
    raise RuntimeError("the courier does not fill")
