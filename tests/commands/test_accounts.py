"""Accounts at the desk are opened, listed and closed."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import factors, sessions, staff, staff_letters
from models.db import Database
from models.outbox import Delivery, Message
from models.staff import StaffMember
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


def _told(session: Session) -> Sequence[str]:
    """Who gets a letter that an admin has reset their second step."""
    to = sa.select(StaffMember.email).join(Delivery, Delivery.staff_id == StaffMember.id)
    letters = to.join(Message).where(Message.kind == staff_letters.CHANGE)
    assert "An admin has reset your second step." in str(session.scalars(sa.select(Message.words)).all())
    return session.scalars(letters.order_by(Delivery.id)).all()


def test_a_lost_second_step_is_reset(empty: Run, tmp_path: Path) -> None:
    empty("staff", "add", "o@example.org", "--role", "admin", "--generate")
    assert empty("staff", "reset-factor", "o@example.org").exit_code == 1  # there is none
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.transaction() as session:
        member = staff.by_email(session, "o@example.org")
        assert member is not None
        member.totp_secret = factors.new_secret()
        token = sessions.start(session, staff_id=member.id)
    told = empty("staff", "reset-factor", "O@example.org")
    assert (told.exit_code, told.output) == (0, "The second step of o@example.org is reset.\n")
    with db.reading() as session:
        assert sessions.staff_of(session, token) is None
        found = staff.by_email(session, "o@example.org")
        assert found is not None
        assert found.totp_secret is None
        assert _told(session) == ["o@example.org"]
    db.close()
    assert empty("staff", "reset-factor", "nobody@example.org").exit_code == 1


def test_keys_of_apps_are_sealed_and_there_is_a_way_out_when_the_secret_is_lost(
    empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MITWIRKEN_SECRET", "0123456789abcdef0123456789abcdef")
    empty("staff", "add", "o@example.org", "--role", "admin", "--generate")
    db, secret = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite"), factors.new_secret()

    def kept() -> str | None:
        with db.transaction() as session:
            member = staff.by_email(session, "o@example.org")
            return member.totp_secret if member else None

    with db.transaction() as session:
        member = staff.by_email(session, "o@example.org")
        assert member is not None
        member.totp_secret = secret  # as before they were sealed
    assert "1 of 1 keys of authenticator apps lie open" in empty("doctor").output
    assert "sealed now: 1" in empty("db", "upgrade").output
    assert secret not in (kept() or secret)
    assert "✓ codes" in empty("doctor").output
    assert "All second steps can be read." in empty("staff", "reset-factor", "--lost").output
    monkeypatch.setenv("MITWIRKEN_SECRET", "another, just as long as the first one")
    assert "reset-factor --lost" in empty("doctor").output
    assert "o@example.org" in empty("staff", "reset-factor", "--lost").output
    assert kept() is None
    with db.reading() as session:
        assert _told(session) == ["o@example.org"]
    db.close()
    assert empty("staff", "reset-factor").exit_code == 2
    assert empty("staff", "reset-factor", "o@example.org", "--lost").exit_code == 2
