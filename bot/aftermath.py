"""What goes to Telegram directly, after the commit: short-lived things that nobody misses when they fail."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from telegram import Bot, BotCommand, BotCommandScopeChat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError

log = logging.getLogger(__name__)
NOTHING = "noop:0:0"  # the button that shows what was chosen


@dataclass(frozen=True, slots=True)
class AnswerPress:
    """Tell the app that a press has been heard; `text` shows for a moment."""

    query_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class MarkPressed:
    """Leave of a keyboard only what was chosen, so that the chat shows what was answered."""

    chat_id: int
    message_id: int
    label: str


@dataclass(frozen=True, slots=True)
class ShowButtons:
    """Put other buttons below a message: label, data, and whether it stands beside the one before."""

    chat_id: int
    message_id: int
    buttons: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class SayOnce:
    """Say something to a chat that belongs to no stored person: a group, or somebody just forgotten."""

    chat_id: int
    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShowCommands:
    """Let the app list commands, names and words, in a chat's own language; none: as for everybody."""

    chat_id: int
    commands: tuple[tuple[str, str], ...] = ()


After: TypeAlias = AnswerPress | MarkPressed | ShowButtons | SayOnce | ShowCommands


class Aftermath:
    """Does these things in the background, each once."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._running: set[asyncio.Task[None]] = set()

    def start(self, things: Iterable[After]) -> None:
        """Begin to do them, without waiting."""
        for one in things:
            task = asyncio.create_task(self._do(one))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _do(self, one: After) -> None:
        try:
            await self._call(one)
        except TelegramError as error:
            log.info("%s did not work: %s", type(one).__name__, error)

    async def _call(self, one: After) -> None:
        match one:
            case AnswerPress(query_id, text):
                await self.bot.answer_callback_query(query_id, text=text[:200] or None)
            case MarkPressed(chat_id, message_id, label):
                markup = _keyboard(f"✓ {label}", NOTHING) if label else None
                await self.bot.edit_message_reply_markup(chat_id, message_id, reply_markup=markup)
            case ShowButtons(chat_id, message_id, buttons):
                rows = InlineKeyboardMarkup(_rows(buttons))
                await self.bot.edit_message_reply_markup(chat_id, message_id, reply_markup=rows)
            case ShowCommands(chat_id, commands):
                await self._show_commands(BotCommandScopeChat(chat_id), commands)
            case SayOnce(chat_id, text, label, url):
                button = InlineKeyboardMarkup([[InlineKeyboardButton(label, url=url)]]) if url else None
                await self.bot.send_message(chat_id, text, reply_markup=button)

    async def _show_commands(self, here: BotCommandScopeChat, commands: tuple[tuple[str, str], ...]) -> None:
        if commands:
            await self.bot.set_my_commands([BotCommand(name, words) for name, words in commands], scope=here)
        else:
            await self.bot.delete_my_commands(scope=here)

    async def finish(self, seconds: float = 2.0) -> None:
        """Give what is under way a moment to end."""
        if self._running:
            _done, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()


def _rows(buttons: Iterable[tuple[str, str, bool]]) -> list[list[InlineKeyboardButton]]:
    rows: list[list[InlineKeyboardButton]] = []
    for label, data, is_beside in buttons:
        one = InlineKeyboardButton(label, callback_data=data)
        if is_beside and rows:
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


def _keyboard(label: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label[:64], callback_data=data)]])
