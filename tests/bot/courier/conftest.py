"""Emulators for the courier's tests."""

from collections.abc import Iterator

import pytest

from bot.emulator.threaded import Running, running


@pytest.fixture
def emulator() -> Iterator[Running]:
    """An emulator that minds Telegram's limits."""
    with running(hold=3.0) as one:
        yield one
