"""Every command is there, and every way to fail is one line and an exit status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands.door import PLACES
from tests.commands.conftest import Run


def test_help_lists_what_people_use_and_hides_the_helpers(run: Run) -> None:
    shown = run("--help").output
    assert all(name in shown for name, place in PLACES.items() if place.words)
    assert "emulator" not in shown
    assert "mailbox" not in shown


@pytest.mark.parametrize("name", PLACES)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0, result.output
    assert "Usage: " in result.output


def test_an_unknown_command_is_wrong_use_in_one_line(run: Run) -> None:
    result = run("dance")
    assert result.exit_code == 2
    assert result.stderr == "mitwirken: No such command 'dance'. See: mitwirken --help\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("db", "backup"),
        ("staff", "add", "a@example.org"),
        ("qr", "7.49"),
        ("import",),
        ("demo", "--port", "x"),
    ],
)
def test_wrong_use_ends_with_2_and_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "--help" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("db", "check"),
        ("db", "backup", "copy"),
        ("staff", "list"),
        ("web",),
        ("serve",),
        ("privacy", "prune"),
    ],
)
def test_a_missing_database_is_one_line_and_makes_no_file(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("mitwirken: There is no database at ")
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITWIRKEN_PORT", "eighty")
    result = run("db", "check")
    assert result.exit_code == 1
    assert result.stderr.startswith("mitwirken: MITWIRKEN_PORT: ")


def test_an_unreachable_server_is_one_line_without_the_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MITWIRKEN_DATABASE", "postgresql+psycopg://office:geheim@127.0.0.1:9/none")
    result = run("db", "check")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "geheim" not in result.stderr


@pytest.mark.journey
def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    environment = os.environ | {"MITWIRKEN_DATABASE": f"sqlite:///{tmp_path}", "MITWIRKEN_DEBUG": "1"}
    command = [sys.executable, "-m", "mitwirken", "staff", "list"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" in told.stderr
    environment["MITWIRKEN_DEBUG"] = "0"
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in told.stderr
    assert told.returncode == 1


def test_settings_come_from_the_file_that_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MITWIRKEN_DATABASE")
    monkeypatch.setenv("MITWIRKEN_SETTINGS", "")
    file = tmp_path / "office"
    file.write_text(f"MITWIRKEN_DATABASE=sqlite:///{tmp_path}/office.sqlite\n")
    assert run("--settings", str(file), "db", "upgrade").exit_code == 0
    assert (tmp_path / "office.sqlite").exists()
    assert (tmp_path / "office.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("arguments", [(), ("db",), ("round",), ("privacy",), ("staff",)])
def test_half_a_command_shows_the_help_and_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Commands:" in result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("mitwirken: Please name one of: ")
    assert result.stderr.endswith(f"{' '.join(('mitwirken', *arguments))} --help\n")
