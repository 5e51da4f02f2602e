"""Delivery of updates to the bot's webhook: in order per chat, repeated until the bot answers 2xx."""

import asyncio
import time
from collections import deque
from urllib.parse import urlsplit

import aiohttp

from bot.emulator.errors import Json, bad_request
from bot.emulator.updates import Update, UpdateQueue

PORTS = frozenset({443, 80, 88, 8443})
LONGEST_DELAY = 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


class Webhook:
    """Where updates go while an address is set; the queue keeps them until they are taken."""

    def __init__(self, queue: UpdateQueue, delay: float) -> None:
        self.queue = queue
        self.delay = delay
        self.settings: Json = {}
        self.last_error: Json = {}
        self._lanes: dict[str, deque[int]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._free = asyncio.Semaphore(40)

    @property
    def url(self) -> str:
        """The address, empty when updates are polled."""
        return str(self.settings.get("url", ""))

    def start(self, settings: Json) -> None:
        """Send everything pending and everything new to `settings["url"]`."""
        self.stop()
        self.settings = settings
        self.last_error = {}
        self._free = asyncio.Semaphore(max(1, int(settings.get("max_connections", 40))))
        self.queue.listener = self._take
        for update in list(self.queue.pending.values()):
            self._take(update)

    def stop(self) -> None:
        """Send nothing more; what was not taken stays in the queue."""
        self.queue.listener = None
        self.settings = {}
        self._lanes.clear()
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()

    async def close(self) -> None:
        """Stop and close the connections."""
        settings = self.settings
        self.stop()
        self.settings = settings
        if self._session:
            await self._session.close()
            self._session = None

    def _take(self, update: Update) -> None:
        self._lanes.setdefault(update.lane, deque()).append(update.update_id)
        if update.lane not in self._workers:
            self._workers[update.lane] = asyncio.get_running_loop().create_task(self._work(update.lane))

    async def _work(self, lane: str) -> None:
        """Deliver one lane in order, waiting longer after each failure."""
        waiting, delay = self._lanes[lane], self.delay
        while waiting:
            update = self.queue.pending.get(waiting[0])
            if update is None or update.expired(time.time()):
                self.queue.drop(waiting.popleft())
                continue
            async with self._free:
                error = await self._post(update)
            if error is None:
                self.queue.drop(waiting.popleft())
                delay = self.delay
            else:
                self.last_error = {"last_error_date": int(time.time()), "last_error_message": error}
                await asyncio.sleep(delay)
                delay = min(delay * 2, LONGEST_DELAY)
        self._lanes.pop(lane, None)
        self._workers.pop(lane, None)

    async def _post(self, update: Update) -> str | None:
        """Deliver one update; None when it was taken, otherwise what went wrong."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        secret = self.settings.get("secret_token")
        headers = {SECRET_HEADER: secret} if secret else {}
        try:
            async with self._session.post(self.url, json=update.as_json(), headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientConnectorError:
            return "Connection refused"
        except aiohttp.ClientError as error:
            return f"Connection failed: {type(error).__name__}"


def checked_address(url: str) -> str:
    """The webhook's address; unlike at Telegram, hosts that are not public may use http and any port."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if parts.scheme not in {"http", "https"} or not host or " " in url:
        raise bad_request("invalid webhook URL specified")
    near = "." not in host or host.startswith("127.") or host == "::1"
    if parts.scheme == "http" and not near:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port is not None and port not in PORTS and not near:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return parts.geturl()
