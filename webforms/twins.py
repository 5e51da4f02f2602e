"""A form that is sent twice at once, by two taps: the second waits for the first and gets its answer.

The database decides what is one entry, on every channel and in every process (see `submissions.arrive`). This
only spares the second everything else, before Flask; in a hall that is nearly half of all the work.
"""

import io
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.test import run_wsgi_app

KEPT = 10.0  # seconds for which an answer is known here; later ones are found in the database
PATIENCE = 20.0  # seconds that the second waits at most; then it tries on its own
LARGEST = 64 * 1024  # bytes of a form that is looked at; the longest text takes 24 KB, photos are not typed
FORM = re.compile(r"/[a-z-]+/forms/")
TYPED = "application/x-www-form-urlencoded"
LEADS_ON = "303"  # what the answer begins with where a form is stored


class Answer(NamedTuple):
    """What was answered, as WSGI has it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Twins:
    """The forms that are being taken in by this process, or have just been, by all that they consist of."""

    def __init__(self) -> None:
        self._under_way: dict[bytes, threading.Event] = {}
        self._answers: dict[bytes, tuple[float, Answer]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def alone(self, form: bytes) -> Iterator[Answer | None]:
        """Yield how this form has just been answered; else it is taken in by the caller alone."""
        with self._lock:
            first = self._under_way.get(form)
            mine = None if first else self._under_way.setdefault(form, threading.Event())
        if first is not None:
            first.wait(PATIENCE)
        try:
            at, answer = self._answers.get(form, (0.0, None))
            yield answer if time.monotonic() < at + KEPT else None
        finally:
            if mine is not None:
                del self._under_way[form]
                mine.set()

    def note(self, form: bytes, answer: Answer) -> None:
        """Remember the answer to a form that is stored, and forget those of before."""
        now = time.monotonic()
        with self._lock:
            while self._answers and next(iter(self._answers.values()))[0] + KEPT < now:
                del self._answers[next(iter(self._answers))]
            self._answers.pop(form, None)
            self._answers[form] = now, answer


def install(app: Flask) -> None:
    """Answer the second of two taps in the place of the app."""
    inner = app.wsgi_app
    twins = Twins()

    def twin_or_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_typed(environ):
            return inner(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(body)
        form = _mark(environ, body)
        with twins.alone(form) as answer:
            if answer is None:
                pages, status, headers = run_wsgi_app(inner, environ, buffered=True)
                answer = Answer(status, list(headers), b"".join(pages))
                if answer.status.startswith(LEADS_ON):
                    twins.note(form, answer)
        start_response(answer.status, answer.headers)
        return [answer.body]

    app.wsgi_app = twin_or_app  # type: ignore[method-assign]


def _is_typed(environ: dict[str, Any]) -> bool:
    """Return whether this is a form of ours that holds nothing but what was typed."""
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and FORM.match(environ["PATH_INFO"]) is not None
        and environ.get("CONTENT_TYPE", "").startswith(TYPED)
        and length.isdecimal()
        and int(length) <= LARGEST
    )


def _mark(environ: dict[str, Any], body: bytes) -> bytes:
    """Return by what a form is known: its address, who sends it, and each letter of it with its token."""
    who = "\n".join(
        environ.get(name, "") for name in ("PATH_INFO", "QUERY_STRING", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE")
    )
    return sha256(who.encode(errors="backslashreplace") + b"\n" + body).digest()
