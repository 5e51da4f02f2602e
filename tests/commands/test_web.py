"""The pages' server: a worker that is killed again and again is replaced; open lines keep nobody out."""

import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from bench.hall import workers_of
from bench.load import request
from bench.servers import free_port, running
from commands.web import BACKLOG
from models.db import Database

pytestmark = pytest.mark.journey


@pytest.fixture
def served(paderborn: Database) -> Iterator[tuple[int, int]]:
    """The port and the process of a server."""
    port = free_port()
    environment = {
        "MITWIRKEN_DATABASE": str(paderborn.url), "MITWIRKEN_PORT": str(port),
        "MITWIRKEN_SECRET": "tests-only-secret", "MITWIRKEN_SETTINGS": os.devnull,
    }  # fmt: skip
    with running([sys.executable, "-m", "mitwirken", "web"], environment, port, ask="/healthz") as pid:
        yield port, pid


def test_a_worker_that_is_killed_twice_at_once_costs_nobody_the_server(served: tuple[int, int]) -> None:
    port, pid = served
    for _time in range(2):
        (worker,) = workers_of(pid)
        os.kill(worker, signal.SIGKILL)
        end = time.monotonic() + 60
        while True:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/de/", timeout=30)
                break
            except httpx.HTTPError:
                assert time.monotonic() < end
                time.sleep(0.05)
        assert answer.status_code == 200
        time.sleep(2.1)  # longer than what counts as unable to start


def is_open(line: socket.socket) -> bool:
    """Return whether the server has not hung up."""
    try:
        return line.recv(1, socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_lines_that_browsers_keep_open_keep_nobody_out(served: tuple[int, int]) -> None:
    """More than what may wait in line; each has had its answer, and could ask for more."""
    place, many, ask = (
        ("127.0.0.1", served[0]),
        BACKLOG + 200,
        request("GET", "/de/forms/join-group", keep=True),
    )
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, many * 2), most))
    try:
        with ExitStack() as lines:
            kept = [lines.enter_context(socket.create_connection(place)) for _one in range(many)]
            for line in kept:
                line.sendall(ask)
            assert all(line.recv(65536).startswith(b"HTTP/1.1 200") for line in kept)
            assert sum(map(is_open, kept)) == many
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))
