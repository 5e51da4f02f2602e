"""Serving the application and the reference for real: both behind granian, as many threads, FULL."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.stage import SECRET
from commands.web import ON_SQLITE

PATIENCE = 120.0  # seconds that a server may take to answer first, on a machine that is busy
SERVER = "granian {}×{}".format(*ON_SQLITE)  # processes and threads each, as an office runs it


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def application(file: Path) -> Iterator[int]:
    """Run `mitwirken web` on a SQLite file; return its port."""
    with serving(f"sqlite:///{file}") as (port, _pid):
        yield port


@contextmanager
def serving(url: str) -> Iterator[tuple[int, int]]:
    """Run `mitwirken web` on a database; return its port and its process."""
    port = free_port()
    environment = {
        "MITWIRKEN_DATABASE": url, "MITWIRKEN_PORT": str(port), "MITWIRKEN_SECRET": SECRET,
        "MITWIRKEN_LEAST_SECONDS": "0", "MITWIRKEN_BOT_USERNAME": "bench_bot",
        "MITWIRKEN_SETTINGS": os.devnull,
    }  # fmt: skip
    with running([sys.executable, "-m", "mitwirken", "web"], environment, port) as pid:
        yield port, pid


@contextmanager
def reference(place: Path | str, recording: Path) -> Iterator[int]:
    """Run the reference on a file or an address with recorded statements; return its port."""
    port = free_port()
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    environment = {"BENCH_DATABASE": url, "BENCH_RECORDING": str(recording), "BENCH_PORT": str(port)}
    with running([sys.executable, "-m", "bench.serve_reference"], environment, port):
        yield port


@contextmanager
def running(
    command: list[str], environment: dict[str, str], port: int = 0, *, ask: str = "/ar/forms/join-group"
) -> Iterator[int]:
    """Run a process, once it answers on its port if it has one; return its id. Failures show its log."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
        try:
            if port:
                _wait_for(process, port, ask)
            yield process.pid
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-2000:])
            raise
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                line.settimeout(PATIENCE)
                line.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
                if line.recv(64):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not come up")
