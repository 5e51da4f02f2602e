"""Pages as they were last rendered, and rendered anew beside their readers before they are too old.

In a hall somebody asks for the same page every few milliseconds. If whoever comes after its end rendered it,
they and all behind them would wait, several times a second. So a reader who comes late in a page's life gets
it at once, and a thread of the shelf asks the app for it again.
"""

import io
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from flask import Flask, current_app
from werkzeug.test import run_wsgi_app

from models.db import Cache

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

logger = logging.getLogger(__name__)

ANEW = "mitwirken.anew"  # marks a request of the shelf's own in its environment
DUE = 0.8  # of a page's life, after which it is asked for anew
OVERDUE = 3.0  # of a page's life, up to which it is shown while its successor is being made
_OF_A_READER = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page, when it was made, for how many seconds it is good, and before which change of the data."""

    made: float
    life: float
    edition: int
    page: Any

    def age(self) -> float:
        """Return which part of its life is over; 1 is its end."""
        return (time.monotonic() - self.made) / self.life


class Shelf:
    """What all readers share, under names out of our own addresses only: else it would grow with guesses."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._kept: dict[str, Kept] = {}
        self._making: dict[str, threading.Lock] = {}
        self._asked: set[str] = set()
        self._wanted: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()
        self._inner: Wsgi | None = None

    def renew_by(self, inner: Wsgi) -> None:
        """Ask this for pages anew from now on; without it, who comes too late makes the page."""
        self._inner = inner
        threading.Thread(target=self._renew, name="shelf", daemon=True).start()

    def find(self, name: str, environ: dict[str, Any]) -> Any:
        """Return a page that may still be shown, or None; have it made anew where it is due."""
        kept = self._kept.get(name)
        if kept is None or kept.edition != self._cache.edition or ANEW in environ:
            return None
        age = kept.age()
        if age >= DUE and self._inner is not None and age < OVERDUE:
            self._want(name, environ)
            return kept.page
        return kept.page if age < 1 else None

    def put(self, name: str, page: Any, life: float) -> None:
        """Keep a page for so many seconds, and let go of what is over."""
        for old, kept in list(self._kept.items()):
            if kept.age() >= OVERDUE:
                self._kept.pop(old, None)
        self._kept[name] = Kept(time.monotonic(), life, self._cache.edition, page)

    def get(self, name: str, life: float, make: Callable[[], Any], environ: dict[str, Any]) -> Any:
        """Return a page that may still be shown, else make it; of many who miss it at once, one makes it."""
        found = self.find(name, environ)
        if found is not None:
            return found
        try:
            with self._making.setdefault(name, threading.Lock()):
                found = self.find(name, environ)
                if found is None:
                    found = make()
                    self.put(name, found, life)
        finally:
            self._making.pop(name, None)  # also after what failed: guesses take no room
        return found

    def _want(self, name: str, environ: dict[str, Any]) -> None:
        if name not in self._asked:
            self._asked.add(name)
            own = {key: value for key, value in environ.items() if key not in _OF_A_READER}
            self._wanted.put((name, own | {ANEW: True, "wsgi.input": io.BytesIO(), "REQUEST_METHOD": "GET"}))

    def _renew(self) -> None:
        while self._inner is not None:
            name, environ = self._wanted.get()
            try:
                run_wsgi_app(self._inner, environ, buffered=True)
            except Exception:
                logger.exception("a page could not be made anew")
            finally:
                self._asked.discard(name)


def shelf() -> Shelf:
    """Return the shelf of the current app."""
    return shelf_of(current_app)


def shelf_of(app: Flask) -> Shelf:
    """Return the shelf of an app."""
    found: Shelf = app.extensions["shelf"]
    return found


def install(app: Flask, cache: Cache) -> None:
    """Give the app a shelf, whose pages end with what the database's cache keeps."""
    app.extensions["shelf"] = Shelf(cache)
