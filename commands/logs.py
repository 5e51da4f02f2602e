"""Logging of the processes: to standard error, and never a secret."""

import logging

from pydantic import SecretStr

from models.settings import Settings


class Discreet(logging.Formatter):
    """Writes records without the installation's secrets, in messages and in tracebacks alike."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole text of a record, secrets replaced."""
        text = super().format(record)
        for secret in self.secrets:
            text = text.replace(secret, "•••")
        return text


def secrets_of(settings: Settings) -> list[str]:
    """Return all secret values that are set, the longest first."""
    values = [value for _name, value in settings if isinstance(value, SecretStr)]
    return sorted((s.get_secret_value() for s in values if s.get_secret_value()), key=len, reverse=True)


def set_up_logging(settings: Settings) -> None:
    """Log to standard error from INFO up; HTTP clients, which log every address, from WARNING up."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "aiohttp.access", "mail.log", "alembic", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
