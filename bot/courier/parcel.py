"""What the courier carries, and how a delivery can end."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.letters import Letter
from models.outbox import DeliveryState
from models.people import ChannelKind
from models.rendering.office import Office as Office


def without(words: str, *secrets: str) -> str:
    """Return words with an ellipsis in place of each secret. The chat library changes the case of errors."""
    for secret in secrets:
        words = re.sub(re.escape(secret), "…", words, flags=re.IGNORECASE) if secret else words
    return words


@dataclass(frozen=True, slots=True)
class Photo:
    """The picture of a letter: its token, and where the store keeps it; or of which words it is drawn."""

    token: str
    stored: str
    width: int  # pixels
    draws: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter ready to go to one person: plain values only, no rows of the database.

    `person_id` is minus the group chat's id where it goes to one. `addresses` has the whole address of each
    button's page, "" for a button that is sent as a verb; `tokens` are the one-time links in them, which must
    not be written down anywhere. `edits` is the chat message that this letter replaces; `follows` are id and
    time of deliveries whose mails it corrects.
    """

    delivery_id: int
    person_id: int  # of a linked group chat: minus its id
    attempts: int  # with this one
    kind: str
    created_at: datetime
    language: str
    chat_id: int
    email: str
    letter: Letter
    addresses: tuple[str, ...]
    tokens: tuple[str, ...]
    office: Office
    photo: Photo | None = None
    edits: int | None = None
    follows: tuple[tuple[int, datetime], ...] = ()

    def without_secrets(self, words: str) -> str:
        """Return an error's words without the one-time links that it may repeat, in whatever case."""
        return without(words, *self.tokens)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went. `wait`: seconds until this delivery is tried again; `pause`: until the lane goes on.

    `counts` is false when the letter certainly did not leave the house; `is_lost` when the person can no
    longer be reached over this channel; `chat_id` is the chat's new number.
    """

    state: DeliveryState
    error: str = ""
    message_id: int | None = None
    wait: float = 0.0
    pause: float = 0.0
    counts: bool = True
    is_lost: bool = False
    chat_id: int | None = None


SENT = Outcome(DeliveryState.SENT)


class Carrier(Protocol):
    """One way to people."""

    channel: ChannelKind

    async def open(self) -> None:
        """Get ready; connects to nothing yet."""

    async def close(self) -> None:
        """Let go of all lines."""

    def resting(self) -> tuple[list[int], list[int]]:
        """Return the ids of people who get nothing now, and of those who get only answers."""

    def turn(self, person_id: int, priority: int) -> float | None:
        """Return the seconds until something may go out; None when not to this person now."""

    def turn_ended(self, person_id: int) -> None:
        """Hear that such a turn is over, whether it was used or not."""

    async def carry(self, parcel: Parcel) -> Outcome:
        """Bring one parcel; never raises for anything that the network or the other side does."""

    async def idle(self) -> None:
        """Hear that nothing waits at the moment."""
