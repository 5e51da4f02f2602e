"""What processes log helps to find faults and holds no secret."""

import logging
from collections.abc import Iterator

import pytest

from commands.logs import set_up_logging
from models.settings import Settings

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
    logging.getLogger("bot").info("asked https://api.telegram.org/bot%s/getMe", TOKEN)
    try:
        raise ValueError(f"no answer of {TOKEN} with mailgeheim")
    except ValueError:
        logging.getLogger("bot").exception("failed")
    told = capsys.readouterr().err
    # The bot masks its token by itself wherever it was started in the same process; either mask will do.
    told = told.replace("[token]", "•••")
    assert "asked https://api.telegram.org/bot•••/getMe" in told
    assert "ValueError: no answer of ••• with •••" in told
    assert TOKEN not in told


def test_http_clients_log_no_addresses(
    logging_as_before: None, capsys: pytest.CaptureFixture[str], clean_environment: None
) -> None:
    set_up_logging(Settings(_env_file=None))
    logging.getLogger("httpx").info("GET https://api.telegram.org/")
    logging.getLogger("httpx").warning("no answer")
    assert capsys.readouterr().err.count("\n") == 1
