"""The processor: takes stored updates in order, each in one transaction with all that it brings about."""

import asyncio
import logging
import secrets
import traceback
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.ext import ContextTypes

from bot import conversation, media, menus
from bot.aftermath import After, Aftermath, AnswerPress
from bot.gatherings import Gathering
from bot.media import Media
from bot.patience import Patience, pause
from bot.routing import App, GroupStep, Meeting, Step, add_handlers
from bot.turn import Press, Turn, Visitor
from models import inbox, people
from models.db import Database
from models.errors import DomainError
from models.settings import Settings
from translations import SOURCE, _

BATCH = 100
LOOK_AGAIN = 0.5  # seconds: the webhook stores updates in another process, which cannot wake us
RETRY = 0.3  # seconds before an update that failed is tried again
log = logging.getLogger(__name__)
Row = tuple[int, int, dict[str, Any]]


def is_passing(error: BaseException) -> bool:
    """Return whether the database failed for a reason that is not the update's: busy, full, gone."""
    if isinstance(error, (InterfaceError, PoolTimeout)):
        return True
    name = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    return isinstance(error, OperationalError) and name != "SQLITE_ERROR"


@dataclass(slots=True)
class Results:
    """What became of the update that is being worked on: the library swallows errors."""

    is_handled: bool = False
    error: BaseException | None = None
    after: list[After] = field(default_factory=list)


class Processor:
    """Works on one update at a time, so that each chat keeps its order and SQLite has one writer."""

    def __init__(self, app: App, db: Database, settings: Settings, arrived: asyncio.Event) -> None:
        self.app, self.db, self.settings, self.arrived = app, db, settings, arrived
        self.aftermath = Aftermath(app.bot)
        self.patience = Patience()
        self.results = Results()
        add_handlers(app, self.act, self.act_in_group)
        app.add_error_handler(self._remember_error)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; what is begun is finished."""
        while not stop.is_set():
            try:
                found, failed = await self.work_off(stop)
            except SQLAlchemyError as error:
                if not is_passing(error):
                    raise
                seconds = self.patience.seconds()
                log.warning("The database does not answer; trying again in %.1f s", seconds)
                await pause(stop, seconds)
                continue
            self.patience.reset()
            if failed:
                await pause(stop, RETRY)
            elif not found:
                await self._wait()
        await self.aftermath.finish()

    async def work_off(self, stop: asyncio.Event) -> tuple[int, bool]:
        """Work once on what waits; return how many updates that were, and whether any failed."""
        rows = await asyncio.to_thread(self._waiting)
        return len(rows), await self._work_through(rows, stop)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.arrived.wait(), LOOK_AGAIN)
        except TimeoutError:
            return
        self.arrived.clear()

    def _waiting(self) -> list[Row]:
        with self.db.reading() as session:
            return inbox.waiting(session, limit=BATCH)

    async def _work_through(self, rows: list[Row], stop: asyncio.Event) -> bool:
        """Work on rows in order; a chat whose update failed waits, the others go on. True if any failed."""
        held: set[int] = set()
        for update_id, chat_id, body in rows:
            if stop.is_set():
                break
            if chat_id not in held and not await self._work(update_id, chat_id, body):
                held.add(chat_id)
        return bool(held)

    async def _work(self, update_id: int, chat_id: int, body: dict[str, Any]) -> bool:
        """Work on one update; False when it failed and is to be tried again."""
        results = self.results = Results()
        try:
            update = Update.de_json(body, self.app.bot)
            await self.app.process_update(update)
        except Exception as error:  # whatever an update does to the library must not stop the others
            results.error = error
        if results.error is not None:
            if isinstance(results.error, SQLAlchemyError) and is_passing(results.error):
                raise results.error
            return await self._count_failure(update_id, chat_id, body, results.error)
        if not results.is_handled:
            await asyncio.to_thread(self._just_done, update_id)
        self.aftermath.start(results.after)
        return True

    async def _remember_error(self, _update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.results.error = context.error

    async def _count_failure(
        self, update_id: int, chat_id: int, body: dict[str, Any], error: BaseException
    ) -> bool:
        reference = secrets.token_hex(4).upper()
        words = f"{reference} {type(error).__name__}"
        # Where, but not in which words: an error's words may hold what the person wrote.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("Update %d failed, reference %s, at\n%s", update_id, words, where)
        is_parked = await asyncio.to_thread(self._note_failure, update_id, words)
        if is_parked:
            log.error("Update %d is parked, reference %s", update_id, reference)
            await asyncio.to_thread(self._apologise, chat_id, body, reference)
        return is_parked

    def _note_failure(self, update_id: int, words: str) -> bool:
        with self.db.transaction() as session:
            return inbox.failed(session, update_id, words)

    def _apologise(self, chat_id: int, body: dict[str, Any], reference: str) -> None:
        """Tell the person that their message was not understood, and under which name we find it."""
        visitor = _raw_visitor(body, chat_id)
        if visitor is None:
            return
        with self.db.transaction() as session:
            language = visitor.suggested_language or SOURCE
            person = people.by_chat(session, visitor.telegram_id, language=language)
            Turn(session, person, visitor).tell(
                _("Something went wrong on our side. We are sorry."),
                _("Please try again, or ask the office. Reference: {reference}")(reference=reference),
                buttons=(menus.MENU,),
            )

    def _just_done(self, update_id: int) -> None:
        with self.db.transaction() as session:
            inbox.done(session, update_id)

    async def act(self, update: Update, step: Step, meeting: Meeting) -> None:
        """Do a step in one transaction; a refusal is undone and said in a second one."""
        self.results.is_handled = True
        query = update.callback_query
        try:
            self.results.after += await asyncio.to_thread(self._transact, update, step, meeting)
        except DomainError as refusal:
            self.results.after += await asyncio.to_thread(self._refuse, update, refusal)
        finally:
            if query is not None:
                self.aftermath.start([AnswerPress(query.id)])

    def _transact(self, update: Update, step: Step, meeting: Meeting) -> list[After]:
        with self.db.transaction() as session:
            if not inbox.done(session, update.update_id):
                return []
            visitor = _visitor(update)
            if meeting is Meeting.KNOWN:
                known = people.of_chat(session, visitor.telegram_id)
                if known is None:
                    return []
                person = known
            else:
                language = visitor.suggested_language or SOURCE
                person = people.by_chat(session, visitor.telegram_id, language=language)
            turn = Turn(session, person, visitor, *_said(update))
            step(turn)
            return turn.after

    def _refuse(self, update: Update, refusal: DomainError) -> list[After]:
        def step(turn: Turn) -> None:
            conversation.after_refusal(turn, refusal)

        return self._transact(update, step, Meeting.ANYBODY)

    async def act_in_group(self, update: Update, step: GroupStep) -> None:
        """Do a step that happens in a group chat, in one transaction."""
        self.results.is_handled = True
        self.results.after += await asyncio.to_thread(self._transact_in_group, update, step)

    def _transact_in_group(self, update: Update, step: GroupStep) -> list[After]:
        with self.db.transaction() as session:
            if not inbox.done(session, update.update_id) or update.effective_chat is None:
                return []
            return step(Gathering(session, self.settings, update))


def _visitor(update: Update) -> Visitor:
    user = update.effective_user
    if user is None:
        raise ValueError("an update from nobody")
    return Visitor(user.id, user.first_name or "", user.username or "", user.language_code or "")


def _raw_visitor(body: dict[str, Any], chat_id: int) -> Visitor | None:
    """Return who wrote an update that nobody could read; None for a group or nobody."""
    for part in body.values():
        sender = part.get("from") if isinstance(part, dict) else None
        if isinstance(sender, dict) and chat_id > 0:
            return Visitor(chat_id, language_code=str(sender.get("language_code") or ""))
    return Visitor(chat_id) if chat_id > 0 else None


def _said(update: Update) -> tuple[str, Press, int | None, Media | None]:
    """Return the words, the pressed button and the message replied to, of whatever has happened."""
    query, message = update.callback_query, update.effective_message
    if query is not None:
        return "", _press(query), None, None
    replied = message.reply_to_message if message else None
    words = message.text or "" if message else ""
    return words, Press(""), replied.message_id if replied else None, media.read(message)


def _press(query: CallbackQuery) -> Press:
    below = query.message
    markup = below.reply_markup if isinstance(below, Message) else None
    label = _label(markup, query.data) if markup else ""
    return Press.read(query.data or "", label=label, message_id=below.message_id if below else 0)


def _label(markup: InlineKeyboardMarkup, data: str | None) -> str:
    buttons = [button for row in markup.inline_keyboard for button in row]
    return next((button.text for button in buttons if button.callback_data == data), "")
