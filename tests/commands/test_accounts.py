"""Accounts at the desk are opened, listed and closed."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from models import staff
from models.db import Database
from tests.commands.conftest import Run

PASSWORD = "korb und kirsche"


def _fits(tmp_path: Path, email: str, password: str) -> bool:
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.reading() as session:
        member = staff.by_email(session, email)
    db.close()
    return staff.fits(password, member.password_hash if member else None)


def test_a_password_is_asked_for_twice(empty: Run, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mitwirken", "staff", "add", "Olga@example.org", "--role", "officer"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    told = ""
    for question in ("Password: ", "Once more: "):
        while not told.endswith(question):
            told += os.read(ours, 1000).decode()
        os.write(ours, f"{PASSWORD}\n".encode())
    assert process.wait(timeout=60) == 0, told
    told += os.read(ours, 1000).decode()
    os.close(ours)
    os.close(theirs)
    assert "can log in at the desk" in told
    assert PASSWORD not in told
    assert _fits(tmp_path, "olga@example.org", PASSWORD)


def test_without_a_terminal_nobody_is_asked(empty: Run) -> None:
    refused = empty("staff", "add", "olga@example.org", "--role", "officer")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("mitwirken: There is no terminal")
    assert len(refused.stderr.splitlines()) == 1


def test_a_password_comes_from_standard_input(empty: Run, tmp_path: Path) -> None:
    told = empty("staff", "add", "o@example.org", "--role", "admin", "--password-stdin", says=f"{PASSWORD}\n")
    assert told.exit_code == 0, told.output
    assert _fits(tmp_path, "o@example.org", PASSWORD)


def test_a_made_up_password_is_shown_once_and_works(empty: Run, tmp_path: Path) -> None:
    told = empty("staff", "add", "o@example.org", "--role", "officer", "--generate")
    found = re.search(r"Password, shown only now: (\S+)", told.output)
    assert found
    assert _fits(tmp_path, "o@example.org", found[1])


def test_refusals_are_words(empty: Run) -> None:
    short = empty("staff", "add", "o@example.org", "--role", "officer", "--password-stdin", says="short\n")
    assert short.exit_code == 1
    assert "at least 12 characters" in short.stderr
    assert empty("staff", "add", "olga", "--role", "officer", "--generate").exit_code == 2
    assert empty("staff", "add", "o@example.org", "--role", "king", "--generate").exit_code == 2
    assert empty("staff", "disable", "nobody@example.org").exit_code == 1
    empty("staff", "add", "o@example.org", "--role", "officer", "--generate")
    again = empty("staff", "add", "O@example.org", "--role", "officer", "--generate")
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_a_closed_account_stays_listed(empty: Run) -> None:
    empty("staff", "add", "o@example.org", "--role", "officer", "--generate", "--name", "Olga Muster")
    assert empty("staff", "disable", "o@example.org").exit_code == 0
    listed = empty("staff", "list").output
    assert "Olga Muster" in listed
    assert "closed 20" in listed
    assert empty("staff", "disable", "o@example.org").exit_code == 1
