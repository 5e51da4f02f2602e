"""Refusals and faults as pages, in the reader's language."""

import logging
import secrets

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from models import room
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed, NotFound, NotReady
from translations import Text, _, find, suggest
from webforms import pages

log = logging.getLogger(__name__)
STATUS: dict[type[DomainError], int] = {
    InvalidAnswer: 422, NotFound: 404, NotAllowed: 403, Conflict: 409, NotReady: 503,
}  # fmt: skip
WORDS: dict[int, Text] = {
    400: _("This could not be read. Please go back and try once more."),
    403: _("You are not allowed to see this."),
    404: _("There is no such page."),
    405: _("This does not work here. Please go back and try once more."),
    413: _("This is too large. Please send less at once."),
    503: _("Many people are here right now. Please try again in a moment; nothing is lost."),
}

FULL = _("Nothing can be saved at the moment. Please go back and send it once more in a few minutes.")
SOON, LATER = 5, 60  # seconds: many people pass, for room on a disk somebody has to do something


def status_of(error: DomainError) -> int:
    """Return the status with which a page refuses."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)


def _know_language() -> None:
    if "tag" not in g:
        first = request.path.split("/")[1] if request.path.count("/") else ""
        known = find(first) if first else None
        g.tag = known.tag if known else suggest(request.headers.get("Accept-Language")).tag


def refused(error: DomainError) -> Response:
    """Show a refusal with its own words."""
    _know_language()
    return _page(status_of(error), error.text)


def _page(status: int, words: Text) -> Response:
    """Show an error with the region's look, or without it where the database does not answer either."""
    try:
        return pages.show("error.html", status, words=words, reference="")
    except SQLAlchemyError:
        return bare(status, words)


def bare(status: int, words: Text) -> Response:
    """Show an error without anything from the database."""
    return pages.show("error.html", status, words=words, reference="", region=None)


def failed(error: HTTPException) -> Response:
    """Show a page for what HTTP calls an error."""
    _know_language()
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    return _page(status, WORDS.get(status, WORDS[400]))


def busy(error: Exception) -> Response:
    """Ask for patience when the database cannot take more right now, or has no room."""
    if room.is_lacking(error):
        log.error("disk full: nothing can be saved")
        return _later(FULL, LATER)
    log.warning("database busy or away")
    return _later(WORDS[503], SOON)


def unwritable(error: OSError) -> Response:
    """Ask for patience when a disk is full; whatever else a file does to us is a bug."""
    return busy(error) if room.is_lacking(error) else broken(error)


def _later(words: Text, seconds: int) -> Response:
    _know_language()
    response = pages.show("error.html", 503, words=words, reference="", region=None)
    response.headers["Retry-After"] = str(seconds)
    return response


def broken(_error: Exception) -> Response:
    """Apologise for a bug, with a number under which the log has it."""
    _know_language()
    reference = secrets.token_hex(4)
    log.exception("reference %s", reference)
    words = _("Something went wrong on our side. We are sorry.")
    return pages.show("error.html", 500, words=words, reference=reference, region=None)


def install(app: Flask) -> None:
    """Turn errors of all kinds into pages."""
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(PoolTimeout, busy)
    app.register_error_handler(OSError, unwritable)
    app.register_error_handler(Exception, broken)
