"""Sending a letter through the Bot API, part by part: words, a picture with its caption, or an edit."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from enum import Enum

from telegram import Bot, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.courier import pictures, telegram_words
from bot.courier.pace import Pace
from bot.courier.parcel import Parcel, Photo
from bot.courier.telegram_words import Sheet
from models.files import Store

# A preview would make Telegram open the links in a letter, and some of them work once.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
KNOWN_PICTURES = 200  # of which we remember Telegram's own name
_SAME = "message is not modified"
_OTHER_KIND = ("there is no text in the message",)
_CANNOT_BE_EDITED = ("message to edit not found", "message can't be edited", "message_id_invalid")
_UNKNOWN_FILE = ("file identifier", "file_id", "file reference", "file_reference")
_BAD_PICTURE = ("photo", "image", "picture")
log = logging.getLogger(__name__)


class Edited(Enum):
    """How an edit went."""

    DONE = "done"
    GONE = "gone"  # the message is not there any more, or too old
    OTHER_KIND = "other-kind"  # a picture cannot be taken out of a message, nor one message become two


class NoPicture(Exception):
    """The picture is not there any more, or Telegram does not take it. The words are what matters."""


class Sender:
    """Sends parcels and remembers what has left: parts of long letters, and pictures that Telegram has."""

    def __init__(self, bot: Bot, pace: Pace, store: Store, *, with_links: bool) -> None:
        self._bot = bot
        self._pace = pace
        self._store = store
        self._with_links = with_links
        self._parts_sent: dict[int, int] = {}  # of long letters that a 429 cut in two
        self._pictures: OrderedDict[str, str] = OrderedDict()  # Telegram's name for a picture of ours

    def sheets(self, parcel: Parcel, *, says_correction: bool | None = None) -> list[Sheet]:
        """Return the messages that a parcel becomes; what is edited in place need not say so."""
        if says_correction is None:
            says_correction = parcel.letter.is_correction and parcel.edits is None
        return telegram_words.sheets(parcel, with_links=self._with_links, says_correction=says_correction)

    def forget(self, delivery_id: int) -> None:
        """Forget what has left of a letter: it is not tried again."""
        self._parts_sent.pop(delivery_id, None)

    async def send(self, parcel: Parcel, sheets: list[Sheet]) -> int:
        """Send a letter, or edit the one that it replaces; return the number of the words' message."""
        if parcel.edits is None:
            return await self._send_anew(parcel, sheets)
        edited = await self._edit(parcel, parcel.edits, sheets)
        if edited is Edited.DONE:
            return parcel.edits
        message_id = await self._send_anew(parcel, self.sheets(parcel, says_correction=True))
        if edited is Edited.OTHER_KIND:
            with suppress(TelegramError):  # after two days it stays; the new one says that it corrects
                await self._bot.delete_message(parcel.chat_id, parcel.edits)
        return message_id

    async def _send_anew(self, parcel: Parcel, sheets: list[Sheet]) -> int:
        try:
            return await self._send_all(parcel, sheets)
        except NoPicture:
            log.warning("Courier: delivery %d goes without its picture", parcel.delivery_id)
            bare = replace(parcel, letter=replace(parcel.letter, picture=None), photo=None)
            return await self._send_all(bare, self.sheets(bare, says_correction=bare.letter.is_correction))

    async def _send_all(self, parcel: Parcel, sheets: list[Sheet]) -> int:
        message_id = 0
        for number, sheet in enumerate(sheets):
            if number < self._parts_sent.get(parcel.delivery_id, 0):
                continue
            self._pace.take(parcel.person_id, is_group=parcel.chat_id < 0)
            message = await self._send_one(parcel, sheet)
            message_id = message.message_id
            if len(sheets) > 1:
                self._parts_sent[parcel.delivery_id] = number + 1
        self.forget(parcel.delivery_id)
        return message_id

    async def _send_one(self, parcel: Parcel, sheet: Sheet) -> Message:
        if sheet.has_picture and parcel.photo is not None:
            return await self._send_picture(parcel, parcel.photo, sheet)
        return await self._bot.send_message(
            parcel.chat_id,
            sheet.html,
            parse_mode=ParseMode.HTML,
            reply_markup=sheet.keyboard,
            link_preview_options=NO_PREVIEW,
        )

    async def _send_picture(self, parcel: Parcel, photo: Photo, sheet: Sheet) -> Message:
        async def act(picture: str | bytes) -> Message:
            return await self._bot.send_photo(
                parcel.chat_id,
                picture,
                caption=sheet.html or None,
                parse_mode=ParseMode.HTML,
                reply_markup=sheet.keyboard,
            )

        return await self._show(photo, act)

    async def _show(self, photo: Photo, act: Callable[[str | bytes], Awaitable[Message]]) -> Message:
        """Do something with a picture: its bytes once, after that only the name that Telegram gave it."""
        known = self._pictures.get(photo.token)
        if known is not None:
            try:
                return await act(known)
            except BadRequest as error:
                if not _says(error, _UNKNOWN_FILE):
                    raise
                del self._pictures[photo.token]
        try:
            data = await asyncio.to_thread(pictures.read, self._store, photo)
        except FileNotFoundError:
            raise NoPicture from None
        try:
            message = await act(data)
        except BadRequest as error:
            if _says(error, _BAD_PICTURE):
                raise NoPicture from None
            raise
        self._pictures[photo.token] = message.photo[-1].file_id
        if len(self._pictures) > KNOWN_PICTURES:
            self._pictures.popitem(last=False)
        return message

    async def _edit(self, parcel: Parcel, message_id: int, sheets: list[Sheet]) -> Edited:
        """Put words and picture in place of those of an earlier message, whatever that one was."""
        if any(sheet.html for sheet in sheets[:-1]):
            return Edited.OTHER_KIND  # several messages cannot take the place of one
        sheet = sheets[-1]
        self._pace.take(parcel.person_id, is_group=parcel.chat_id < 0)
        try:
            if sheet.has_picture and parcel.photo is not None:
                await self._edit_picture(parcel, parcel.photo, message_id, sheet)
            else:
                await self._bot.edit_message_text(
                    sheet.html,
                    parcel.chat_id,
                    message_id,
                    parse_mode=ParseMode.HTML,
                    reply_markup=sheet.keyboard,
                    link_preview_options=NO_PREVIEW,
                )
        except NoPicture:
            return Edited.GONE
        except BadRequest as error:
            if _says(error, (_SAME,)):
                return Edited.DONE
            if _says(error, _OTHER_KIND):
                return Edited.OTHER_KIND
            if _says(error, _CANNOT_BE_EDITED):
                return Edited.GONE
            raise
        return Edited.DONE

    async def _edit_picture(self, parcel: Parcel, photo: Photo, message_id: int, sheet: Sheet) -> None:
        async def act(picture: str | bytes) -> Message:
            shown = InputMediaPhoto(picture, caption=sheet.html, parse_mode=ParseMode.HTML)
            edited = await self._bot.edit_message_media(
                shown, parcel.chat_id, message_id, reply_markup=sheet.keyboard
            )
            if isinstance(edited, bool):  # so it is for messages of others' chats only
                raise TelegramError("an edit without its message")
            return edited

        await self._show(photo, act)


def _says(error: BadRequest, phrases: tuple[str, ...]) -> bool:
    words = error.message.lower()
    return any(phrase in words for phrase in phrases)
