"""Keeping the bot's token out of every log: it stands in each address that the bot calls."""

import logging
import re
from collections.abc import Callable
from typing import Any

_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{16,}")
_HIDDEN = "[token]"
_TALKATIVE = ("httpx", "httpcore", "telegram", "telegram.ext", "aiohttp.access")


def redacted(text: str) -> str:
    """Return the text without anything that looks like a bot token."""
    return _TOKEN.sub(_HIDDEN, text)


class Redact(logging.Filter):
    """Takes tokens out of a record: from its message, and from the traceback that goes with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where a token stands in it; nothing is left out."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # a wrong placeholder is the logger's to complain about
            message = str(record.msg)
        clean = redacted(message)
        if clean != message:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0] and not record.exc_text:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
        return True


class _Factory:
    """Makes log records that have been through `Redact`, whatever logger and handler they go to."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self.make = make
        self.redact = Redact()

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self.make(*args, **kwargs)
        self.redact.filter(record)
        return record


def install() -> None:
    """Redact every record of this process from now on, and silence libraries that log addresses."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Factory):
        logging.setLogRecordFactory(_Factory(make))
