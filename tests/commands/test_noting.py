"""What an admin does by a command is noted: every command, or it is said here why not."""

from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import click
import pytest

from commands.door import PLACES, door
from models import audit, staff
from models.db import Database
from models.settings import Settings
from tests.commands.conftest import Run

SILENT = {
    "demo": "a trial on a database of its own",
    "serve": "runs processes", "web": "runs a process", "bot": "runs a process",
    "courier": "runs a process", "emulator": "plays Telegram", "mailbox": "catches the demo's mail",
    "db check": "only looks", "db drill": "in a database that is thrown away",
    "doctor": "only looks", "audit verify": "only looks",
    "round show": "only looks", "update list": "only looks", "update progress": "only looks",
    "staff list": "only looks", "translations show": "only looks",
    "translations export": "texts that anybody may read", "qr": "codes that anybody may scan",
    "language list": "only looks", "language add": "changes the program's own files, no record",
    "privacy erasures": "a list that names nobody", "privacy periods": "only looks",
    "privacy register": "what anybody may read",
}  # fmt: skip


def _commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    names = PLACES if command is door else command.list_commands(context)
    for name in names:
        found = command.get_command(context, name)
        assert found is not None
        yield from _commands(found, f"{path} {name}".strip())


def _words(function: FunctionType) -> set[str]:
    """Return the names that a function uses, and the functions of its module that it calls."""
    near = [function.__globals__.get(name) for name in function.__code__.co_names]
    called = {word for one in near if isinstance(one, FunctionType) for word in one.__code__.co_names}
    return set(function.__code__.co_names) | called


def _is_noted(command: click.Command) -> bool:
    return isinstance(command.callback, FunctionType) and "noting" in _words(command.callback)


def test_each_command_is_noted_or_said_why_not() -> None:
    found = dict(_commands(door))
    assert set(SILENT) <= set(found)
    assert {path for path, command in found.items() if not _is_noted(command)} == set(SILENT)


def test_a_command_that_forgets_it_would_be_seen() -> None:
    @click.command()
    def wipe() -> None:
        click.echo("gone")

    assert not _is_noted(wipe)


def test_what_was_done_by_commands_stands_in_the_chain(
    region: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MITWIRKEN_SECRET", "tests-only-secret-of-32-letters!")
    region("staff", "add", "olga@example.org", "--role", "admin", "--generate")
    region("staff", "disable", "olga@example.org")
    region("round", "open", "--month", "2027-05")
    region("export", "members", "--to", f"{tmp_path}/members.csv")
    region("db", "backup", f"{tmp_path}/one.bak")
    assert region("staff", "disable", "nobody@example.org").exit_code == 1  # a refusal leaves no trace
    told = region("audit", "verify")
    assert told.exit_code == 0, told.output
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    db.seal_with(Settings(_env_file=None).key_of_audit())
    with db.reading() as session:
        noted = [(one.command, one.verb, one.kind, one.record) for one in reversed(audit.page(session))]
        number = staff.everyone(session)[0].id
        actors = {one.staff_id for one in audit.page(session)}
    assert actors == {audit.COMMAND}
    assert noted == [
        ("staff add", "add", "account", str(number)),
        ("staff disable", "close", "account", str(number)),
        ("round open", "add", "round", "1"),
        ("export", "take-out", "file", "members.csv"),
        ("db backup", "take-out", "database", ""),
    ]
    with db.engine.begin() as connection:  # the canary: who hides which command it was is found out
        connection.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
        connection.exec_driver_sql("UPDATE audit SET command = 'staff list' WHERE id = 2")
    assert "Entry 2 is not" in region("audit", "verify").stderr
    db.close()
