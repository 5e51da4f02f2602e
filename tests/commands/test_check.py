"""The check walks the main job on a demo of its own, and tells what it saw."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from commands.check import walk


@pytest.mark.journey
@pytest.mark.timeout(240)
def test_the_main_job_goes_as_it_should(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mitwirken", "demo", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    assert done.stdout.count("✓") > 35
    assert done.stdout.endswith("All steps went as they should.\n")
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_answer_is_told_and_fails() -> None:
    told: list[str] = []
    nowhere = "http://127.0.0.1:9/"
    group = {"code": "X", "url": f"{nowhere}j/X", "telegram": f"{nowhere}?start=X"}
    data = {"base": nowhere, "mail": nowhere, "bot_api": nowhere, "groups": {"7.49": group}}
    assert not walk(data, "7.49", told.append, threading.Event())
    assert told[-2].startswith("✗ something does not answer")
    assert told[-1] == "1 steps went wrong."
