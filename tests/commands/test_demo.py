"""The demo as people meet it: one command, addresses that answer, and everything gone afterwards."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from commands.answering import ask, mail_answers, page_answers
from commands.demo_home import open_home
from tests.commands.conftest import Run
from tests.commands.test_supervise import is_alive, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@contextmanager
def running(folder: Path, *arguments: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a demo until the end of the block, then stop it as Ctrl+C in a terminal would."""
    command = [sys.executable, "-m", "mitwirken", "demo", "--no-browser", "--dir", str(folder), *arguments]
    # A settings file of a real installation lies about; the demo must not look at it.
    (cwd / ".env").write_text(f"MITWIRKEN_DATABASE=sqlite:///{cwd}/real.sqlite\nMITWIRKEN_PORT=1\n")
    environment = {**os.environ, "MITWIRKEN_DATABASE": f"sqlite:///{cwd}/real.sqlite"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def described(folder: Path, process: subprocess.Popen[str], *, seconds: float = 90) -> dict[str, Any]:
    """Wait for demo.json and return its content."""
    file = folder / "demo.json"
    assert until(lambda: file.exists() or process.poll() is not None, seconds)
    assert process.poll() is None, process.stderr.read() if process.stderr else ""
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def children(pid: int) -> dict[str, int]:
    """Return the process ids of the demo's parts by name."""
    found = {}
    for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        arguments = Path(f"/proc/{number}/cmdline").read_bytes().decode().split("\0")
        if "mitwirken" in arguments:  # not yet begun, or dead already
            found[arguments[arguments.index("mitwirken") + 1]] = int(number)
    return found


def test_the_demo_starts_heals_and_stops(tmp_path: Path) -> None:
    folder = tmp_path / "a demo"
    with running(folder, cwd=tmp_path) as process:
        data = described(folder, process)
        _answers_as_described(data)
        assert (folder / "demo.json").stat().st_mode & 0o077 == 0
        parts = children(process.pid)
        assert set(parts) == {"web", "bot", "courier", "emulator", "mailbox"}
        for name in ("web", "bot", "courier"):
            os.kill(parts[name], signal.SIGKILL)
        assert until(lambda: set(children(process.pid)) == set(parts))
        assert until(lambda: page_answers(f"{data['base']}/healthz"))
        parts = children(process.pid)
    assert process.returncode == 0
    assert not any(is_alive(pid) for pid in parts.values())
    assert not page_answers(f"{data['base']}/healthz")
    assert not (tmp_path / "real.sqlite").exists()
    assert _others_read_nothing(folder)


def _answers_as_described(data: dict[str, Any]) -> None:
    assert set(data) == {"base", "bot_api", "bot_token", "bot_username", "chat", "desk", "mail", "groups"}
    assert page_answers(f"{data['base']}/healthz")
    assert page_answers(data["chat"])
    assert page_answers(data["mail"])
    me = ask(f"{data['bot_api']}/bot{data['bot_token']}/getMe").body
    assert me
    assert me["result"]["username"] == data["bot_username"]
    assert len(data["groups"]) == 13
    group = data["groups"]["7.49"]
    assert group["url"] == f"{data['base']}/j/{group['code']}"
    assert group["code"] in group["telegram"]
    assert page_answers(group["url"])
    assert {user["role"] for user in data["desk"]["users"]} == {"officer", "admin"}
    assert page_answers(data["desk"]["url"])


def _others_read_nothing(folder: Path) -> bool:
    secret = ("settings", "mitwirken.sqlite", "logs/bot.log")
    return all((folder / name).stat().st_mode & 0o077 == 0 for name in secret)


def test_a_demo_that_is_stopped_while_it_starts_ends_well(tmp_path: Path) -> None:
    with running(tmp_path / "demo", cwd=tmp_path) as process:
        assert until(lambda: (tmp_path / "demo" / "settings").exists())
        time.sleep(0.3)
    assert process.returncode == 0
    assert not (tmp_path / "demo" / "demo.json").exists()


def test_what_cannot_be_is_refused_before_anything_starts(run: Run, tmp_path: Path) -> None:
    with closing(open_home(tmp_path / "demo", None)):
        told = run("demo", "--dir", tmp_path / "demo")
        assert told.exit_code == 1
        assert told.stderr.startswith("mitwirken: A demo is already running in ")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = run("demo", "--dir", tmp_path / "demo", "--port", port)
        assert told.exit_code == 1
        assert f"Port {port} is in use" in told.stderr
    told = run("demo", "--dir", tmp_path / "other", "--seed", "atlantis")
    assert told.exit_code == 1
    assert "paderborn-2018" in told.stderr
    assert not (tmp_path / "other").exists()


def test_two_homes_get_different_ports_and_keep_their_secrets(
    tmp_path: Path, clean_environment: None
) -> None:
    one, two = open_home(tmp_path / "one", None), open_home(tmp_path / "two", None)
    assert not set(one.ports.values()) & set(two.ports.values())
    assert not mail_answers("127.0.0.1", one.ports["smtp"])
    one.close()
    again = open_home(tmp_path / "one", None)
    assert again.settings.secret == one.settings.secret
    assert again.settings.bot_token == one.settings.bot_token
    assert again.accounts == one.accounts
    assert again.settings_file.stat().st_mode & 0o777 == 0o600
    for home in (two, again):
        home.close()
