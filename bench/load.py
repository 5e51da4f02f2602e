"""People who come over HTTP: some hammering on open connections, some arriving when they like."""

import asyncio
import random
import re
import time
from dataclasses import dataclass, field

from bench.phones import LENGTH
from bench.posting import FORM, body_of, sign_up

TIMEOUT = 120.0  # seconds after which somebody gives up
_PLACE = re.compile(rb"(?i)\r\nlocation: (\S+)")
_TOKEN = re.compile(rb'name="?csrf"? value="([^"]+)"')


def request(method: str, path: str, body: bytes = b"", *, keep: bool = False) -> bytes:
    """Return an HTTP request in bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAccept-Language: ar\r\n"
    if body:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return (head + ("\r\n" if keep else "Connection: close\r\n\r\n")).encode() + body


def hammer(port: int, code: str, emails: list[str], lines: int = 16) -> float:
    """Send all sign-ups over a few open connections; return how many per second were taken."""
    waiting = [request("POST", FORM, sign_up(code, email), keep=True) for email in emails]

    async def one_line() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            writer.write(waiting.pop())
            head = await reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            if not head.startswith(b"HTTP/1.1 303"):
                raise AssertionError(head)
        writer.close()

    async def all_lines() -> float:
        begun = time.perf_counter()
        await asyncio.gather(*(one_line() for _line in range(lines)))
        return len(emails) / (time.perf_counter() - begun)

    return asyncio.run(all_lines())


@dataclass
class Burst:
    """How a burst went: seconds from wish to thanks of those served, and what went wrong."""

    taken: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def quantile(self, part: float) -> float:
        """Return the seconds within which this part of those served was done."""
        return sorted(self.taken)[min(int(len(self.taken) * part), len(self.taken) - 1)]

    @property
    def server_errors(self) -> int:
        """How many answers were 5xx."""
        return sum(one.startswith("5") for one in self.failed)


async def _ask(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        return await reader.read(-1)
    finally:
        writer.close()


def _expect(answer: bytes, status: int) -> bytes:
    got = answer[9:12]
    if got != str(status).encode():
        raise ConnectionError(got.decode() or "no answer")
    return answer


async def _journey(port: int, code: str, email: str) -> None:
    page = _expect(await _ask(port, request("GET", f"{FORM}?group={code}")), 200)
    token = _TOKEN.search(page)
    if token is None:
        raise ConnectionError("a form without token")
    body = body_of(code, email, token[1].decode())
    answer = _expect(await _ask(port, request("POST", FORM, body)), 303)
    place = _PLACE.search(answer)
    if place is None:
        raise ConnectionError("no address of the thanks")
    _expect(await _ask(port, request("GET", place[1].decode())), 200)


def burst(port: int, code: str, emails: list[str], seconds: float) -> Burst:
    """Let everybody come at a moment of their own within `seconds`, however slow the answers are."""
    chance = random.Random(7491)
    moments = sorted(chance.uniform(0, seconds) for _email in emails)
    result = Burst()

    async def person(begun: float, moment: float, email: str) -> None:
        await asyncio.sleep(begun + moment - time.perf_counter())
        try:
            async with asyncio.timeout(TIMEOUT):
                await _journey(port, code, email)
            result.taken.append(time.perf_counter() - begun - moment)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            result.failed.append(str(error) or type(error).__name__)

    async def everybody() -> None:
        begun = time.perf_counter() + 0.1
        await asyncio.gather(*(person(begun, *one) for one in zip(moments, emails, strict=True)))

    asyncio.run(everybody())
    return result
