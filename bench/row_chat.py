"""The chat: a sign-up by buttons through emulator, bot and courier, beside a bare echo bot.

The echo bot answers within its one process and keeps nothing. Ours commits what it hears before it answers,
and the answer goes through the outbox to the courier, a process of its own.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.chatting import Phone
from bench.rounds import ROUNDS, Line, in_turn, spread
from bench.servers import free_port, running
from bench.stage import make_file, open_stage
from bot.emulator.hub import DEFAULT_TOKEN, DEFAULT_USERNAME

BUTTONS = ("join", "take", "skip", "member", "telegram", "yes", "no", "send")
STEPS = 1 + len(BUTTONS)


def sign_up(port: int, code: str) -> float:
    """Sign up as somebody new; return the seconds per step, from what they do to what they see."""
    phone = Phone(port)
    begun = time.perf_counter()
    phone.write(f"/start {code}")
    for button in BUTTONS:
        phone.press(phone.wait_for_button(button))
    phone.wait_for_answer()
    return (time.perf_counter() - begun) / STEPS


def chatter(port: int) -> float:
    """Say as many things to the echo bot; return the seconds per answer."""
    phone = Phone(port)
    begun = time.perf_counter()
    for number in range(STEPS):
        phone.write(f"Hello {number}")
        phone.wait_for_answer()
    return (time.perf_counter() - begun) / STEPS


def cpu_seconds(processes: list[int]) -> float:
    """Return how long these processes have been on a processor, all threads, finished ones not counted."""
    tasks = [task for pid in processes for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _with_cpu(act: Callable[[], float], processes: list[int], spent: list[float]) -> Callable[[], float]:
    def measured() -> float:
        before = cpu_seconds(processes)
        taken = act()
        spent.append((cpu_seconds(processes) - before) / STEPS)
        return taken

    return measured


def measure(folder: Path, *, quick: bool, full: bool) -> list[Line]:
    """Measure wall and CPU per step of the dialogue."""
    file = folder / "chat.sqlite"
    make_file(file)
    code = open_stage(file).code
    wall: dict[str, list[float]]
    cpu: dict[str, list[float]] = {"ours": [], "echo": []}
    with ExitStack() as stack:
        ports = {"ours": free_port(), "echo": free_port()}
        for port in ports.values():
            emulator = [sys.executable, "-m", "bot.emulator", "--port", str(port), "--no-limits"]
            stack.enter_context(running(emulator, {}, port, ask="/stats"))
        ours = _environment(file, ports["ours"])
        echo = {"BENCH_BOT_API": f"http://127.0.0.1:{ports['echo']}", "BENCH_BOT_TOKEN": DEFAULT_TOKEN}
        mitwirken = [sys.executable, "-m", "mitwirken"]
        pids = {
            "ours": [stack.enter_context(running([*mitwirken, name], ours)) for name in ("bot", "courier")],
            "echo": [stack.enter_context(running([sys.executable, "-m", "bench.echo"], echo))],
        }
        acts: dict[str, Callable[[], float]] = {
            "ours": lambda: sign_up(ports["ours"], code), "echo": lambda: chatter(ports["echo"]),
        }  # fmt: skip
        measures = {name: _with_cpu(act, pids[name], cpu[name]) for name, act in acts.items()}
        wall = in_turn(measures, 3 if quick else ROUNDS)
    cpu = {name: spent[1:] for name, spent in cpu.items()}
    return [
        _line(f"chat sign-up, {STEPS} steps, wall per step", wall),
        _line("the same, CPU of bot and courier per step", cpu),
    ]


def _environment(file: Path, port: int) -> dict[str, str]:
    return {
        "MITWIRKEN_DATABASE": f"sqlite:///{file}", "MITWIRKEN_BOT_API": f"http://127.0.0.1:{port}",
        "MITWIRKEN_BOT_TOKEN": DEFAULT_TOKEN, "MITWIRKEN_BOT_USERNAME": DEFAULT_USERNAME,
        "MITWIRKEN_COURIER_RATE": "0", "MITWIRKEN_SETTINGS": os.devnull,
    }  # fmt: skip


def _line(what: str, found: dict[str, list[float]]) -> Line:
    ours, echo = (f"{statistics.median(found[name]) * 1000:.1f} ms" for name in ("ours", "echo"))
    ratio = str(spread(found["ours"], found["echo"]))
    return Line("chat", what, ours, f"python-telegram-bot echo: {echo}", ratio, "–", None)
