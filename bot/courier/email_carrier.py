"""The way to people by e-mail."""

import asyncio
import logging
import re
import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.courier import email_words, pictures
from bot.courier.mailer import LineCut, MailDown, Mailer
from bot.courier.parcel import SENT, Outcome, Parcel
from bot.courier.timing import Timing
from models.files import Store
from models.outbox import DeliveryState
from models.people import ChannelKind
from models.settings import Settings

LADDER = (60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 8 * 3600.0, 24 * 3600.0)  # greylisting takes minutes
LONGEST_PAUSE = 60.0
UNANSWERED_TRIES = 4
# 5.1.x and 5.2.x speak of the mailbox; other enhanced codes of rules and of us (RFC 3463).
_ADDRESS_FAULT = re.compile(r"^\s*5\.[12]\.\d")
_ANY_FAULT = re.compile(r"^\s*\d\.\d{1,3}\.\d")
_PLAIN_ADDRESS_CODES = (550, 551, 553)
_NOT_LET_IN = (503, 530, 534, 535, 538)
log = logging.getLogger(__name__)


class EmailCarrier:
    """Hands letters to the mail server, each line to it in a thread of its own. Usually there is one."""

    channel = ChannelKind.EMAIL

    def __init__(self, settings: Settings, timing: Timing) -> None:
        self._again = timing.again
        self._mail_from = settings.mail_from
        self._store = Store(settings.files)
        many = settings.courier_lanes
        self._mailers = [Mailer(settings, seconds=timing.mail) for _line in range(many)]
        self._free = list(self._mailers)  # as many as there are letters under way at most
        self._thread = ThreadPoolExecutor(many, "courier-mail")
        self._failures = 0

    async def open(self) -> None:
        """Do nothing: the line opens with the first letter."""

    async def close(self) -> None:
        """Take leave of the mail server."""
        for mailer in self._mailers:
            await self._in_thread(mailer.close)
        self._thread.shutdown()

    async def idle(self) -> None:
        """Close lines that nobody has used for a while."""
        for mailer in list(self._free):
            if mailer.is_open:
                await self._in_thread(mailer.rest)

    def resting(self) -> tuple[list[int], list[int]]:
        """Nobody: mailboxes need no pacing."""
        return [], []

    def turn(self, person_id: int, priority: int) -> float | None:
        """Return 0: at once."""
        return 0.0

    def turn_ended(self, person_id: int) -> None:
        """Do nothing: the next may follow at once."""

    async def carry(self, parcel: Parcel) -> Outcome:
        """Send a letter, and tell how it went."""
        try:
            parcel, picture = await asyncio.to_thread(self._with_picture, parcel)
            message = email_words.mail(parcel, self._mail_from, picture)
            sender, recipient = email_words.envelope_sender(self._mail_from), email_words.recipient(parcel)
        except Exception as error:
            log.error("Courier: delivery %d cannot be put into words: %s", parcel.delivery_id, type(error))
            return Outcome(DeliveryState.FAILED, f"cannot be put into words: {type(error).__name__}")
        mailer = self._free.pop()
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._thread, mailer.send, message, sender, recipient
            )
        except MailDown as error:
            return self._pause(f"no connection: {error}", str(error))
        except LineCut as error:
            return self._cut(str(error), parcel)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return self._refused(code, _words(words), parcel, is_about_recipient=True)
        except smtplib.SMTPSenderRefused as error:
            reason = f"sender refused: {error.smtp_code} {_words(error.smtp_error)}"
            return self._pause(reason, f"sender refused, {error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return self._refused(error.smtp_code, _words(error.smtp_error), parcel, is_about_recipient=False)
        except smtplib.SMTPException as error:
            log.error("Courier: delivery %d cannot be mailed: %s", parcel.delivery_id, type(error).__name__)
            return Outcome(DeliveryState.FAILED, type(error).__name__)
        finally:
            self._free.append(mailer)
        self._failures = 0
        return SENT

    def _with_picture(self, parcel: Parcel) -> tuple[Parcel, bytes]:
        """Return a parcel and the small copy of its picture, which fits a mail; without one that is gone."""
        if parcel.photo is None:
            return parcel, b""
        try:
            return parcel, pictures.read(self._store, parcel.photo, small=True)
        except FileNotFoundError:
            log.warning("Courier: delivery %d goes without its picture", parcel.delivery_id)
            return replace(parcel, letter=replace(parcel.letter, picture=None), photo=None), b""

    def _refused(self, code: int, words: str, parcel: Parcel, *, is_about_recipient: bool) -> Outcome:
        reason = f"{code} {words}"
        if code == 421 or code in _NOT_LET_IN:
            return self._pause(reason, str(code))
        self._failures = 0
        if code < 500:
            if parcel.attempts > len(LADDER):
                return Outcome(DeliveryState.FAILED, f"given up: {reason}")
            log.warning("Courier: the mail server puts delivery %d off (%d)", parcel.delivery_id, code)
            return Outcome(DeliveryState.QUEUED, reason, wait=LADDER[parcel.attempts - 1])
        is_lost = _is_address_fault(code, words, is_about_recipient=is_about_recipient)
        log.warning("Courier: the mail server refused delivery %d (%d)", parcel.delivery_id, code)
        state = DeliveryState.UNREACHABLE if is_lost else DeliveryState.FAILED
        return Outcome(state, reason, is_lost=is_lost)

    def _pause(self, reason: str, for_log: str) -> Outcome:
        self._failures += 1
        pause = min(LONGEST_PAUSE, self._again * 2.0 ** (self._failures - 1))
        log.warning("Courier: no mail leaves (%s); waiting %.0f s", for_log, pause)
        return Outcome(DeliveryState.QUEUED, reason, pause=pause, counts=False)

    def _cut(self, reason: str, parcel: Parcel) -> Outcome:
        words = f"ambiguous: {reason}"
        log.warning("Courier: the mail server did not confirm delivery %d", parcel.delivery_id)
        if parcel.attempts >= UNANSWERED_TRIES:
            return Outcome(DeliveryState.FAILED, words)
        return Outcome(DeliveryState.QUEUED, words, wait=5.0 * self._again * 4.0 ** (parcel.attempts - 1))

    async def _in_thread(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _is_address_fault(code: int, words: str, *, is_about_recipient: bool) -> bool:
    """Return whether a refusal speaks of the recipient's mailbox, and not of us or of the content."""
    if _ANY_FAULT.match(words):
        return bool(_ADDRESS_FAULT.match(words))
    return is_about_recipient and code in _PLAIN_ADDRESS_CODES
