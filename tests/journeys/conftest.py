"""A whole installation as `make demo` starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.db import Database

START = 200.0  # seconds that a demo may take to answer; it takes five, a busy machine many more


@dataclass(frozen=True)
class Demo:
    """A running demo: where things are, as told in its demo.json."""

    where: dict[str, Any]
    folder: Path

    @property
    def base(self) -> str:
        """Address of the pages."""
        return str(self.where["base"])

    @property
    def chat(self) -> str:
        """Address of the emulator."""
        return str(self.where["bot_api"])

    def database(self) -> Database:
        """Open the demo's database beside its processes."""
        return Database(f"sqlite:///{self.folder}/mitwirken.sqlite")

    def officer(self) -> dict[str, str]:
        """Return the officer's account."""
        return next(user for user in self.where["desk"]["users"] if user["role"] == "officer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, started as a process of its own and stopped at the end."""
    folder = tmp_path_factory.mktemp("demo") / "d"
    command = [sys.executable, "-m", "mitwirken", "demo", "--dir", str(folder), "--port", str(_free_port()),
               "--no-browser"]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MITWIRKEN_")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    end = time.monotonic() + START
    while not (folder / "demo.json").exists():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise AssertionError(f"the demo did not start: {process.communicate()[1].decode()}")
        time.sleep(0.1)
    try:
        yield Demo(json.loads((folder / "demo.json").read_text(encoding="utf-8")), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0
