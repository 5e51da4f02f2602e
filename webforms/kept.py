"""Pages that many read at once, kept for seconds: each reader's own token or key is put in.

A hall that scans a code asks for the same page and the same form at once, and is thanked in the same words.
Pages and forms are answered before Flask. Kept is only what somebody got who is not signed in, at an address
that we give out ourselves, so it holds nothing of anybody and does not grow with guesses.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

import models.db
from translations import suggest
from webforms import tokens
from webforms.shelf import shelf, shelf_of
from webforms.site import PERSON_COOKIE, Site, tag

SHORTEST_KEY = 20  # what is shorter could stand in a page by chance
KEY_PLACE = "{{key}}"
SCANNED = "/j/"  # what is shown here depends on the reader's language, too


def install(app: Flask) -> None:
    """Answer what is kept in the place of the app."""
    inner = app.wsgi_app
    here: Site = app.extensions["mitwirken"]
    pages = shelf_of(app)

    def kept_or_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        kept = None
        if environ["REQUEST_METHOD"] == "GET" and PERSON_COOKIE not in environ.get("HTTP_COOKIE", ""):
            kept = pages.find(_name(environ), environ)
        if kept is None:
            return inner(environ, start_response)
        headers, before, after = kept
        body = before if after is None else b"".join((before, tokens.issue(here.secret).encode(), after))
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    app.wsgi_app = kept_or_app  # type: ignore[method-assign]


def _name(environ: dict[str, Any]) -> str:
    name = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    if name.startswith(SCANNED):
        return f"{suggest(environ.get('HTTP_ACCEPT_LANGUAGE')).tag}:{name}"
    return name


def keep(response: Response, token: str = "") -> None:
    """Keep the page that is shown to somebody who is not signed in, but for its token if it has one."""
    before, found, after = response.get_data(), b"", None
    if token:
        before, found, after = before.partition(token.encode())
        if not found or token.encode() in after:
            return
    headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
    shelf().put(_name(request.environ), (headers, before, after), models.db.CACHE_SECONDS)


def shared(name: str, key: str, render: Callable[[], Response]) -> Response:
    """Return a page that all readers of `name` share but for their own long key, rendered for the first.

    `name` must hold everything that the page is made of, besides the address and the key.
    """
    if len(key) < SHORTEST_KEY or request.query_string:
        return render()

    def without_key() -> str:
        return render().get_data(as_text=True).replace(key, KEY_PLACE)

    page = shelf().get(name, models.db.CACHE_SECONDS, without_key, request.environ)
    return Response(page.replace(KEY_PLACE, key), headers={"Content-Language": tag()})
