"""Keeping processes alive: start them, restart what crashes, stop them all in good order."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from commands.parent import SUPERVISOR

FIRST_WAIT = 0.1  # seconds before a crashed process is started again; three times as long each time
LONGEST_WAIT = 10.0  # people wait meanwhile, and a start that fails costs a second or two
CALM_AFTER = 15.0  # seconds of life after which a crash counts as the first one again
GRACE = 10.0  # seconds that processes have to finish what they are doing
LOG_LIMIT = 2_000_000  # bytes above which a log is set aside when its process is first started
TICK = 0.05


@dataclass(frozen=True, slots=True)
class Part:
    """A process to keep alive: its name and the arguments of `mitwirken` that run it.

    `is_leaned_on` means that others talk to it while they stop, so it is stopped after them.
    """

    name: str
    arguments: tuple[str, ...]
    is_leaned_on: bool = False


@dataclass
class _Child:
    part: Part
    process: subprocess.Popen[bytes]
    began: float
    crashes: int = 0
    restart_at: float | None = field(default=None)


@contextlib.contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Inside the block, SIGINT, SIGTERM and SIGHUP set the event instead of ending the process."""
    stop = threading.Event()
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in wanted}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_nothing(_words: str) -> None:
    return


class Supervisor:
    """Runs parts as child processes. Use as a context: everything has stopped at its end.

    With `logs`, each part writes to a file of its own in that folder; otherwise to our standard error.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        logs: Path | None = None,
        tell: Callable[[str], None] = _say_nothing,
    ) -> None:
        self.environment = {**environment, SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        self.logs = logs
        self.tell = tell
        self._children: dict[str, _Child] = {}

    def __enter__(self) -> "Supervisor":
        if self.logs is not None:
            self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def start(self, parts: Sequence[Part]) -> None:
        """Start parts, and keep them alive from now on."""
        for part in parts:
            if self.logs is not None:
                _set_aside(self.log_of(part.name))
            self._children[part.name] = _Child(part, self._spawn(part), time.monotonic())

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def pids(self) -> dict[str, int]:
        """Return the process ids by part."""
        return {name: child.process.pid for name, child in self._children.items()}

    def log_of(self, name: str) -> Path:
        """Return the log file of a part."""
        return (self.logs or Path()) / f"{name}.log"

    def run(self, stop: threading.Event) -> None:
        """Keep everything alive until `stop` is set."""
        while not stop.wait(TICK):
            self.tend()

    def tend(self) -> None:
        """Look after every child once: note who has crashed, start again whose wait is over."""
        for child in self._children.values():
            now = time.monotonic()
            if child.restart_at is not None:
                if now >= child.restart_at:
                    child.process, child.began = self._spawn(child.part), now
                    child.restart_at = None
            elif child.process.poll() is not None:
                self._crashed(child, now)

    def _crashed(self, child: _Child, now: float) -> None:
        _kill_group(child.process.pid)  # its own children must not hold on to its port
        child.crashes = 0 if now - child.began > CALM_AFTER else child.crashes + 1
        wait = min(LONGEST_WAIT, FIRST_WAIT * 3**child.crashes)
        child.restart_at = now + wait
        status = child.process.returncode
        self.tell(f"{child.part.name} ended unexpectedly ({_ending(status)}); starting it again.")

    def _spawn(self, part: Part) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "mitwirken", *part.arguments]
        with self._output(part) as output:
            return subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                process_group=0,  # Ctrl+C reaches us alone; we tell the children
            )  # fmt: skip

    @contextlib.contextmanager
    def _output(self, part: Part) -> Iterator[IO[bytes] | None]:
        if self.logs is None:
            yield None
            return
        with self.log_of(part.name).open("ab") as log:
            yield log

    def stop(self) -> None:
        """Ask all children to end, those that others lean on last; kill what has not after `GRACE`."""
        deadline = time.monotonic() + GRACE
        for is_leaned_on in (False, True):
            leaving = [c for c in self._children.values() if c.part.is_leaned_on is is_leaned_on]
            for child in leaving:
                if child.process.poll() is None:
                    child.process.terminate()
            for child in leaving:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                _kill_group(child.process.pid)
                child.process.wait()
        self._children.clear()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"


def _set_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
