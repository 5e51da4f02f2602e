"""Fetching: what people sent by Telegram is brought here, cleaned and stored, as a job that may be killed.

Nothing is held open while Telegram is waited for. A file is fetched and cleaned first; then one short
transaction says that it is here. Killed before that, it is fetched once more.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.courier.aiohttp_request import TooFast
from bot.patience import Patience, pause
from models import awaited
from models.awaited import Due
from models.cleaned import MOST_FETCHED, Problem, Refused
from models.cleaning import clean
from models.db import Database
from models.files import Store

AT_ONCE = 4  # files under way
THREADS = 2
OWN_TRIES = 3  # where it is our own program that fails
LAST_SECONDS = 3.0  # for what is under way when the process is to end
LOOK_AGAIN = 0.5  # seconds
TOKEN_PAUSE = 60.0  # seconds: a wrong token mends itself only by a person's hand
_SECONDS = 60.0  # that a file may take to begin to come, and between two pieces of it
# “wrong file_id or the file is temporarily unavailable” is not among them: it may pass.
_NEVER = re.compile(r"invalid file_id|wrong remote file|wrong file identifier|file reference|not specified")
T = TypeVar("T")
log = logging.getLogger(__name__)


class Incomplete(TelegramError):
    """Fewer bytes came than Telegram had said."""


class Fetcher:
    """Fetches what waits, a few files at a time."""

    def __init__(self, bot: Bot, db: Database, store: Store) -> None:
        self.bot, self.db, self.store = bot, db, store
        self.patience = Patience()
        self.rest = 0.0  # seconds that Telegram wants us to keep quiet
        self.running: set[asyncio.Task[None]] = set()
        # Threads of our own: pictures that are being decoded must not keep people's messages waiting.
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="files")

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until `stop`; what is begun gets a moment to end, or is fetched again by the next process."""
        try:
            await self._until(stop, self._resume)
            while not stop.is_set():
                wait = LOOK_AGAIN
                if len(self.running) < AT_ONCE and not self.rest:
                    wait = 0.0 if await self._until(stop, self._due) else LOOK_AGAIN
                rest, self.rest = self.rest, 0.0
                if rest:
                    await pause(stop, rest)
                elif wait:
                    await self._moment(stop, wait)
        finally:
            await self.finish(LAST_SECONDS)
            self.threads.shutdown(wait=False, cancel_futures=True)

    async def _until(self, stop: asyncio.Event, work: Callable[[], list[Due]]) -> int:
        """Begin to fetch what `work` takes, as soon as the database answers; return how many files."""
        while not stop.is_set():
            try:
                files = await self._apart(work)
            except SQLAlchemyError as error:
                log.warning("No files: the database does not answer (%s)", type(error).__name__)
                await pause(stop, self.patience.seconds())
                continue
            self.patience.reset()
            for one in files:
                task = asyncio.create_task(self.fetch(one))
                self.running.add(task)
                task.add_done_callback(self.running.discard)
            return len(files)
        return 0

    async def _moment(self, stop: asyncio.Event, seconds: float) -> None:
        """Wait until a place is free, or a while."""
        if len(self.running) < AT_ONCE:
            await pause(stop, seconds)
        else:
            await asyncio.wait(self.running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, seconds: float) -> None:
        """Give what is under way a while to end."""
        if self.running:
            _done, late = await asyncio.wait(self.running, timeout=seconds)
            for task in late:
                task.cancel()

    async def fetch_due(self) -> int:
        """Fetch once what is due; return how many files were tried."""
        files = await self._apart(self._due)
        for one in files:
            await self.fetch(one)
        return len(files)

    async def _apart(self, work: Callable[..., T], *values: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *values)

    async def fetch(self, one: Due) -> None:
        """Try one file; whatever comes of it is noted."""
        try:
            await self._fetch(one)
        except SQLAlchemyError as error:  # its turn comes again when the ten minutes are over
            log.warning("File %d: the database does not answer (%s)", one.id, type(error).__name__)

    async def _fetch(self, one: Due) -> None:
        try:
            data = await self._bytes(one)
        except Refused as refusal:
            await self._apart(self._refuse, one, refusal.problem)
        except TelegramError as error:
            await self._apart(self._note_failure, one, error)
        else:
            await self._apart(self._keep, one, data)

    async def _bytes(self, one: Due) -> bytes:
        file = await self.bot.get_file(one.telegram_file, read_timeout=_SECONDS)
        if file.file_size and file.file_size > MOST_FETCHED:
            raise Refused(Problem.TOO_LARGE)
        try:
            data = await self.bot.request.retrieve(file.file_path or "", read_timeout=_SECONDS)
        except InvalidToken as error:  # so the library calls a path that has run out; getFile gives a new one
            raise Incomplete("the file's path is no longer good") from error
        if file.file_size and len(data) != file.file_size:
            raise Incomplete(f"{len(data)} of {file.file_size} bytes")
        return bytes(data)

    def _resume(self) -> list[Due]:
        with self.db.transaction() as session:
            again = awaited.resume_interrupted(session)
        if again:
            log.info("%d files are fetched once more", again)
        return []

    def _due(self) -> list[Due]:
        with self.db.reading() as session:  # mostly there is nothing, and writing would hold others up
            if not awaited.is_any_due(session):
                return []
        with self.db.transaction() as session:
            return awaited.due(session, AT_ONCE - len(self.running))

    def _keep(self, one: Due, data: bytes) -> None:
        try:
            cleaned = clean(data, name=one.name, kind_hint=one.kind, most=MOST_FETCHED)
        except Refused as refusal:
            self._refuse(one, refusal.problem)
            return
        except Exception:  # a fault of ours: tried again, and then said, so that nobody waits for nothing
            log.exception("File %d could not be cleaned", one.id)
            self._later(one) if one.attempts < OWN_TRIES else self._refuse(one, Problem.BROKEN)
            return
        try:
            stored = self.store.put(cleaned.data, small=cleaned.small)
        except OSError as error:
            log.error("File %d cannot be stored (%s)", one.id, error)
            self._later(one)
            return
        with self.db.transaction() as session:
            is_wanted = awaited.settle(session, one.id, cleaned, stored)
        if not is_wanted:  # erased meanwhile
            self.store.delete(stored)

    def _refuse(self, one: Due, problem: Problem) -> None:
        with self.db.transaction() as session:
            awaited.refuse(session, one.id, problem)
        log.info("File %d is not taken: %s", one.id, problem)

    def _later(self, one: Due) -> None:
        with self.db.transaction() as session:
            awaited.try_later(session, one)

    def _note_failure(self, one: Due, error: TelegramError) -> None:
        """Tell apart what passes, what will never be, and what only time can tell."""
        words = str(error).lower()
        if isinstance(error, BadRequest) and "too big" in words:
            self._refuse(one, Problem.TOO_LARGE)
            return
        with self.db.transaction() as session:
            if isinstance(error, TooFast):
                self.rest = max(self.rest, error.seconds)
                awaited.try_later(session, one, seconds=error.seconds, counts=False)
            elif isinstance(error, InvalidToken):
                self.rest = TOKEN_PAUSE
                awaited.try_later(session, one, seconds=TOKEN_PAUSE, counts=False)
            elif isinstance(error, BadRequest) and _NEVER.search(words):
                awaited.lose(session, one.id)
            elif isinstance(error, BadRequest):
                awaited.try_later(session, one, for_at_most=awaited.DOUBTFUL_FOR)
            else:
                awaited.try_later(session, one)
        log.warning("File %d did not come at try %d (%s)", one.id, one.attempts, error)
