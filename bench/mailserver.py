"""A real SMTP server that has bad days: puts letters off, refuses addresses, hangs up without a word."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aiosmtpd.smtp import SMTP

GONE = "weg-"  # how addresses begin that no longer exist


@dataclass
class Postbox:
    """What came for whom, and how often which trouble was made. `trouble` is its part of all letters."""

    trouble: float
    port: int = 0
    got: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(749))

    def _happens(self, what: str, share: float) -> bool:
        happens = self.chance.random() < self.trouble * share
        self.made[what] += happens
        return happens

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a recipient, put them off, or say that there is no such address."""
        if address.startswith(GONE):
            self.made["550"] += 1
            return "550 5.1.1 no such user"
        if self._happens("450", 1.0):
            return "450 4.2.0 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter, put it off, or take it and hang up: then nobody knows."""
        if self._happens("451", 0.5):
            return "451 4.3.0 not now"
        self.got[envelope.rcpt_tos[0]] += 1
        if self._happens("cut after the content", 0.3):
            cast(asyncio.Transport, server.transport).abort()
        return "250 taken"


@contextmanager
def serving(trouble: float) -> Iterator[Postbox]:
    """Run the server in a thread."""
    box, ready, ends = Postbox(trouble), threading.Event(), threading.Event()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(box, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
        box.port = server.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.to_thread(ends.wait)
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("the mail server did not start")
    try:
        yield box
    finally:
        ends.set()
        thread.join(10)
