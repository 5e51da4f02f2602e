"""Logging of the processes: to standard error, and never a secret or a person."""

import json
import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from commands.discretion import redacted, story
from models.settings import Settings

CHATTY = (
    "httpx",
    "httpcore",
    "aiohttp.access",
    "mail.log",
    "alembic",
    "fontTools",
    "telegram",
    "telegram.ext",
)
# The web server's own loggers take our way out instead of theirs.
SERVER_LOGGERS: dict[str, Any] = {
    name: {"handlers": [], "level": "WARNING", "propagate": True} for name in ("_granian", "granian.access")
}


class Discreet(logging.Formatter):
    """Writes records without the installation's secrets and without people, tracebacks included."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.secrets = secrets

    def clean(self, text: str) -> str:
        """Return a text as it may stand in a log."""
        for secret in self.secrets:
            text = text.replace(secret, "•••")
        return redacted(text)

    def message(self, record: logging.LogRecord) -> str:
        """Return what a record says; a wrong placeholder is no reason to say nothing."""
        try:
            return self.clean(record.getMessage())
        except (TypeError, ValueError):
            return self.clean(str(record.msg))

    def trace(self, record: logging.LogRecord) -> str:
        """Return where a record's error came from, "" for one without."""
        if record.exc_info and record.exc_info[1] is not None:
            return story(record.exc_info[1], self.clean)
        return self.clean("\n".join(part for part in (record.exc_text, record.stack_info) if part))

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line, and its traceback below."""
        place = f"{self.formatTime(record)} {record.levelname} {record.name}"
        lines = [f"{place}: {self.message(record)}", self.trace(record)]
        return "\n".join(line for line in lines if line)


class AsJson(Discreet):
    """Writes each record as one line of JSON, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process or os.getpid(),
            "message": self.message(record),
        }
        trace = self.trace(record)
        return json.dumps({**line, "trace": trace} if trace else line, ensure_ascii=False)


def secrets_of(settings: Settings) -> list[str]:
    """Return all secret values that are set, the longest first."""
    values = [value for _name, value in settings if isinstance(value, SecretStr)]
    return sorted((s.get_secret_value() for s in values if s.get_secret_value()), key=len, reverse=True)


def set_up_logging(settings: Settings) -> None:
    """Log to standard error from INFO up, as the settings want it; what logs addresses, from WARNING up."""
    handler = logging.StreamHandler()
    kind = AsJson if settings.log_format == "json" else Discreet
    handler.setFormatter(kind(secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
