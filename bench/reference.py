"""The reference: bare WSGI and the driver, running the application's own SQL; nothing could be less.

It reads the form, runs the recorded statements with fresh values on a connection of the application's
own making (on SQLite the same pragmas, synchronous=FULL) and redirects. It validates and says nothing.
SQLite has one connection, with which the threads take turns; on PostgreSQL each thread has its own.
"""

import hashlib
import itertools
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg

from bench.posting import Wsgi
from bench.recording import EMAIL, Recording, Statement
from models.db import writing_engine

PAGE = b'<!doctype html><form method=post><input type=hidden name=csrf value="%s"></form>'
_HEADERS = [("Content-Type", "text/html; charset=utf-8")]


def connect(url: str) -> Any:
    """Return a driver's connection exactly as the application's writing one."""
    return writing_engine(url).raw_connection().driver_connection


class Connections:
    """The connections of one process, and whose turn it is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._is_shared = url.startswith("sqlite")
        self._own = threading.local()
        self._shared = connect(url) if self._is_shared else None
        self._turn = threading.Lock()  # two on one connection would be in each other's transaction

    def get(self) -> Any:
        """Return the connection of this thread."""
        if self._is_shared:
            return self._shared
        if not hasattr(self._own, "connection"):
            self._own.connection = connect(self._url)
        return self._own.connection

    def turn(self) -> AbstractContextManager[Any]:
        """Return what to hold while the connection is used."""
        return self._turn if self._is_shared else nullcontext()


def run(connection: Any, statements: list[Statement], fresh: dict[str, Any]) -> bool:
    """Run recorded statements with fresh values; return whether they found anything."""
    is_found = False
    cursor = connection.cursor()
    for one in statements:
        rows = one.rows
        if one.fresh:
            rows = [row.copy() for row in rows]
            for number, position, what in one.fresh:
                value = (
                    fresh[what] if what != "within" else rows[number][position].replace(EMAIL, fresh["email"])
                )
                rows[number][position] = value
        if one.is_many:
            cursor.executemany(one.sql, rows)
        elif one.sql == "COMMIT":
            connection.commit()
        elif one.sql == "ROLLBACK":
            connection.rollback()
        else:
            cursor.execute(one.sql, rows[0])
            found = cursor.fetchall() if cursor.description else ()
            is_found = is_found or bool(found)
            if one.gives_id_of:
                fresh[one.gives_id_of] = found[0][0]
    return is_found


def sign_up(connection: Any, recording: Recording, fresh: dict[str, Any]) -> None:
    """Take a form in; one that is sent twice is looked up, which is the least that one can do."""
    try:
        if not run(connection, recording.lookup(), dict(fresh)):
            run(connection, recording.post, fresh)
    except psycopg.errors.UniqueViolation:  # its twin was quicker, on another connection
        connection.rollback()


def make(url: str, recording: Recording) -> Wsgi:
    """Return the reference as a WSGI callable."""
    connections = Connections(url)
    numbers = itertools.count(1)

    def app(request: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if request["REQUEST_METHOD"] == "POST":
            fields = parse_qs(request["wsgi.input"].read(int(request["CONTENT_LENGTH"])).decode())
            key = fields["csrf"][0].partition(".")[0]
            fresh = {"email": fields["email"][0], "key": hashlib.sha256(key.encode()).hexdigest()}
            with connections.turn():
                sign_up(connections.get(), recording, fresh)
            start("303 See Other", [*_HEADERS, ("Location", f"/ar/thanks/{key}"), ("Content-Length", "0")])
            return [b""]
        path = request["PATH_INFO"]
        if "/thanks/" in path:
            key = hashlib.sha256(path.rsplit("/", 1)[1].encode()).hexdigest()
            with connections.turn():
                run(connections.get(), recording.thanks, {"key": key})
            body = b"<!doctype html><p>Thank you"
        else:
            body = PAGE % f"raw{next(numbers):08}.0.0".encode()
        start("200 OK", [*_HEADERS, ("Content-Length", str(len(body)))])
        return [body]

    return app


def served() -> Wsgi:
    """Return the reference on what the environment names, for a server's worker."""
    recording = Recording.load(Path(os.environ["BENCH_RECORDING"]))
    return make(os.environ["BENCH_DATABASE"], recording)
