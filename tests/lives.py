"""Processes that tests kill, forked from one that has everything imported: a start costs seconds."""

import asyncio
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import service as chat
from bot.courier import service as courier
from bot.fetching import Fetcher
from bot.routing import application
from models import backup, backup_postgres, change_letters, clock, migrate, outbox
from models.db import Database
from models.files import Store
from models.settings import Settings

_FORKING = multiprocessing.get_context("forkserver")


def event() -> Event:
    """Return what one process sets and another one waits for."""
    return _FORKING.Event()


def begin(life: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Start a process that lives one of the lives below."""
    _FORKING.set_forkserver_preload([__name__])
    process = _FORKING.Process(target=life, args=arguments, daemon=True)
    process.start()
    return process


def kill(process: ForkServerProcess) -> None:
    """End a process as a crash would."""
    process.kill()
    process.join(30)


def carry(settings: Settings) -> None:
    """Carry letters for ever."""
    asyncio.run(courier.run(settings, Database(settings.database), asyncio.Event()))


def fetch(settings: Settings, begun: Event) -> None:
    """Fetch files for ever."""
    asyncio.run(_fetch(settings, begun))


async def _fetch(settings: Settings, begun: Event) -> None:
    app = application(settings)
    await app.initialize()
    begun.set()
    await Fetcher(app.bot, Database(settings.database), Store(settings.files)).run(asyncio.Event())


def write_files(folder: str, size: int, begun: Event) -> None:
    """Put files into a store for ever."""
    store = Store(folder)
    begun.set()
    while True:
        store.put(bytes(size))


def answer(settings: Settings) -> None:
    """Answer in the chat for ever."""
    asyncio.run(chat.run(settings, Database(settings.database), asyncio.Event()))


def upgrade(url: str, dies_before: int, to: str = "head", dies_after: float = 0) -> None:
    """Bring a schema up to date and die before a statement of this number; 0 is the commit.

    With `dies_after`, die so many seconds after the beginning, wherever that is.
    """
    db, statements = Database(url), itertools.count(1)
    if dies_after:
        threading.Timer(dies_after, os.kill, (os.getpid(), signal.SIGKILL)).start()

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def _count(*_all: object) -> None:
        if next(statements) == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)

    @sa.event.listens_for(db.engine, "commit")
    def _commit(_connection: object) -> None:
        if dies_before == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate.upgrade(db, to)


def upgrade_carelessly(*arguments: Any) -> None:
    """The same with each statement committed by itself: what no migration may do."""

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def _commit(connection: sa.Connection, cursor: Any, *_all: object) -> None:
        cursor.connection.commit()
        if connection.dialect.name == "sqlite":
            cursor.connection.execute("BEGIN IMMEDIATE")

    upgrade(*arguments)


def spread(url: str, moment: str, dies_before: int) -> None:
    """Tell followers in batches of three and die before a letter of this number."""
    change_letters.BATCH = 3
    post, letters = outbox.post, itertools.count(1)

    def dying(*arguments: Any, **values: Any) -> Any:
        if next(letters) == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)
        return post(*arguments, **values)

    outbox.post = dying  # type: ignore[assignment]
    with clock.frozen(datetime.fromisoformat(moment)):
        change_letters.tick(Database(url), Settings(secret="x", _env_file=None))


def restore(url: str, key: str, copy: str, programs: str, dies_before: int) -> None:
    """Restore a backup and die before a statement of this number; 0 is the first commit."""
    statements = itertools.count(1)
    os.environ["PATH"] = programs

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def _count(*_all: object) -> None:
        if next(statements) == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)

    if dies_before == 0:

        @sa.event.listens_for(sa.Engine, "commit")
        def _commit(_connection: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(url)
    db.seal_with(key.encode())
    if db.is_sqlite:
        backup.restore(db, Path(copy), Path(db.url.database or ""))
    else:
        backup_postgres.restore(db, Path(copy))
