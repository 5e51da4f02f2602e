"""Group chats: Telegram groups that a lead has linked to a working group; updates arrive there once."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base
from models.people import Person


class GroupChat(Base):
    """A linked chat. `gone_at` is set when the bot was removed; linking again takes it back."""

    __tablename__ = "group_chats"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("working_groups.id", ondelete="CASCADE"), index=True)
    chat_id: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(20))
    linked_by: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def link(
    session: Session, group_id: int, chat_id: int, *, title: str, language: str, by: int | None
) -> GroupChat:
    """Link a Telegram group to a working group; one that is linked already moves to the new one."""
    found = of_chat(session, chat_id)
    if found is None:
        found = GroupChat(chat_id=chat_id)
        session.add(found)
    found.group_id, found.title, found.language, found.linked_by = group_id, title[:200], language, by
    found.linked_at, found.gone_at = clock.now(), None
    session.flush()
    return found


def of_chat(session: Session, chat_id: int) -> GroupChat | None:
    """Return the row of a Telegram group, linked or gone."""
    return session.scalars(sa.select(GroupChat).where(GroupChat.chat_id == chat_id)).first()


def linked(session: Session, group_ids: Collection[int] | None = None) -> Sequence[GroupChat]:
    """Return the chats that updates go to now: of some groups, or of all of them."""
    wanted = sa.true() if group_ids is None else GroupChat.group_id.in_(list(group_ids))
    return session.scalars(
        sa.select(GroupChat).where(GroupChat.gone_at.is_(None), wanted).order_by(GroupChat.id)
    ).all()


def note_gone(session: Session, chat_id: int) -> bool:
    """Note that nothing can be sent to a chat any more; False where that is known, or it never was linked."""
    gone = session.execute(
        sa.update(GroupChat)
        .where(GroupChat.chat_id == chat_id, GroupChat.gone_at.is_(None))
        .values(gone_at=clock.now())
        .returning(GroupChat.id)
    )
    return gone.first() is not None


def unlink(session: Session, number: int, group_id: int) -> bool:
    """End the link of one of a group's chats; False where there is none. Nobody is told of it."""
    ended = session.execute(
        sa.update(GroupChat)
        .where(GroupChat.id == number, GroupChat.group_id == group_id, GroupChat.gone_at.is_(None))
        .values(gone_at=clock.now())
        .returning(GroupChat.id)
    )
    return ended.first() is not None


def move(session: Session, old: int, new: int) -> None:
    """Note that Telegram has given a group another number, as when it becomes a supergroup."""
    if of_chat(session, new) is None:
        session.execute(sa.update(GroupChat).where(GroupChat.chat_id == old).values(chat_id=new))
    else:  # the new one has been linked by itself meanwhile
        note_gone(session, old)
