"""The SMTP server that catches, and the web server that shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.mail_catcher import pages
from bot.mail_catcher.store import Store
from translations import Language, suggest

PAGE = 50
LARGEST = 20 * 1024 * 1024  # bytes of one e-mail
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
SHUT_IN = SAFE | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a running mailbox listens."""

    smtp_port: int
    url: str


class Catcher:
    """What the SMTP server does with an e-mail. The method's name is the library's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep it; 250 means that it lies on the disk."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            self._store.add(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        except OSError:
            return "452 4.3.1 The practice mailbox cannot write to its folder"
        return "250 2.0.0 In the practice mailbox"


class Pages:
    """The web side."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def app(self) -> web.Application:
        """Return the web application."""
        app = web.Application()
        app.router.add_get("/", self.all)
        app.router.add_get("/messages.json", self.as_json)
        app.router.add_get(r"/mail/{number:\d{1,9}}.eml", self.raw)
        app.router.add_get(r"/mail/{number:\d{1,9}}/html", self.html)
        app.router.add_get(r"/mail/{number:\d{1,9}}", self.one)
        return app

    async def all(self, request: web.Request) -> web.Response:
        """Show all e-mails, newest first."""
        to = request.query.get("to", "").strip()
        raw = request.query.get("page", "1")
        page = max(1, int(raw)) if raw.isdecimal() and len(raw) < 9 else 1
        found = list(islice(self._store.newest_first(to), (page - 1) * PAGE, page * PAGE + 1))
        older = f"/?page={page + 1}" + (f"&to={quote(to)}" if to else "") if len(found) > PAGE else ""
        return _page(pages.listing(found[:PAGE], _reader(request), to=to, older=older))

    async def one(self, request: web.Request) -> web.Response:
        """Show one e-mail."""
        mail = self._store.get(int(request.match_info["number"]))
        reader = _reader(request)
        return _page(pages.missing(reader), 404) if mail is None else _page(pages.single(mail, reader))

    async def html(self, request: web.Request) -> web.Response:
        """Answer the HTML part alone; its links open outside of the frame."""
        mail = self._store.get(int(request.match_info["number"]))
        if mail is None:
            return _page(pages.missing(_reader(request)), 404)
        words = (
            self._store.shown(mail.number)
            or f'<pre style="white-space:pre-wrap">{pages.linked(mail.text)}</pre>'
        )
        opened = '<base target="_blank">'
        whole = words.replace("<head>", f"<head>{opened}", 1) if "<head>" in words else opened + words
        return web.Response(text=whole, content_type="text/html", headers=SHUT_IN)

    async def raw(self, request: web.Request) -> web.Response:
        """Answer the file as it was caught."""
        path = self._store.path(int(request.match_info["number"]))
        if not path.exists():
            return _page(pages.missing(_reader(request)), 404)
        return web.Response(body=path.read_bytes(), content_type="message/rfc822", headers=SAFE)

    async def as_json(self, request: web.Request) -> web.Response:
        """Answer all e-mails for programs, newest first."""
        found = self._store.newest_first(request.query.get("to", ""))
        rows: list[dict[str, Any]] = [
            {
                "number": mail.number, "to": ", ".join(mail.to), "from": mail.sender, "subject": mail.subject,
                "date": mail.date, "text": mail.text, "html": mail.html, "links": mail.links,
                "language": mail.language,
            }
            for mail in found
        ]  # fmt: skip
        return web.json_response(rows, headers={"Cache-Control": "no-store"})


def _reader(request: web.Request) -> Language:
    return suggest(request.headers.get("Accept-Language"))


def _page(words: str, status: int = 200) -> web.Response:
    return web.Response(text=words, status=status, content_type="text/html", headers=SAFE)


@asynccontextmanager
async def listening(host: str, smtp_port: int, web_port: int, folder: Path) -> AsyncIterator[Addresses]:
    """Catch and show inside the block; port 0 takes a free one. OSError when a port is taken."""
    store = Store(folder)
    loop = asyncio.get_running_loop()
    catcher = Catcher(store)

    def line() -> SMTP:
        return SMTP(
            catcher, enable_SMTPUTF8=True, data_size_limit=LARGEST, ident="practice mailbox", loop=loop
        )

    smtp = await loop.create_server(line, host, smtp_port)
    runner = web.AppRunner(Pages(store).app(), access_log=None, shutdown_timeout=0.2)
    try:
        await runner.setup()
        await web.TCPSite(runner, host, web_port).start()
        caught_at = smtp.sockets[0].getsockname()[1]
        yield Addresses(caught_at, f"http://{host}:{runner.addresses[0][1]}")
    finally:
        smtp.close()
        await runner.cleanup()


async def run(host: str, smtp_port: int, web_port: int, folder: Path, stop: asyncio.Event) -> None:
    """Catch and show until `stop` is set."""
    async with listening(host, smtp_port, web_port, folder):
        await stop.wait()
