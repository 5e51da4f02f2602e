"""What processes log helps to find faults and holds no secret."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
from pydantic import ValidationError

from commands.failures import Refusal
from commands.logs import set_up_logging
from commands.running import run_until_stopped
from models.settings import Settings

NAME = "Amina Beispiel"
TOKEN = "123456:secret-of-the-bot"


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Logging as it was, after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_secrets_reach_neither_messages_nor_tracebacks(
    logging_as_before: None, capsys: pytest.CaptureFixture[str], clean_environment: None
) -> None:
    set_up_logging(Settings(bot_token=TOKEN, smtp_password="mailgeheim", _env_file=None))
    logging.getLogger("bot").info("asked https://api.telegram.org/bot%s/getMe with mailgeheim", TOKEN)
    try:
        raise TypeError(f"no answer of {TOKEN} with mailgeheim")
    except TypeError:
        logging.getLogger("bot").exception("failed")
    told = capsys.readouterr().err
    # The bot masks its token by itself wherever it was started in the same process; either mask will do.
    told = told.replace("[token]", "•••")
    assert "asked https://api.telegram.org/bot•••/getMe with •••" in told
    assert "TypeError: no answer of ••• with •••" in told
    assert TOKEN not in told


def test_one_line_of_json_for_each_record(
    logging_as_before: None, capsys: pytest.CaptureFixture[str], clean_environment: None
) -> None:
    set_up_logging(Settings(log_format="json", _env_file=None))
    logging.getLogger("bot").info("%d files,\nfor %s", 3, "amina@example.org")
    logging.getLogger("bot").error("wrong %d", "placeholder")
    try:
        raise ValueError("Amina Beispiel")
    except ValueError:
        logging.getLogger("webforms").exception("reference %s", "12ab34cd")
    first, second, third = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (first["level"], first["logger"], first["message"]) == ("info", "bot", "3 files,\nfor [address]")
    assert datetime.fromisoformat(first["at"]).tzinfo is not None
    assert second["message"] == "wrong %d"
    assert "trace" not in second
    assert third["message"] == "reference 12ab34cd"
    assert third["trace"].startswith("Traceback")
    assert third["trace"].endswith("ValueError (words withheld)")


def test_only_the_two_ways_of_writing_are_taken(clean_environment: None) -> None:
    with pytest.raises(ValidationError, match="log_format"):
        Settings(log_format="xml", _env_file=None)


def test_http_clients_log_no_addresses(
    logging_as_before: None, capsys: pytest.CaptureFixture[str], clean_environment: None
) -> None:
    set_up_logging(Settings(_env_file=None))
    logging.getLogger("httpx").info("GET https://api.telegram.org/")
    logging.getLogger("httpx").warning("no answer")
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bug_that_ends_a_process_tells_its_place_and_nobodys_words(
    logging_as_before: None, capsys: pytest.CaptureFixture[str], clean_environment: None
) -> None:
    async def work(_stop: asyncio.Event) -> None:
        raise ValueError(NAME)

    set_up_logging(Settings(_env_file=None))
    with pytest.raises(Refusal) as caught:
        run_until_stopped(work)
    told = capsys.readouterr().err
    assert NAME not in told + caught.value.format_message()
    assert "raise ValueError(NAME)" in told
    assert "ValueError (words withheld)" in told
