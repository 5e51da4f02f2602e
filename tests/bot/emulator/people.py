"""Named people who use an emulator by HTTP, and the bot on the other side."""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from PIL import Image
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.emulator.threaded import Running

Result = TypeVar("Result")


def call(url: str, body: Any = None) -> tuple[int, Any]:
    """POST the body as JSON, or GET without one; the status and the JSON answer."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())


@dataclass
class Human:
    """Someone with an app."""

    url: str
    id: int

    @classmethod
    def meet(cls, emulator: Running, first_name: str = "Amina", language_code: str | None = "ar") -> "Human":
        """A new person who has not written yet."""
        _, answer = call(f"{emulator.url}/user", {"first_name": first_name, "language_code": language_code})
        return cls(f"{emulator.url}/user/{answer['id']}", answer["id"])

    @classmethod
    def who_started(cls, emulator: Running, first_name: str = "Amina") -> "Human":
        """A new person who pressed Start."""
        human = cls.meet(emulator, first_name)
        human.do("send", text="/start")
        return human

    def do(self, act: str, **body: Any) -> dict[str, Any]:
        """An act that must succeed."""
        status, answer = call(f"{self.url}/{act}", body)
        assert status == 200, answer
        return dict(answer)

    def fail(self, act: str, **body: Any) -> int:
        """An act that must fail with words; its status."""
        status, answer = call(f"{self.url}/{act}", body)
        assert answer["error"]
        return status

    def chat(self, after: int = 0) -> dict[str, Any]:
        """All that the person sees."""
        return dict(call(f"{self.url}/chat?after={after}")[1])

    def last(self) -> dict[str, Any]:
        """The newest message that the person sees."""
        return dict(self.chat()["messages"][-1])


def with_bot(emulator: Running, work: Callable[[Bot], Awaitable[Result]], token: str | None = None) -> Result:
    """Run a piece of work with a real bot that talks to the emulator."""

    async def inside() -> Result:
        plain = {"verify": False}  # no certificates on loopback; loading them takes long
        request = HTTPXRequest(read_timeout=60, connection_pool_size=16, httpx_kwargs=plain)
        bot = Bot(
            token or emulator.token,
            base_url=emulator.base_url,
            base_file_url=emulator.base_file_url,
            request=request,
            get_updates_request=HTTPXRequest(read_timeout=60, httpx_kwargs=plain),
        )
        async with bot:
            return await work(bot)

    return asyncio.run(inside())


def picture(width: int = 640, height: int = 480, form: str = "PNG") -> bytes:
    """A small real picture."""
    body = io.BytesIO()
    Image.new("RGB", (width, height), (20, 120, 90)).save(body, form)
    return body.getvalue()


def text64(data: bytes) -> str:
    """The bytes as base64 text."""
    return base64.b64encode(data).decode()
