"""Somebody's browser as far as its lines go: they are opened when needed, and kept for what follows."""

import asyncio
import re
from typing import cast

LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_END = b"\r\n\r\n"


class Line(asyncio.Protocol):
    """One connection; answers come one after the other, each of a length that is told."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._got, self._whole = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Give the answer to who waits for it, once it is whole."""
        self._got = self._got + data if self._got else data
        if not self._whole:
            head = self._got.find(_END)
            if head < 0:
                return
            length = LENGTH.search(self._got, 0, head)
            self._whole = head + len(_END) + (int(length[1]) if length else 0)
        if len(self._got) >= self._whole and self._answer and not self._answer.done():
            self._answer.set_result(self._got)
            self._got, self._whole = b"", 0

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits that nothing will come."""
        self._transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("cut"))

    async def ask(self, data: bytes) -> bytes:
        """Send a request and return the whole answer; OSError when the line is cut."""
        if self._transport is None:
            raise ConnectionError("cut")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()


class Phone:
    """The lines of one browser to one server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[Line] = []

    async def ask(self, data: bytes) -> bytes:
        """Ask over a line that is free, else over a new one; OSError when it is cut."""
        line = self._free.pop() if self._free else await self._open()
        answer = await line.ask(data)
        self._free.append(line)
        return answer

    async def _open(self) -> Line:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Line, "127.0.0.1", self._port))[1]

    def close(self) -> None:
        """Hang up on all lines."""
        for line in self._free:
            line.close()
