"""The wall of an event, for the projector: rendered once for all who look at it, and answered before Flask.

Hundreds of open walls ask every few seconds. What they get is made every `FRESH` seconds at most; who has
it already gets 304, both without a look into the database.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from flask import Blueprint, Flask, Response, current_app, g, render_template, request

from models import walls
from translations import SOURCE, find
from webforms import pages
from webforms.qr import qr_svg
from webforms.site import site
from webforms.static_files import address

FRESH = 2.0  # seconds
KEPT = 600.0  # seconds, after which what nobody looks at any more is forgotten
blueprint = Blueprint("walls", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody gets now."""

    until: float
    mark: str
    body: bytes


class Board:
    """The walls that are looked at, as they were last rendered; one thread renders, nobody else waits."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], Shown] = {}
        self._rendering = threading.Lock()

    def peek(self, code: str, tag: str) -> Shown | None:
        """Return what is still fresh, or is being rendered anew by somebody else."""
        found = self._shown.get((code, tag))
        is_fresh = found is not None and (time.monotonic() < found.until or self._rendering.locked())
        return found if is_fresh else None

    def show(self, code: str, tag: str, render: Callable[[], str]) -> Shown:
        """Render and keep; what fails is not kept, so that a code that does not exist takes no room."""
        with self._rendering:
            found = self._shown.get((code, tag))
            if found is not None and time.monotonic() < found.until:
                return found
            body = render().encode()
            now = time.monotonic()
            self._shown = {key: one for key, one in self._shown.items() if now < one.until + KEPT}
            made = Shown(now + FRESH, f'"{sha256(body).hexdigest()[:24]}"', body)
            self._shown[code, tag] = made
            return made


def install(app: Flask) -> None:
    """Answer walls from memory in the place of the app."""
    inner = app.wsgi_app
    board: Board = app.extensions.setdefault("walls", Board())

    def wall_or_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not (path.startswith("/wall/") and path.endswith("/now")):
            return inner(environ, start_response)
        wanted = find(parse_qs(environ.get("QUERY_STRING", "")).get("lang", [""])[0])
        shown = board.peek(path[len("/wall/") : -len("/now")], wanted.tag if wanted else SOURCE)
        if shown is None:
            return inner(environ, start_response)
        is_known = environ.get("HTTP_IF_NONE_MATCH") == shown.mark
        headers = [("ETag", shown.mark), ("Cache-Control", "no-cache")]
        if is_known:
            start_response("304 Not Modified", headers)
            return [b""]
        headers += [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(shown.body)))]
        start_response("200 OK", headers)
        return [shown.body]

    app.wsgi_app = wall_or_app  # type: ignore[method-assign]


def _board() -> Board:
    board: Board = current_app.extensions["walls"]
    return board


def _tag() -> str:
    wanted = find(request.args.get("lang", ""))
    return wanted.tag if wanted else SOURCE


def _read(code: str) -> dict[str, Any]:
    """Return what the wall shows, with the code that is to be scanned now."""
    with site().db.reading() as session:
        seen = walls.now(session, code)
    link = site().settings.address(seen.way)
    return {"wall": seen, "code": qr_svg(link), "short": link.split("://", 1)[-1]}


@blueprint.get("/wall/<code>")
def wall(code: str) -> Response:
    """Show the wall; without script it loads anew every ten seconds."""
    g.tag = _tag()
    return pages.show("wall.html", **_read(code), script=address("wall.js"), look=address("wall.css"))


@blueprint.get("/wall/<code>/now")
def as_it_is(code: str) -> Response:
    """Return what changes on the wall, as a piece of the page; 304 to who has it already."""
    g.tag = _tag()
    shown = _board().show(code, g.tag, lambda: render_template("wall_body.html", **_read(code)))
    response = Response(shown.body, mimetype="text/html")
    response.headers["ETag"] = shown.mark
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]
