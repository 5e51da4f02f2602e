"""Empty forms, answered before Flask: one page for everybody, kept for seconds, a fresh token in each.

A hall that scans a code asks for the same page at once. Kept is only what somebody got who is not signed
in, at an address that we give out ourselves, so it holds nothing of anybody and does not grow with guesses.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from webforms import tokens
from webforms.site import PERSON_COOKIE, Site, site


def install(app: Flask) -> None:
    """Answer what is kept in the place of the app."""
    inner = app.wsgi_app
    here: Site = app.extensions["mitwirken"]

    def kept_or_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        kept = None
        if environ["REQUEST_METHOD"] == "GET" and PERSON_COOKIE not in environ.get("HTTP_COOKIE", ""):
            kept = here.db.cache.peek(_name(environ))
        if kept is None:
            return inner(environ, start_response)
        headers, before, after = kept
        body = b"".join((before, tokens.issue(here.secret).encode(), after))
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    app.wsgi_app = kept_or_app  # type: ignore[method-assign]


def _name(environ: dict[str, Any]) -> str:
    return f"page:{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"


def keep(response: Response, token: str) -> None:
    """Keep the page that is shown to somebody who is not signed in, but for its token."""
    before, found, after = response.get_data().partition(token.encode())
    if found and token.encode() not in after:
        headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        site().db.cache.get(_name(request.environ), lambda: (headers, before, after))
