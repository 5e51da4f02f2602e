"""A real installation runs from its settings file, on SQLite and on PostgreSQL."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from commands.answering import page_answers
from commands.ports import HOST, Ports
from commands.serve import parts_of
from models import migrate
from models.db import Database
from models.settings import Settings
from tests import postgres
from tests.commands.conftest import Run
from tests.commands.test_supervise import until


def _slow_uploads_keep_nobody_waiting(port: int) -> None:
    """Begin to send five files and stop in the middle; the pages must still answer at once."""
    head = (
        "POST /de/forms/report-progress HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    )
    with ExitStack() as lines:
        for _line in range(5):
            line = lines.enter_context(socket.create_connection((HOST, port)))
            line.sendall(head.encode() + bytes(50_000))
        time.sleep(0.5)
        for _look in range(3):
            begun = time.monotonic()
            assert page_answers(f"http://{HOST}:{port}/de/")
            assert time.monotonic() - begun < 10  # else it waits until the senders are given up


def _serve(folder: Path, url: str) -> None:
    db = Database(url)
    migrate.upgrade(db)
    db.close()
    with closing(Ports()) as ports:
        port = ports.preferring(None)
        settings = folder / "settings"
        settings.write_text(f"MITWIRKEN_DATABASE='{url}'\nMITWIRKEN_PORT={port}\nMITWIRKEN_TELEGRAM=off\n")
        command = [sys.executable, "-m", "mitwirken", "--settings", str(settings), "serve", "--logs", "logs"]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MITWIRKEN_")}
        with subprocess.Popen(command, cwd=folder, env=clean, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert until(lambda: page_answers(f"http://{HOST}:{port}/healthz"))
                assert page_answers(f"http://{HOST}:{port}/de/")
                _slow_uploads_keep_nobody_waiting(port)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
    assert process.returncode == 0
    assert {file.name for file in (folder / "logs").iterdir()} == {"web.log", "courier.log"}


@pytest.mark.journey
def test_an_installation_serves_and_stops(tmp_path: Path) -> None:
    _serve(tmp_path, f"sqlite:///{tmp_path}/office.sqlite")


@pytest.mark.journey
@pytest.mark.postgres
def test_an_installation_serves_from_postgresql(tmp_path: Path, pg_server: str) -> None:
    with postgres.database(pg_server) as url:
        _serve(tmp_path, url)


@pytest.mark.parametrize(
    ("telegram", "token", "runs"), [("on", "1:a", True), ("off", "1:a", False), ("on", "", False)]
)
def test_the_bot_runs_only_where_it_can(telegram: str, token: str, runs: bool) -> None:
    settings = Settings(telegram=telegram, bot_token=token, _env_file=None)
    assert ("bot" in [part.name for part in parts_of(settings)]) is runs


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_single_sign_on_that_cannot_be_offered_is_said_at_the_start(
    region: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MITWIRKEN_OIDC_ISSUER", "https://sso.example.org")
    told = region(command)
    assert (told.exit_code, "MITWIRKEN_OIDC_CLIENT_ID" in told.output) == (1, True)
