"""The pages' server: a worker that is killed again and again is replaced; one that cannot start is not."""

import os
import signal
import sys
import time

import httpx
import pytest

from bench.hall import workers_of
from bench.servers import free_port, running
from models.db import Database


@pytest.mark.journey
def test_a_worker_that_is_killed_twice_at_once_costs_nobody_the_server(paderborn: Database) -> None:
    port = free_port()
    environment = {
        "MITWIRKEN_DATABASE": str(paderborn.url), "MITWIRKEN_PORT": str(port),
        "MITWIRKEN_SECRET": "tests-only-secret", "MITWIRKEN_SETTINGS": os.devnull,
    }  # fmt: skip
    with running([sys.executable, "-m", "mitwirken", "web"], environment, port, ask="/healthz") as pid:
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
