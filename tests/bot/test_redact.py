"""The token stays out of every log."""

import logging

import pytest

from bot import redact

TOKEN = "7000000001:AAF-secret_secret_secret_secret_123"


@pytest.fixture(autouse=True)
def _installed() -> None:
    redact.install()


def test_a_token_in_a_message_is_hidden(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("somebody.else").info("POST %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
    assert "getMe" in caplog.text
    assert TOKEN not in caplog.text


def test_a_token_in_a_traceback_is_hidden(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError(f"The token `{TOKEN}` was rejected")

    try:
        fail()
    except RuntimeError:
        logging.getLogger("x").exception("It did not work")
    assert "RuntimeError" in caplog.text
    assert TOKEN not in caplog.text


def test_libraries_that_log_addresses_are_silent(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot1/getMe")
    assert caplog.text == ""


def test_a_wrong_placeholder_does_not_stop_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.getLogRecordFactory()("x", logging.INFO, "f", 1, f"{TOKEN} %d", ("no number",), None)
    assert TOKEN not in str(record.msg)
