"""The courier's book-keeping: every look into the database and every note in it, as short transactions."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.courier.parcel import Office, Outcome, Parcel
from models import clock, group_letters, leases, links, outbox, regions
from models.db import Database
from models.forms.receive import CONFIRMATIONS_PER_DAY, DAY, THANKS_PER_DAY
from models.letters import TO_GROUP, Button, Letter
from models.outbox import CONFIRM, RECEIVED, Delivery, DeliveryState
from models.people import ChannelKind
from models.settings import Settings
from translations import SOURCE, find

BATCH = 30
_PER_DAY = {CONFIRM: CONFIRMATIONS_PER_DAY, RECEIVED: THANKS_PER_DAY}
log = logging.getLogger(__name__)


class Ledger:
    """The outbox of one channel as one courier sees it. Not for the event loop: every call may block."""

    def __init__(self, db: Database, settings: Settings, channel: ChannelKind, holder: str) -> None:
        self._db = db
        self._settings = settings
        self._channel = channel
        self._holder = holder
        self._lease = f"courier:{channel.value}"

    def hold(self) -> bool:
        """Take or renew the lease of this channel."""
        with self._db.transaction() as session:
            return leases.hold(session, self._lease, self._holder)

    def release(self) -> None:
        """Give the lease back."""
        with self._db.transaction() as session:
            leases.release(session, self._lease, self._holder)

    def requeue_interrupted(self) -> int:
        """Put back what was on its way when the courier before us ended."""
        with self._db.transaction() as session:
            return outbox.requeue_interrupted(session, self._channel)

    def due(self, resting: Sequence[int], calm: Sequence[int]) -> Sequence[Delivery]:
        """Return what may go out now."""
        with self._db.reading() as session:
            return outbox.next_due(session, self._channel, limit=BATCH, resting=resting, calm=calm)

    def claim(self, delivery: Delivery) -> Parcel | None:
        """Mark a delivery as on its way and pack it; None when it must not go, or no longer."""
        with self._db.transaction() as session:
            if not outbox.mark_sending(session, delivery.id):
                return None
            obstacle = _obstacle(delivery, self._channel)
            if obstacle:
                self._give_up(session, delivery.addressee, delivery.id, obstacle)
                return None
            if self._channel is ChannelKind.EMAIL and _too_many(session, delivery):
                outbox.settle(
                    session, delivery.id, DeliveryState.DROPPED, error="written to often enough today"
                )
                return None
            try:
                return self._packed(session, delivery)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                # One letter that cannot be read must not stop all others.
                words = f"cannot be read: {type(error).__name__}"
                outbox.settle(session, delivery.id, DeliveryState.FAILED, error=words)
                log.error("Courier: delivery %d %s", delivery.id, words)
                return None

    def _give_up(
        self,
        session: Session,
        addressee: int,
        delivery_id: int,
        error: str,
        state: DeliveryState = DeliveryState.UNREACHABLE,
    ) -> None:
        if addressee < 0:
            group_letters.give_up(session, delivery_id, error=error)
        else:
            outbox.give_up_channel(session, delivery_id, state, error=error)

    def _packed(self, session: Session, delivery: Delivery) -> Parcel:
        person, chat = delivery.person, delivery.group_chat
        spoken = find(person.language if person else chat.language if chat else SOURCE)
        tag = spoken.tag if spoken else SOURCE
        letter = Letter.unpack(delivery.message.words)
        if person is None:
            letter = for_everybody(letter)
        tokens = [self._token(session, button, delivery.addressee) for button in letter.buttons]
        region = regions.the_region(session)
        return Parcel(
            delivery_id=delivery.id,
            person_id=delivery.addressee,
            attempts=delivery.attempts + 1,
            kind=delivery.message.kind,
            created_at=delivery.created_at,
            language=tag,
            chat_id=(person.telegram_id if person else chat.chat_id if chat else None) or 0,
            email=(person.email if person else None) or "",
            letter=letter,
            addresses=tuple(
                self._address(button, tag, token)
                for button, token in zip(letter.buttons, tokens, strict=True)
            ),
            tokens=tuple(token for token in tokens if token),
            office=Office(
                region.name, region.office, region.phone, region.email, region.address, region.accent
            ),
        )

    def _opens_page(self, button: Button) -> bool:
        return bool(button.page) and not (button.verb and self._channel is ChannelKind.TELEGRAM)

    def _token(self, session: Session, button: Button, person_id: int) -> str:
        """Give out the one-time link of a button, in the transaction that marks the delivery."""
        if button.purpose is None or "{link}" not in button.page or not self._opens_page(button):
            return ""
        return links.issue(session, button.purpose, person_id=person_id, target_id=button.target_id)

    def _address(self, button: Button, language: str, token: str) -> str:
        if not self._opens_page(button):
            return ""
        path = button.page.replace("{lang}", language).replace("{link}", token)
        if path.startswith(TO_GROUP):
            return self._settings.telegram_group_address(path.removeprefix(TO_GROUP))
        return self._settings.address(path) if path.startswith("/") else path

    def settle(self, parcel: Parcel, outcome: Outcome) -> None:
        """Note how it went."""
        error = parcel.without_secrets(outcome.error)
        with self._db.transaction() as session:
            if outcome.is_lost:
                self._give_up(session, parcel.person_id, parcel.delivery_id, error, outcome.state)
                return
            if outcome.chat_id is not None:
                is_group = parcel.person_id < 0
                move = group_letters.move if is_group else outbox.move_chat
                move(session, abs(parcel.person_id), outcome.chat_id)
            again = outcome.state is DeliveryState.QUEUED
            outbox.settle(
                session,
                parcel.delivery_id,
                outcome.state,
                external_id=outcome.message_id,
                error=error,
                wait=timedelta(seconds=outcome.wait) if again else None,
                counts=outcome.counts,
            )


def _obstacle(delivery: Delivery, channel: ChannelKind) -> str:
    """Return why an addressee cannot be reached over a channel, "" when they can."""
    person = delivery.person
    if person is None:
        chat = delivery.group_chat
        return "the chat is no longer linked" if chat is None or chat.gone_at else ""
    if channel is ChannelKind.TELEGRAM:
        if person.telegram_id is None:
            return "no chat"
        return "the chat is blocked" if person.telegram_blocked else ""
    return "" if person.email else "no address"


def for_everybody(letter: Letter) -> Letter:
    """Return a letter without the buttons that are one person's: in a group, everybody could press them."""
    kept = (replace(one, verb="") for one in letter.buttons if one.page and not one.purpose)
    return replace(letter, buttons=tuple(kept))


def _too_many(session: Session, delivery: Delivery) -> bool:
    """Return whether an address has had enough of what anybody can cause by typing it into a form."""
    most = _PER_DAY.get(delivery.message.kind)
    if most is None:
        return False
    since = clock.now() - DAY
    return outbox.sent_lately(session, delivery.addressee, delivery.message.kind, since=since) >= most
