"""The wall of an event, for the projector: rendered once for all who look at it, and answered before Flask.

Hundreds of open walls ask every few seconds. What they get is made every `FRESH` seconds at most; who has
it already gets 304, both without a look into the database.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from flask import Blueprint, Flask, Response, g, render_template, request

from models import walls
from translations import SOURCE, find
from webforms import pages
from webforms.qr import qr_svg
from webforms.shelf import shelf, shelf_of
from webforms.site import site
from webforms.static_files import address

FRESH = 2.0  # seconds
blueprint = Blueprint("walls", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody gets now, and the mark of who has it already."""

    mark: str
    body: bytes


def install(app: Flask) -> None:
    """Answer walls from memory in the place of the app."""
    inner = app.wsgi_app
    kept = shelf_of(app)

    def wall_or_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not (path.startswith("/wall/") and path.endswith("/now")):
            return inner(environ, start_response)
        shown: Shown | None = kept.find(_name(path, environ.get("QUERY_STRING", "")), environ)
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


def _tag(query: str) -> str:
    wanted = find(parse_qs(query).get("lang", [""])[0])
    return wanted.tag if wanted else SOURCE


def _name(path: str, query: str) -> str:
    return f"{_tag(query)}:{path}"


@lru_cache(maxsize=64)  # a wall is made anew every two seconds, and its code is the most of the work
def _drawn(link: str) -> str:
    """Return the code of a wall. Only these are kept: others hold codes and keys of people."""
    return qr_svg(link)


def _read(code: str) -> dict[str, Any]:
    """Return what the wall shows, with the code that is to be scanned now."""
    with site().db.reading() as session:
        seen = walls.now(session, code)
    link = site().settings.address(seen.way)
    return {"wall": seen, "code": _drawn(link), "short": link.split("://", 1)[-1]}


@blueprint.get("/wall/<code>")
def wall(code: str) -> Response:
    """Show the wall; without script it loads anew every ten seconds."""
    g.tag = _tag(request.query_string.decode("latin-1"))
    return pages.show("wall.html", **_read(code), script=address("wall.js"), look=address("wall.css"))


@blueprint.get("/wall/<code>/now")
def as_it_is(code: str) -> Response:
    """Return what changes on the wall, as a piece of the page; 304 to who has it already."""
    query = request.query_string.decode("latin-1")
    g.tag = _tag(query)

    def render() -> Shown:
        body = render_template("wall_body.html", **_read(code)).encode()
        return Shown(f'"{sha256(body).hexdigest()[:24]}"', body)

    shown: Shown = shelf().get(_name(request.path, query), FRESH, render, request.environ)
    response = Response(shown.body, mimetype="text/html")
    response.headers["ETag"] = shown.mark
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]
