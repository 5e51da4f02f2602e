"""Sending a letter through the Bot API, part by part: words, a picture with its caption, or an edit."""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace

from telegram import Bot, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.courier import telegram_words
from bot.courier.pace import Pace
from bot.courier.parcel import Parcel, Photo
from bot.courier.telegram_words import Sheet
from models.files import Store

# A preview would make Telegram open the links in a letter, and some of them work once.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
KNOWN_PICTURES = 200  # of which we remember Telegram's own name
_SAME = "message is not modified"
_OTHER_KIND = ("there is no text in the message", "there is no caption in the message")
_CANNOT_BE_EDITED = (
    "message to edit not found", "message can't be edited", "message_id_invalid", "caption is too long",
    "caption_too_long",
)  # fmt: skip
_UNKNOWN_FILE = ("file identifier", "file_id", "file reference", "file_reference")
_BAD_PICTURE = ("photo", "image", "picture")
log = logging.getLogger(__name__)


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
        if parcel.edits is not None:
            if await self._is_edited(parcel, parcel.edits, sheets):
                return parcel.edits
            sheets = self.sheets(parcel, says_correction=True)
        try:
            return await self._send_all(parcel, sheets)
        except NoPicture:
            log.warning("Courier: delivery %d goes without its picture", parcel.delivery_id)
            bare = replace(parcel, letter=replace(parcel.letter, picture=None), photo=None)
            return await self._send_all(
                bare, self.sheets(bare, says_correction=parcel.edits is not None or None)
            )

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
        """Send a picture: its bytes once, after that only the name that Telegram gave it."""
        known = self._pictures.get(photo.token)
        if known is not None:
            try:
                return await self._photo(parcel, known, sheet)
            except BadRequest as error:
                if not _says(error, _UNKNOWN_FILE):
                    raise
                del self._pictures[photo.token]
        try:
            data = await asyncio.to_thread(self._store.read, photo.stored)
        except FileNotFoundError:
            raise NoPicture from None
        try:
            message = await self._photo(parcel, data, sheet)
        except BadRequest as error:
            if _says(error, _BAD_PICTURE):
                raise NoPicture from None
            raise
        self._pictures[photo.token] = message.photo[-1].file_id
        if len(self._pictures) > KNOWN_PICTURES:
            self._pictures.popitem(last=False)
        return message

    async def _photo(self, parcel: Parcel, picture: str | bytes, sheet: Sheet) -> Message:
        return await self._bot.send_photo(
            parcel.chat_id,
            picture,
            caption=sheet.html or None,
            parse_mode=ParseMode.HTML,
            reply_markup=sheet.keyboard,
        )

    async def _is_edited(self, parcel: Parcel, message_id: int, sheets: list[Sheet]) -> bool:
        """Put the words in place of those of an earlier message; False when that cannot be.

        Which kind of message the earlier one was nobody remembers, so the likelier kind is tried first.
        """
        if any(sheet.html for sheet in sheets[:-1]):  # several messages cannot take the place of one
            return False
        last = sheets[-1]
        for as_caption in (last.has_picture, not last.has_picture):
            self._pace.take(parcel.person_id, is_group=parcel.chat_id < 0)
            try:
                await self._edit(parcel.chat_id, message_id, last, as_caption=as_caption)
            except BadRequest as error:
                if _says(error, (_SAME,)):
                    return True
                if _says(error, _OTHER_KIND):
                    continue
                if _says(error, _CANNOT_BE_EDITED):
                    return False
                raise
            return True
        return False

    async def _edit(self, chat_id: int, message_id: int, sheet: Sheet, *, as_caption: bool) -> None:
        if as_caption:
            await self._bot.edit_message_caption(
                chat_id,
                message_id,
                caption=sheet.html,
                parse_mode=ParseMode.HTML,
                reply_markup=sheet.keyboard,
            )
        else:
            await self._bot.edit_message_text(
                sheet.html,
                chat_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=sheet.keyboard,
                link_preview_options=NO_PREVIEW,
            )


def _says(error: BadRequest, phrases: tuple[str, ...]) -> bool:
    words = error.message.lower()
    return any(phrase in words for phrase in phrases)
