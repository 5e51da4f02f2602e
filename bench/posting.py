"""The sign-up as a browser sends it, and calling a WSGI application without a server."""

import io
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias
from urllib.parse import urlencode

from bench.stage import LANGUAGE, SECRET
from webforms import tokens

Wsgi: TypeAlias = "Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]"
FORM = f"/{LANGUAGE}/forms/join-group"


def body_of(code: str, email: str, token: str) -> bytes:
    """Return the fields of the form as a browser sends them, everything filled in that is asked."""
    fields = {
        "csrf": token, "group": code, "name": "أمينة Beispiel", "organisation": "", "role": "member",
        "reach": "email", "email": email, "phone": "", "pass_on": "yes", "updates": "yes",
    }  # fmt: skip
    return urlencode(fields).encode()


def sign_up(code: str, email: str) -> bytes:
    """Return the body of a sign-up with a good token of its own."""
    return body_of(code, email, tokens.issue(SECRET.encode()))


def environ(method: str, path: str, query: str = "", body: bytes = b"") -> dict[str, Any]:
    """Return what a server hands to a WSGI application."""
    return {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_USER_AGENT": "Mozilla/5.0 (Android 14; Mobile; rv:140.0)", "HTTP_ACCEPT": "text/html,*/*",
        "HTTP_ACCEPT_LANGUAGE": "ar,de;q=0.5", "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
        "CONTENT_LENGTH": str(len(body)) if body else "", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


class Answer:
    """What a WSGI application answers: status, headers, body."""

    def __init__(self, app: Wsgi, request: dict[str, Any]) -> None:
        result = app(request, self._start)
        self.body = b"".join(result)
        close = getattr(result, "close", None)
        if close:
            close()

    def _start(self, status: str, headers: list[tuple[str, str]], *_rest: Any) -> Callable[[bytes], None]:
        self.status, self.headers = int(status[:3]), headers
        return lambda _data: None

    def expect(self, status: int) -> "Answer":
        """Return itself; AssertionError when the status is another."""
        if self.status != status:
            raise AssertionError(f"{self.status} instead of {status}: {self.body[:500]!r}")
        return self
