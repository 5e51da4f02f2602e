"""What the courier's tests share: a courier in a thread, named people, a mail server that can say no."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from aiohttp import web
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr

from bot.courier.parcel import Office, Parcel
from bot.courier.service import run
from bot.courier.timing import Timing
from bot.emulator.threaded import Running
from models import clock, outbox
from models.db import Database
from models.letters import Button, Letter
from models.links import Purpose
from models.outbox import Delivery
from models.people import ChannelKind, Person
from models.settings import Settings
from tests.bot.emulator.people import Human
from translations import Text, _

T = TypeVar("T")
QUICK = Timing(answer=1.0, mail=2.0, beg=0.1, again=0.1)
OFFICE = Office(
    region="Bildungsregion Bärental",
    name="Bildungsbüro Bärental",
    phone="05251 0000",
    email="buero@example.org",
    address="Musterweg 1\n33098 Bärental",
    accent="#0b5d66",
)
TO_ME = Button(_("My page"), page="/{lang}/me/{link}", purpose=Purpose.ME)


def saying(words: str) -> Letter:
    """A letter of one paragraph that nobody translates."""
    return Letter(Text(words), (Text(words),))


def parcel(letter: Letter, language: str = "de", **other: Any) -> Parcel:
    """A parcel as the ledger packs it."""
    addresses = other.pop(
        "addresses", tuple(f"https://x.example.org{b.page}" if b.page else "" for b in letter.buttons)
    )
    values: dict[str, Any] = {
        "delivery_id": 7, "person_id": 3, "attempts": 1, "kind": "notice", "created_at": clock.now(),
        "language": language, "chat_id": 5, "email": "amina@example.org", "letter": letter,
        "addresses": addresses, "tokens": (), "office": OFFICE,
    }  # fmt: skip
    return Parcel(**(values | other))


def somebody(db: Database, **values: Any) -> int:
    """A person in the database; their id."""
    now = clock.now()
    given = {"name": "Amina Beispiel", "language": "de", "prefers": ChannelKind.TELEGRAM} | values
    with db.transaction() as session:
        person = Person(**given, met_at=now, seen_at=now)
        session.add(person)
        session.flush()
        return person.id


def in_chat(db: Database, emulator: Running, name: str = "Amina", **values: Any) -> tuple[Human, int]:
    """Somebody who pressed Start in the chat; their app and their id."""
    human = Human.who_started(emulator, name)
    return human, somebody(db, telegram_id=human.id, name=name, **values)


def post(db: Database, person_id: int, letter: Letter | str, **values: Any) -> None:
    """Put a letter into the outbox."""
    given = {"kind": "notice", "channel": ChannelKind.TELEGRAM} | values
    whole = saying(letter) if isinstance(letter, str) else letter
    channel = given.pop("channel")
    with db.transaction() as session:
        outbox.post(session, person_id, channel, whole, **given)


def deliveries(db: Database, person_id: int | None = None) -> list[Delivery]:
    """All deliveries, or those of a person, in their order."""
    query = sa.select(Delivery).order_by(Delivery.id)
    if person_id is not None:
        query = query.where(Delivery.person_id == person_id)
    with db.reading() as session:
        return list(session.scalars(query))


def states(db: Database, person_id: int | None = None) -> list[str]:
    """The states of these deliveries."""
    return [one.state.value for one in deliveries(db, person_id)]


def person(db: Database, person_id: int) -> Person:
    """The person as stored now."""
    with db.reading() as session:
        return session.get_one(Person, person_id)


def until(check: Callable[[], T], seconds: float = 60.0) -> T:
    """Wait until a check holds; its last value."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def chat_settings(db: Database, emulator: Running, **values: Any) -> Settings:
    """Settings for a courier that talks to the emulator."""
    given = {"base_url": "https://region.example.org"} | values
    return Settings(
        database=str(db.url.render_as_string(hide_password=False)),
        bot_token=SecretStr(given.pop("bot_token", emulator.token)),
        bot_api=given.pop("bot_api", emulator.url),
        **given,
    )


def mail_settings(db: Database, port: int, **values: Any) -> Settings:
    """Settings for a courier that mails."""
    return Settings(
        database=str(db.url),
        base_url="https://region.example.org",
        smtp_host="127.0.0.1",
        smtp_port=port,
        mail_from="mitwirken@region.example.org",
        **values,
    )


@contextmanager
def served(manager: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """An asynchronous server in a thread of its own."""
    ready = threading.Event()
    box: dict[str, Any] = {}

    async def serve() -> None:
        box["loop"], box["stop"] = asyncio.get_running_loop(), asyncio.Event()
        async with manager as value:
            box["value"] = value
            ready.set()
            await box["stop"].wait()

    def work() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            box["error"] = error
        finally:
            ready.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        if "value" not in box:
            raise box["error"]
        yield box["value"]
    finally:
        if thread.is_alive():
            box["loop"].call_soon_threadsafe(box["stop"].set)
        thread.join(60)
        assert not thread.is_alive(), "it does not end"


@contextmanager
def courier(settings: Settings, db: Database, timing: Timing = QUICK) -> Iterator[None]:
    """A running courier with connections of its own, as a process of its own has them."""

    @asynccontextmanager
    async def working() -> Any:
        stop = asyncio.Event()
        own = Database(settings.database)
        task = asyncio.create_task(run(settings, own, stop, timing=timing))
        try:
            yield None
        finally:
            stop.set()
            await task
            own.close()

    with served(working()):
        yield


@dataclass
class Postbox:
    """What a mail server got, and what it answers: per recipient, in turn, or for any."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    refuse: dict[str, list[str]] = field(default_factory=dict)
    refuse_content: list[str] = field(default_factory=list)
    refuse_sender: list[str] = field(default_factory=list)
    lines: int = 0
    cut_after_content: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.lines += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender.pop(0)
        envelope.mail_from = address
        return "250 fine"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.tried.append(address)
        if self.refuse.get(address):
            return self.refuse[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse_content:
            return self.refuse_content.pop(0)
        self.got.append(
            message_from_bytes(envelope.content, policy=policy.default.clone(raise_on_defect=True))
        )
        if self.cut_after_content:
            self.cut_after_content -= 1
            cast(asyncio.Transport, server.transport).abort()
        return "250 taken"


@contextmanager
def mail_server(port: int = 0) -> Iterator[Postbox]:
    """A real SMTP server."""

    @asynccontextmanager
    async def listening() -> Any:
        box = Postbox()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(box, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
        )
        box.port = server.sockets[0].getsockname()[1]
        yield box
        server.close()

    with served(listening()) as box:
        yield box


@contextmanager
def web_server(routes: dict[str, Callable[[web.Request], Awaitable[web.Response]]]) -> Iterator[str]:
    """A web server that answers POST with these handlers; its address."""

    @asynccontextmanager
    async def listening() -> Any:
        app = web.Application()
        for path, handler in routes.items():
            app.router.add_post(path, handler)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()

    with served(listening()) as url:
        yield url


def all_text(db: Database) -> str:
    """Everything that stands in the database, as text."""
    tables = sa.inspect(db.engine).get_table_names()
    with db.reading() as session:
        rows = [str(row) for name in tables for row in session.execute(sa.text(f'SELECT * FROM "{name}"'))]
    return "\n".join(rows)
