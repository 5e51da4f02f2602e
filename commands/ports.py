"""Free ports on this machine, held so that two demos starting at once do not take the same ones."""

import contextlib
import socket
import sys

from commands.failures import Refusal

HOST = "127.0.0.1"
FIRST = 8080
_TRIES = 400


class Ports:
    """Gives out free ports. Each stays ours, among demos, until this is closed or the process ends."""

    def __init__(self) -> None:
        self._held: dict[int, socket.socket | None] = {}

    def close(self) -> None:
        """Let others have the ports."""
        for mark in self._held.values():
            if mark is not None:
                mark.close()
        self._held.clear()

    def exactly(self, port: int) -> int:
        """Return this port; a Refusal when somebody uses it."""
        if not self._take(port):
            raise Refusal(f"Port {port} is in use. Choose another one with --port.")
        return port

    def preferring(self, port: int | None) -> int:
        """Return this port if it is free, else the next free one from 8080 on."""
        if port is not None and self._take(port):
            return port
        for candidate in range(FIRST, FIRST + _TRIES):
            if self._take(candidate):
                return candidate
        raise Refusal(f"No port between {FIRST} and {FIRST + _TRIES} is free.")

    def _take(self, port: int) -> bool:
        if port in self._held or not _is_free(port):
            return False
        with contextlib.suppress(OSError):
            self._held[port] = _mark(port)
            return True
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _mark(port: int) -> socket.socket | None:
    """Hold a name for the port until this process ends; OSError when another demo holds it."""
    if sys.platform != "linux":
        return None
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0mitwirken-port-{port}")
    except OSError:
        mark.close()
        raise
    return mark
