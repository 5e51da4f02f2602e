"""A line to somebody outside that can be cut and mended: while it is cut, nobody answers on its port."""

import contextlib
import socket
import threading
from collections.abc import Iterator

_PIECE = 65536


class Line:
    """Passes on whatever comes to its port, both ways."""

    def __init__(self, to_port: int) -> None:
        self.to_port, self.port = to_port, 0
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._lock = threading.Lock()
        self.mend()

    def mend(self) -> None:
        """Take calls, on the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port, self._listener = listener.getsockname()[1], listener
        threading.Thread(target=self._take_calls, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Take no more calls, and break off those that are under way."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _take_calls(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _who = listener.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self.to_port), 5)
                except OSError:
                    here.close()
                    continue
                there.settimeout(None)
                with self._lock:
                    self._open |= {here, there}
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(_PIECE):
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(one)
        one.close()


@contextlib.contextmanager
def line(to_port: int) -> Iterator[Line]:
    """A line that ends with the block."""
    made = Line(to_port)
    try:
        yield made
    finally:
        made.cut()
