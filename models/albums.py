"""One answer to several messages that belong together, such as the photos of an album.

The answer is a letter with a key. While it waits in the outbox, later messages may still change its words.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import outbox
from models.letters import Letter
from models.outbox import Delivery, DeliveryState, Message


def key_of(person_id: int, album: str) -> str:
    """Return the key of the answer to an album; "" for a message that stands alone."""
    return f"album:{person_id}:{album}"[:80] if album else ""


def is_answered(session: Session, key: str) -> bool:
    """Return whether there is an answer of this key already."""
    return bool(key) and outbox.is_written(session, key)


def reword(session: Session, key: str, letter: Letter) -> None:
    """Put other words into an answer that has not left yet; one that has stays as it was."""
    waits = sa.select(Delivery.id).where(
        Delivery.message_id == Message.id, Delivery.state == DeliveryState.QUEUED
    )
    session.execute(
        sa.update(Message)
        .where(Message.key == key, waits.exists())
        .values(words=letter.pack())
        .execution_options(synchronize_session=False)
    )
