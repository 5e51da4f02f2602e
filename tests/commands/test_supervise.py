"""What crashes comes back, what is stopped stops, and nothing outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands.answering import mail_answers
from commands.ports import HOST, Ports
from commands.reading import SETTINGS_FILE
from commands.supervise import FIRST_WAIT, Part, Supervisor

pytestmark = pytest.mark.journey


def until(holds: Callable[[], object], seconds: float = 60.0) -> bool:
    """Wait until something holds; False when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    """Tell whether a process is there and not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def mailbox_part(folder: Path, smtp: int, web: int) -> Part:
    """Return the demo's mailbox as a part: a real process with two ports."""
    ports = ("--smtp-port", str(smtp), "--web-port", str(web))
    return Part("mailbox", ("mailbox", *ports, "--folder", str(folder / "mail")))


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Two ports that nobody uses."""
    held = Ports()
    yield held.preferring(None), held.preferring(None)
    held.close()


def test_a_killed_part_comes_back_and_a_stopped_one_does_not(tmp_path: Path, ports: tuple[int, int]) -> None:
    told: list[str] = []
    with Supervisor(os.environ, logs=tmp_path / "logs", tell=told.append) as supervisor:
        supervisor.start([mailbox_part(tmp_path, *ports)])
        assert until(lambda: mail_answers(HOST, ports[0]))
        first = supervisor.pids()["mailbox"]
        os.kill(first, signal.SIGKILL)

        def has_come_back() -> bool:
            supervisor.tend()
            return supervisor.pids()["mailbox"] != first

        assert until(has_come_back)
        assert until(lambda: mail_answers(HOST, ports[0]))
        second = supervisor.pids()["mailbox"]
    assert told == ["mailbox ended unexpectedly (signal 9); starting it again."]
    assert not is_alive(second)
    assert not mail_answers(HOST, ports[0])


def test_a_part_that_never_starts_is_tried_ever_more_rarely(tmp_path: Path) -> None:
    ends: list[float] = []
    with Supervisor(
        os.environ, logs=tmp_path, tell=lambda _words: ends.append(time.monotonic())
    ) as supervisor:

        def has_ended_thrice() -> bool:
            supervisor.tend()
            return len(ends) == 3

        supervisor.start([Part("nonsense", ("no-such-command",))])
        assert until(has_ended_thrice)
    assert ends[1] - ends[0] >= FIRST_WAIT * 3
    assert ends[2] - ends[1] >= FIRST_WAIT * 9
    assert "No such command" in (tmp_path / "nonsense.log").read_text()


def test_no_part_outlives_a_killed_supervisor(tmp_path: Path, ports: tuple[int, int]) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from commands.supervise import Supervisor\n"
        "from tests.commands.test_supervise import mailbox_part\n"
        "with Supervisor(os.environ, logs=Path(sys.argv[1])) as supervisor:\n"
        "    supervisor.start([mailbox_part(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))])\n"
        "    print(supervisor.pids()['mailbox'], flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), *(str(port) for port in ports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        assert until(lambda: mail_answers(HOST, ports[0]))
        supervisor.kill()
    assert until(lambda: not is_alive(child), 10)


def test_settings_of_the_supervisor_reach_its_parts(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text(f"MITWIRKEN_DATABASE=sqlite:///{tmp_path}/nowhere.sqlite\n")
    environment = {**os.environ, SETTINGS_FILE: str(file)}
    with Supervisor(environment, logs=tmp_path) as supervisor:
        supervisor.start([Part("list", ("staff", "list"))])
        log = supervisor.log_of("list")
        assert until(lambda: "nowhere.sqlite" in log.read_text())
