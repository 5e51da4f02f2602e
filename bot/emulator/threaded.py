"""An emulator in a thread, for tests and for the demo."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.emulator.hub import Emulator, Options
from bot.emulator.server import listening
from bot.emulator.state import State


@dataclass(slots=True)
class Running:
    """A running emulator; its state may be looked at, but changed only by HTTP."""

    url: str
    emulator: Emulator

    @property
    def state(self) -> State:
        """People, chats and updates."""
        return self.emulator.state

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.emulator.options.token

    @property
    def base_url(self) -> str:
        """What the bot library takes as base_url."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What the bot library takes as base_file_url."""
        return f"{self.url}/file/bot"


class Server(threading.Thread):
    """The thread in which one emulator lives."""

    def __init__(self, options: Options, host: str, port: int) -> None:
        super().__init__(name="emulator", daemon=True)
        self.options, self.host, self.port = options, host, port
        self.ready = threading.Event()
        self.running: Running | None = None
        self.error: BaseException | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.done: asyncio.Event | None = None

    def run(self) -> None:
        """Serve until `stop`."""
        try:
            asyncio.run(self.serve())
        except BaseException as error:  # handed to the thread that waits
            self.error = error
        finally:
            self.ready.set()

    async def serve(self) -> None:
        """Start, tell the waiting thread, and wait."""
        self.loop, self.done = asyncio.get_running_loop(), asyncio.Event()
        async with listening(self.options, self.host, self.port) as (emulator, url):
            self.running = Running(url, emulator)
            self.ready.set()
            await self.done.wait()

    def stop(self) -> None:
        """End the emulator and wait until it has written its store."""
        if self.loop and self.done and self.is_alive():
            self.loop.call_soon_threadsafe(self.done.set)
        self.join(10)


@contextmanager
def running(host: str = "127.0.0.1", port: int = 0, **options: Any) -> Iterator[Running]:
    """A running emulator; options are those of `Options`, port 0 takes a free one."""
    server = Server(Options(**options), host, port)
    server.start()
    server.ready.wait(10)
    try:
        if server.running is None:
            raise RuntimeError("the emulator did not start") from server.error
        yield server.running
    finally:
        server.stop()
