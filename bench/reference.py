"""The reference: bare WSGI and the driver, running the application's own SQL; nothing could be less.

It reads the form, runs the recorded statements with fresh values on a connection of the application's
own making (same pragmas, synchronous=FULL) and redirects. It validates nothing and says nothing.
"""

import hashlib
import itertools
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

from bench.posting import Wsgi
from bench.recording import EMAIL, Recording, Statement
from models.db import writing_engine

PAGE = b'<!doctype html><form method=post><input type=hidden name=csrf value="%s"></form>'
_HEADERS = [("Content-Type", "text/html; charset=utf-8")]


def connect(file: Path) -> sqlite3.Connection:
    """Return a connection exactly as the application's writing one."""
    return cast(sqlite3.Connection, writing_engine(f"sqlite:///{file}").raw_connection().driver_connection)


def run(connection: sqlite3.Connection, statements: list[Statement], fresh: dict[str, Any]) -> bool:
    """Run recorded statements with fresh values; return whether they found anything."""
    is_found = False
    for one in statements:
        rows = one.rows
        if one.fresh:
            rows = [list(row) for row in rows]
            for number, position, what in one.fresh:
                value = (
                    fresh[what] if what != "within" else rows[number][position].replace(EMAIL, fresh["email"])
                )
                rows[number][position] = value
        if one.is_many:
            connection.executemany(one.sql, rows)
        elif one.sql == "COMMIT":
            connection.commit()
        elif one.sql == "ROLLBACK":
            connection.rollback()
        else:
            found = connection.execute(one.sql, rows[0]).fetchall()
            is_found = is_found or bool(found)
            if one.gives_id_of:
                fresh[one.gives_id_of] = found[0][0]
    return is_found


def make(file: Path, recording: Recording) -> Wsgi:
    """Return the reference as a WSGI callable."""
    connection = connect(file)
    numbers = itertools.count(1)
    alone = threading.Lock()  # many threads serve; two on one connection would be in each other's transaction

    def app(request: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if request["REQUEST_METHOD"] == "POST":
            fields = parse_qs(request["wsgi.input"].read(int(request["CONTENT_LENGTH"])).decode())
            key = fields["csrf"][0].partition(".")[0]
            fresh = {"email": fields["email"][0], "key": hashlib.sha256(key.encode()).hexdigest()}
            with alone:  # a form that is sent twice is looked up, which is the least that one can do
                if not run(connection, recording.thanks, dict(fresh)):
                    run(connection, recording.post, fresh)
            start("303 See Other", [*_HEADERS, ("Location", f"/ar/thanks/{key}"), ("Content-Length", "0")])
            return [b""]
        path = request["PATH_INFO"]
        if "/thanks/" in path:
            key = hashlib.sha256(path.rsplit("/", 1)[1].encode()).hexdigest()
            with alone:
                run(connection, recording.thanks, {"key": key})
            body = b"<!doctype html><p>Thank you"
        else:
            body = PAGE % f"raw{next(numbers):08}.0.0".encode()
        start("200 OK", [*_HEADERS, ("Content-Length", str(len(body)))])
        return [body]

    return app


def served() -> Wsgi:
    """Return the reference on the files that the environment names, for a server's worker."""
    recording = Recording.load(Path(os.environ["BENCH_RECORDING"]))
    return make(Path(os.environ["BENCH_DATABASE"]), recording)
