"""Pages that many read at once, kept for seconds: each reader's own token or key is put in.

A hall that scans a code asks for the same form at once, and is thanked in the same words. Forms are answered
before Flask. Kept is only what somebody got who is not signed in, at an address that we give out ourselves,
so it holds nothing of anybody and does not grow with guesses.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from webforms import tokens
from webforms.site import PERSON_COOKIE, Site, site, tag

SHORTEST_KEY = 20  # what is shorter could stand in a page by chance
KEY_PLACE = "{{key}}"


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


def shared(name: str, key: str, render: Callable[[], Response]) -> Response:
    """Return a page that all readers of `name` share but for their own long key, rendered for the first.

    `name` must hold everything that the page is made of, besides the address and the key.
    """
    if len(key) < SHORTEST_KEY or request.query_string:
        return render()

    def without_key() -> str:
        return render().get_data(as_text=True).replace(key, KEY_PLACE)

    page = site().db.cache.get(f"page:{name}", without_key)
    return Response(page.replace(KEY_PLACE, key), headers={"Content-Language": tag()})
