"""The doctor finds what is wrong, says how to mend it, and never shows a secret."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from click.testing import Result

from bot.emulator.threaded import Running, running
from commands.doctor import CHECKS
from commands.ports import HOST, Ports
from models import attachments, clock, nights
from models.cleaning import clean
from models.db import Database
from models.files import Store
from tests.commands.conftest import Run

TOKEN = "654321:doctor-test-token-of-the-bot"


@pytest.fixture
def telegram() -> Iterator[Running]:
    """An emulator that plays Telegram for @beispiel_bot."""
    with running(token=TOKEN, username="beispiel_bot") as emulator:
        yield emulator


@pytest.fixture
def mail_port() -> Iterator[int]:
    """A mail server that takes everything in."""
    held = Ports()
    controller = Controller(Sink(), hostname=HOST, port=held.preferring(None))
    controller.start()
    yield controller.port
    controller.stop()
    held.close()


@pytest.fixture
def healthy(
    region: Run, telegram: Running, mail_port: int, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, str]:
    """Settings of an installation in which all is well, except that no pages are served."""
    values = {
        "SECRET": "0123456789abcdef0123456789abcdef",
        "BASE_URL": "https://127.0.0.1:9",
        "DEMO": "true",
        "BOT_TOKEN": TOKEN,
        "BOT_USERNAME": "beispiel_bot",
        "BOT_API": telegram.url,
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(mail_port),
        "MAIL_FROM": "office@example.org",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"MITWIRKEN_{name}", value)
    region("staff", "add", "o@example.org", "--role", "admin", "--generate")
    return values


def line(told: Result, subject: str) -> str:
    """Return the doctor's line about a subject, with the remedy below it."""
    lines = told.output.splitlines()
    at = next(number for number, words in enumerate(lines) if words[2:].startswith(subject))
    remedy = lines[at + 1] if lines[at + 1].lstrip().startswith("→") else ""
    return f"{lines[at]}{remedy}"


def test_only_the_pages_are_missing_from_a_healthy_installation(
    healthy: Mapping[str, str], region: Run
) -> None:
    told = region("doctor")
    ill = [words for words in told.output.splitlines() if words.startswith("✗")]
    assert len(ill) == 1, told.output
    assert ill[0].startswith("✗ pages")
    assert told.exit_code == 1
    assert "13" in line(told, "groups")
    assert TOKEN not in told.output


@pytest.mark.parametrize(
    ("name", "value", "subject", "remedy"),
    [
        ("SECRET", "short", "secret", "openssl rand"),
        ("BASE_URL", "mitwirken.example.org", "address", "MITWIRKEN_BASE_URL"),
        ("BASE_URL", "http://mitwirken.example.org", "address", "https://"),
        ("BOT_TOKEN", "1:wrong-token-of-nobody", "telegram", "@BotFather"),
        ("BOT_USERNAME", "other_bot", "telegram", "MITWIRKEN_BOT_USERNAME=beispiel_bot"),
        ("BOT_API", "http://127.0.0.1:9", "telegram", "check the way"),
        ("SMTP_PORT", "9", "mail", "MITWIRKEN_SMTP_"),
        ("SMTP_HOST", "", "mail", "MITWIRKEN_SMTP_HOST"),
        ("MAIL_FROM", "mitwirken@localhost", "mail", "MITWIRKEN_MAIL_FROM"),
        ("OIDC_ISSUER", "https://sso.example.org", "sign-on", "MITWIRKEN_OIDC_CLIENT_ID"),
        ("ZONE", "Europe/Atlantis", "clock", "MITWIRKEN_ZONE"),
        ("FILES", "mitwirken.sqlite/files", "uploads", "MITWIRKEN_FILES"),
        ("DATABASE", "postgresql+psycopg://o:geheim@127.0.0.1:9/x", "database", "MITWIRKEN_DATABASE"),
    ],
)
def test_each_fault_is_found_and_its_remedy_named(
    healthy: Mapping[str, str],
    region: Run,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    subject: str,
    remedy: str,
) -> None:
    monkeypatch.setenv(f"MITWIRKEN_{name}", value)
    told = region("doctor")
    assert told.exit_code == 1
    assert line(told, subject).startswith("✗")
    assert remedy in line(told, subject)
    assert "geheim" not in told.output
    assert "wrong-token" not in told.output


def test_a_night_that_did_not_come_and_other_periods_are_told(
    healthy: Mapping[str, str], region: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MITWIRKEN_RETENTION", "drafts=9d")
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with clock.frozen(clock.now() - timedelta(days=3)), db.transaction() as session:
        nights.watch(session)
    told = region("doctor")
    assert line(told, "night").startswith("✗")
    assert "mitwirken privacy prune" in line(told, "night")
    assert "drafts 9 days" in line(told, "retention")
    assert region("privacy", "prune").exit_code == 0
    assert line(region("doctor"), "night").startswith("✓")


def test_a_bare_machine_gets_every_answer_and_no_database_by_accident(run: Run, tmp_path: Path) -> None:
    told = run("doctor")
    assert told.exit_code == 1
    assert "mitwirken db upgrade" in line(told, "database")
    assert sum(words[:1] in "✓✗" for words in told.output.splitlines() if words) == len(CHECKS)
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_not_where_they_should_be_are_counted(
    healthy: Mapping[str, str], region: Run, tmp_path: Path
) -> None:
    store, db = Store(str(tmp_path / "var" / "files")), Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with db.transaction() as session:
        for words in (b"eins", b"zwei"):
            attachments.take_upload(session, store, clean(words))
    assert line(region("doctor"), "uploads").startswith("✓")
    store.delete(next(store.names()))
    told = line(region("doctor"), "uploads")
    assert "1 files are not in" in told
    assert "backup" in told
    db.close()
