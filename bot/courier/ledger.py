"""The courier's book-keeping: every look into the database and every note in it, as short transactions."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.courier.parcel import Outcome, Parcel, Photo
from bot.courier.pictures import CODE_WIDTH
from models import (
    attachments,
    broadcasts,
    clock,
    editions,
    leases,
    links,
    outgoing,
    own_sheets,
    regions,
    stopping,
    tries,
)
from models.attachments import AttachmentKind, AttachmentState
from models.broadcasts import KIND, Hindrance
from models.db import Database
from models.forms.receive import DAY, THANKS_OF_THEM, THANKS_PER_DAY, TYPED_PER_DAY
from models.letters import QR_CODE, TO_GROUP, Button, Letter
from models.links import Purpose
from models.outbox import CONFIRM, RECEIVED, TYPED, Delivery, DeliveryState
from models.people import ChannelKind
from models.rendering.office import Office
from models.settings import Settings
from translations import SOURCE, find

BATCH = 30
_PER_DAY = {RECEIVED: THANKS_PER_DAY}
_PER_ADDRESS = {CONFIRM: TYPED_PER_DAY, TYPED: THANKS_OF_THEM}
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
            return outgoing.requeue_interrupted(session, self._channel)

    def due(self, resting: Sequence[int], calm: Sequence[int]) -> Sequence[Delivery]:
        """Return what may go out now."""
        with self._db.reading() as session:
            return outgoing.next_due(session, self._channel, limit=BATCH, resting=resting, calm=calm)

    def claim(self, delivery: Delivery) -> Parcel | None:
        """Mark a delivery as on its way and pack it; None when it must not go, or no longer."""
        with self._db.reading() as session:  # asked before anybody else has to wait for us
            hindrance = self._hindrance(session, delivery)
            edits = broadcasts.edited_by(session, delivery) if delivery.message.kind == KIND else None
        with self._db.transaction() as session:
            # A correction may have changed the words since we looked.
            words = outgoing.words_now(session, delivery.message_id)
            if words is None or not outgoing.mark_sending(session, delivery.id):
                return None
            if hindrance is not None:
                broadcasts.put_off(session, delivery, hindrance)
                return None
            if not self._may_go(session, delivery):
                return None
            try:
                return self._packed(session, delivery, words, edits)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                # One letter that cannot be read must not stop all others.
                reason = f"cannot be read: {type(error).__name__}"
                outgoing.settle(session, delivery.id, DeliveryState.FAILED, error=reason)
                log.error("Courier: delivery %d %s", delivery.id, reason)
                return None

    def _hindrance(self, session: Session, delivery: Delivery) -> Hindrance | None:
        """Return why somebody is not to get this now: they may have changed their mind since it was made."""
        if _obstacle(delivery, self._channel):
            return None  # that is judged where it can be noted
        kind = delivery.message.kind
        if kind == KIND:
            return broadcasts.hindrance(session, delivery, self._settings.zone)
        if kind not in stopping.KINDS or delivery.person_id is None:
            return None
        key = delivery.message.key or ""
        wanted = stopping.is_wanted(session, delivery.person_id, kind, key)
        return None if wanted else Hindrance(broadcasts.UNWANTED)

    def _may_go(self, session: Session, delivery: Delivery) -> bool:
        """Return whether a delivery may go out; note it where not."""
        obstacle = _obstacle(delivery, self._channel)
        if obstacle:
            outgoing.give_up_channel(session, delivery.id, DeliveryState.UNREACHABLE, error=obstacle)
            return False
        if self._channel is ChannelKind.EMAIL and _too_many(session, delivery):
            outgoing.settle(
                session, delivery.id, DeliveryState.DROPPED, error="written to often enough today"
            )
            return False
        return True

    def _packed(
        self, session: Session, delivery: Delivery, words: Mapping[str, Any], edits: int | None
    ) -> Parcel:
        letter = Letter.unpack(words)
        spoken = find(letter.language or _language(delivery))
        tag = spoken.tag if spoken else SOURCE
        photo = _photo(session, letter)
        if letter.picture and photo is None:
            letter = replace(letter, picture=None)  # taken away meanwhile: the words go without it
        if delivery.group_chat is not None:
            letter = _for_all(letter)
        elif delivery.person_id is not None:
            letter = own_sheets.for_person(session, letter, delivery.person_id)
        tokens = self._tokens(session, letter.buttons, delivery.addressee)
        region = regions.the_region(session)
        return Parcel(
            delivery_id=delivery.id,
            person_id=delivery.addressee,
            attempts=delivery.attempts + 1,
            kind=delivery.message.kind,
            created_at=delivery.created_at,
            language=tag,
            chat_id=_chat_id(delivery),
            email=_email(delivery),
            letter=letter,
            addresses=tuple(
                self._address(button, tag, token)
                for button, token in zip(letter.buttons, tokens, strict=True)
            ),
            tokens=tuple(token for token in tokens if token),
            office=Office.of(region),
            photo=photo,
            edits=edits,
            follows=self._follows(session, delivery, letter),
        )

    def _follows(
        self, session: Session, delivery: Delivery, letter: Letter
    ) -> tuple[tuple[int, datetime], ...]:
        """Return which mails a mail corrects, so that mail programs show them together."""
        if self._channel is not ChannelKind.EMAIL or not letter.is_correction:
            return ()
        return tuple((one.id, one.created_at) for one in editions.earlier(session, delivery))

    def _opens_page(self, button: Button) -> bool:
        return bool(button.page) and not (button.verb and self._channel is ChannelKind.TELEGRAM)

    def _tokens(self, session: Session, buttons: Sequence[Button], person_id: int) -> list[str]:
        """Give out the links of a letter; "less often" and "stop" lead to one page, so they share theirs."""
        shared: dict[int | None, str] = {}
        tokens = []
        for button in buttons:
            is_shared = button.purpose is Purpose.NEWS
            token = shared.get(button.target_id, "") if is_shared else ""
            token = token or self._token(session, button, person_id)
            if is_shared:
                shared[button.target_id] = token
            tokens.append(token)
        return tokens

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
                outgoing.give_up_channel(session, parcel.delivery_id, outcome.state, error=error)
                return
            if outcome.chat_id is not None:
                outgoing.move_chat(session, parcel.person_id, outcome.chat_id)
            again = outcome.state is DeliveryState.QUEUED
            outgoing.settle(
                session,
                parcel.delivery_id,
                outcome.state,
                external_id=outcome.message_id,
                error=error,
                wait=timedelta(seconds=outcome.wait) if again else None,
                counts=outcome.counts,
            )


def _photo(session: Session, letter: Letter) -> Photo | None:
    """Return a letter's picture as the store has it, None without one."""
    if letter.picture and letter.picture.token.startswith(QR_CODE):
        token = letter.picture.token
        return Photo(token, "", CODE_WIDTH, draws=token.removeprefix(QR_CODE))
    found = attachments.by_token(session, letter.picture.token) if letter.picture else None
    if found is None or found.kind is not AttachmentKind.PHOTO or found.state is not AttachmentState.READY:
        return None
    return Photo(found.token, found.stored, found.width)


def _for_all(letter: Letter) -> Letter:
    """Return a letter as a group's chat gets it: without what belongs to one person alone."""
    kept = (replace(one, verb="") for one in letter.buttons if one.page and not one.purpose)
    return replace(letter, buttons=tuple(kept))


def _language(delivery: Delivery) -> str:
    whose = delivery.person or delivery.staff or delivery.group_chat
    return whose.language if whose else SOURCE


def _chat_id(delivery: Delivery) -> int:
    """Return the number of the chat that Telegram knows, 0 without one."""
    if delivery.group_chat is not None:
        return delivery.group_chat.chat_id
    return (delivery.person.telegram_id or 0) if delivery.person else 0


def _email(delivery: Delivery) -> str:
    whose = delivery.person or delivery.staff
    return (whose.email or "") if whose else ""


def _obstacle(delivery: Delivery, channel: ChannelKind) -> str:
    """Return why somebody cannot be reached over a channel, "" when they can."""
    person = delivery.person
    if delivery.staff is not None:
        return "the account is closed" if delivery.staff.disabled_at else ""
    if person is None:
        return "" if delivery.group_chat and delivery.group_chat.gone_at is None else "no chat"
    if channel is ChannelKind.TELEGRAM:
        if person.telegram_id is None:
            return "no chat"
        return "the chat is blocked" if person.telegram_blocked else ""
    return "" if person.email else "no address"


def _too_many(session: Session, delivery: Delivery) -> bool:
    """Return whether an address has had enough of what anybody can cause by typing it into a form.

    Counted by the address, not by whom it stands with: that one may have been erased and come again.
    """
    per_address = _PER_ADDRESS.get(delivery.message.kind)
    if per_address is not None:
        if delivery.attempts or delivery.error:
            return False  # has been counted; while the mail server is away, attempts are not
        key = tries.key(tries.MAIL, _email(delivery))
        if tries.count(session, key) >= per_address:
            return True
        tries.note(session, key)
        return False
    most = _PER_DAY.get(delivery.message.kind)
    if most is None:
        return False
    since = clock.now() - DAY
    return outgoing.sent_lately(session, delivery.addressee, delivery.message.kind, since=since) >= most
