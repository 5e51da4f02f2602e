"""What went wrong, in one line that an admin can do something about."""

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from models.backup import BackupError
from models.errors import DomainError


def in_words(error: Exception) -> str:
    """Return one line for whatever stopped a command."""
    if isinstance(error, DomainError):
        return error.text.to("en")
    if isinstance(error, BackupError):
        return str(error)
    if isinstance(error, ValidationError):
        return "; ".join(_setting(found["loc"], found["msg"]) for found in error.errors())
    if isinstance(error, DBAPIError):
        return f"The database refuses: {_first_line(error.orig)}"
    if isinstance(error, SQLAlchemyError):
        return f"The database cannot be used: {_first_line(error)}"
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or error}{where}"
    return f"Unexpected {type(error).__name__}: {_first_line(error)} (MITWIRKEN_DEBUG=1 shows where)"


def _setting(place: tuple[int | str, ...], message: str) -> str:
    return f"MITWIRKEN_{'_'.join(str(part) for part in place).upper()}: {message}"


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [""])[0]
