"""One emulator without limits for all tests of a file."""

from collections.abc import Iterator

import pytest

from bot.emulator.threaded import Running, running


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's coming way of telling durations; the present one warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Running]:
    with running(limits=False, webhook_delay=0.05, hold=2.0) as one:
        yield one
