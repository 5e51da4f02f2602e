"""The way to people through the Bot API."""

import logging
from datetime import timedelta

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.courier import telegram_words
from bot.courier.aiohttp_request import AiohttpRequest, NotSent, ServerTrouble, TooFast
from bot.courier.pace import Pace
from bot.courier.parcel import Outcome, Parcel, without
from bot.courier.telegram_sending import Sender
from bot.courier.timing import Timing
from models import clock
from models.files import Store
from models.outbox import DeliveryState
from models.people import ChannelKind
from models.settings import Settings

SLACK_SECONDS = 0.5
LONGEST_PAUSE = 300.0
TOKEN_PAUSE = 60.0
UNANSWERED_TRIES = 4  # each may have arrived: better once not at all than a fifth time
TROUBLE_SPAN = timedelta(days=1)  # for how long a message that makes the server stumble is tried again
log = logging.getLogger(__name__)


class TelegramCarrier:
    """Sends letters as chat messages, paced evenly."""

    channel = ChannelKind.TELEGRAM

    def __init__(self, settings: Settings, timing: Timing) -> None:
        self._again = timing.again
        self._request = AiohttpRequest(seconds=timing.answer, connections=4 * settings.courier_lanes)
        self._token = settings.bot_token.get_secret_value()
        self._bot = Bot(
            self._token,
            base_url=f"{settings.bot_api.rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._pace = Pace(settings.courier_rate)
        self._sender = Sender(
            self._bot,
            self._pace,
            Store(settings.files),
            with_links=telegram_words.takes_links(settings.base_url, settings.bot_api),
        )
        self._failures = 0  # in a row, of the whole way and not of one letter

    async def open(self) -> None:
        """Open the HTTP session. Nothing is asked of Telegram."""
        await self._request.initialize()

    async def close(self) -> None:
        """Close all lines."""
        await self._request.shutdown()

    async def idle(self) -> None:
        """Do nothing: lines close by themselves."""

    def resting(self) -> tuple[list[int], list[int]]:
        """Return who gets nothing now, and who gets only answers."""
        return self._pace.resting()

    def turn(self, person_id: int, priority: int) -> float | None:
        """Return the seconds until a message may leave, None when this person must rest."""
        return self._pace.reserve(person_id, priority)

    def turn_ended(self, person_id: int) -> None:
        """Let the chat rest from now on, if something has left."""
        self._pace.ended(person_id)

    async def carry(self, parcel: Parcel) -> Outcome:
        """Send a letter, and tell how it went."""
        try:
            sheets = self._sender.sheets(parcel)
        except Exception as error:
            log.error("Courier: delivery %d cannot be put into words: %s", parcel.delivery_id, type(error))
            return Outcome(DeliveryState.FAILED, f"cannot be put into words: {type(error).__name__}")
        try:
            message_id = await self._sender.send(parcel, sheets)
        except TelegramError as error:
            outcome = self._judge(error, parcel)
            if outcome.state is not DeliveryState.QUEUED:
                self._sender.forget(parcel.delivery_id)
            return outcome
        self._failures = 0
        return Outcome(DeliveryState.SENT, message_id=message_id)

    def _judge(self, error: TelegramError, parcel: Parcel) -> Outcome:
        """Tell what an error means. The kinds overlap in the library, so the order matters."""
        if isinstance(error, TooFast):
            wait = error.seconds + SLACK_SECONDS
            log.warning("Courier: Telegram asks to wait %.0f s", wait)
            return Outcome(DeliveryState.QUEUED, "asked to wait", wait=wait, pause=wait, counts=False)
        if isinstance(error, ChatMigrated):
            return Outcome(DeliveryState.QUEUED, "moved", counts=False, chat_id=error.new_chat_id)
        if isinstance(error, Forbidden):
            return Outcome(DeliveryState.UNREACHABLE, self._plain(error), is_lost=True)
        if isinstance(error, InvalidToken):
            log.error("Courier: Telegram does not know the bot's token; please check MITWIRKEN_BOT_TOKEN")
            return Outcome(DeliveryState.QUEUED, "token refused", pause=TOKEN_PAUSE, counts=False)
        if isinstance(error, BadRequest):
            return self._refused(error, parcel)
        if isinstance(error, NotSent):
            pause = self._longer_pause()
            log.warning("Courier: Telegram cannot be reached (%s); waiting %.0f s", error.message, pause)
            return Outcome(DeliveryState.QUEUED, "no connection", pause=pause, counts=False)
        return self._ambiguous(error, parcel)

    def _refused(self, error: BadRequest, parcel: Parcel) -> Outcome:
        words = self._plain(error)
        if "message is not modified" in words.lower():
            return Outcome(DeliveryState.SENT)
        log.error("Courier: Telegram refused delivery %d", parcel.delivery_id)
        return Outcome(DeliveryState.FAILED, words)

    def _ambiguous(self, error: TelegramError, parcel: Parcel) -> Outcome:
        """Judge a letter that may have arrived: no answer, a broken one, or trouble on the other side."""
        was_answered = isinstance(
            error, ServerTrouble
        )  # it costs no try: hardly ever has such a letter arrived
        if was_answered:
            gives_up = clock.now() - parcel.created_at > TROUBLE_SPAN
        else:
            gives_up = parcel.attempts >= UNANSWERED_TRIES
        words = f"ambiguous: {self._plain(error)}"
        log.warning("Courier: no clear answer for delivery %d (%s)", parcel.delivery_id, type(error).__name__)
        if gives_up:
            return Outcome(DeliveryState.FAILED, words)
        self._failures += 1
        pause = 0.0 if self._failures < 3 else min(60.0, self._again * 2.0 ** (self._failures - 3))
        # Four times as long each time: the tries reach over an outage of a minute.
        grown = 2.0 ** min(self._failures - 1, 9) if was_answered else 4.0 ** (parcel.attempts - 1)
        wait = min(LONGEST_PAUSE, self._again * grown)
        return Outcome(DeliveryState.QUEUED, words, wait=wait, pause=pause, counts=not was_answered)

    def _longer_pause(self) -> float:
        self._failures += 1
        return min(LONGEST_PAUSE, self._again * 2.0 ** (self._failures - 1))

    def _plain(self, error: TelegramError) -> str:
        return without(error.message, self._token)
