"""Attachments: photos, voice notes and documents that people send with a form.

A file is named by a random token. It belongs to a draft or to nothing until its form is sent; then to the
submission. What arrived by Telegram is fetched later, as a job, so that its row exists before its bytes do.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.cleaned import ENDINGS, Cleaned
from models.cleaned import AttachmentKind as AttachmentKind
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.files import Store
from models.people import Person
from models.submissions import Submission


class AttachmentState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"  # Telegram has it, we do not yet
    READY = "ready"
    REFUSED = "refused"  # looked at and not taken; `problem` says why
    LOST = "lost"  # Telegram no longer has it, or it never came
    GONE = "gone"  # belongs to nobody any more; `sweeping` removes the file and then the row


class Attachment(Base):
    """One file. `token` names it in answers and addresses; `stored` is its path in the store."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(32), unique=True)
    kind: Mapped[AttachmentKind] = mapped_column(choice_of(AttachmentKind))
    state: Mapped[AttachmentState] = mapped_column(choice_of(AttachmentState))
    problem: Mapped[str] = mapped_column(sa.String(40), default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")  # as the sender called it, cleaned
    caption: Mapped[str] = mapped_column(sa.Text, default="")
    media_type: Mapped[str] = mapped_column(sa.String(80), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes, as stored
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    stored: Mapped[str] = mapped_column(sa.String(80), default="")
    telegram_file: Mapped[str] = mapped_column(sa.String(200), default="")
    telegram_unique: Mapped[str] = mapped_column(sa.String(80), default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(Submission.id, ondelete="SET NULL"), index=True
    )
    is_public: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    __table_args__ = (sa.Index("ix_attachments_state_not_before", "state", "not_before"),)


_UNWANTED = frozenset('<>:"|?*')
MOST = 10  # files with one form: as many as an album has


def new_token() -> str:
    """Return a random name for a file: who knows it still needs the right to see it."""
    return secrets.token_urlsafe(12)


def take_in(
    session: Session,
    kind: AttachmentKind,
    *,
    person_id: int | None = None,
    name: str = "",
    caption: str = "",
    telegram_file: str = "",
    telegram_unique: str = "",
) -> Attachment:
    """Note a file that Telegram has and we do not have yet; the courier's process fetches it."""
    made = Attachment(
        token=new_token(), kind=kind, state=AttachmentState.WAITING, name=name[:120], caption=caption,
        person_id=person_id, telegram_file=telegram_file, telegram_unique=telegram_unique,
        not_before=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def take_upload(
    session: Session,
    store: Store,
    cleaned: Cleaned,
    *,
    name: str = "",
    person_id: int | None = None,
    caption: str = "",
) -> Attachment:
    """Keep a file that came by a page, cleaned already, and return its row.

    Call it first in a transaction: the bytes go to the disk before the database is held up by anything. If
    the transaction fails afterwards, the file belongs to no row and is swept away.
    """
    stored = store.put(cleaned.data, small=cleaned.small)
    made = Attachment(
        token=new_token(), kind=cleaned.kind, state=AttachmentState.READY, caption=caption,
        name=clean_name(name, cleaned.media_type), person_id=person_id, stored=stored,
        media_type=cleaned.media_type, size=len(cleaned.data), width=cleaned.width, height=cleaned.height,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def clean_name(name: str, media_type: str) -> str:
    """Return a file's name as it may be shown and saved: no folders, no tricks, the ending of what it is."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in _UNWANTED)
    ending = ENDINGS.get(media_type, "")
    stem = shown.rpartition(".")[0] if "." in shown else shown
    stem = " ".join(stem.split()).strip(". ")[: 120 - len(ending)]
    return f"{stem}{ending}" if stem else ""


def by_tokens(session: Session, tokens: Sequence[str]) -> list[Attachment]:
    """Return the files of these names in their order; unknown names are left out."""
    if not tokens:
        return []
    found = {
        one.token: one for one in session.scalars(sa.select(Attachment).where(Attachment.token.in_(tokens)))
    }
    return [found[token] for token in tokens if token in found]


def adopt(session: Session, tokens: Sequence[str], submission_id: int, person_id: int) -> None:
    """Give files to the submission that they came with; files of other submissions stay where they are."""
    if tokens:
        session.execute(
            sa.update(Attachment)
            .where(Attachment.token.in_(tokens), Attachment.submission_id.is_(None))
            .values(submission_id=submission_id, person_id=person_id)
            .execution_options(synchronize_session=False)
        )


def by_token(session: Session, token: str) -> Attachment | None:
    """Return the file of this name."""
    return session.scalars(sa.select(Attachment).where(Attachment.token == token)).first()


def is_visible(one: Attachment, *, to_staff: bool = False, to_person: int | None = None) -> bool:
    """Return whether a file is for these eyes: the office's, its sender's, or everybody's."""
    if one.state is not AttachmentState.READY:
        return False
    return to_staff or one.is_public or (to_person is not None and one.person_id == to_person)


def of_person(session: Session, person_id: int) -> Sequence[Attachment]:
    """Return the files that a person has sent, with or without a form, in their order."""
    return session.scalars(
        sa.select(Attachment).where(Attachment.person_id == person_id).order_by(Attachment.id)
    ).all()


def has_any(session: Session, person_id: int) -> bool:
    """Return whether files of this person are here."""
    own = sa.select(Attachment.id).where(
        Attachment.person_id == person_id, Attachment.state == AttachmentState.READY
    )
    return session.execute(own.limit(1)).first() is not None


def forget(session: Session, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> int:
    """Let go of the files that meet all conditions; return how many.

    Their rows are emptied at once, so that nobody sees them any more. The bytes are removed after the commit,
    by `sweeping`: a transaction that is rolled back must find its files where they were, and a process that
    is killed between the two leaves the row, by which the bytes are found.
    """
    chosen = sa.select(Attachment.id).where(*conditions, Attachment.state != AttachmentState.GONE)
    ids = session.scalars(chosen.limit(limit)).all()
    if not ids:
        return 0
    # A new token: an address that somebody has kept leads nowhere from now on. The conditions once more: a
    # form that was begun long ago may be sent at this moment, and take its files along.
    for number in ids:
        session.execute(
            sa.update(Attachment)
            .where(Attachment.id == number, *conditions, Attachment.state != AttachmentState.GONE)
            .values(
                state=AttachmentState.GONE, token=new_token(), name="", caption="", telegram_file="",
                telegram_unique="", person_id=None, submission_id=None, is_public=False, not_before=None,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return len(ids)


def of_submission(session: Session, submission_id: int) -> Sequence[Attachment]:
    """Return the files that came with a submission, in their order."""
    return session.scalars(
        sa.select(Attachment).where(Attachment.submission_id == submission_id).order_by(Attachment.id)
    ).all()


def drop(session: Session, token: str) -> None:
    """Forget a file that nobody has sent and of which nothing is stored yet."""
    session.execute(
        sa.delete(Attachment).where(
            Attachment.token == token, Attachment.submission_id.is_(None), Attachment.stored == ""
        )
    )


def let_go(session: Session, submission_id: int, *, keep: Sequence[str]) -> None:
    """Let go of the files of an entry that its sender no longer wants there."""
    forget(session, Attachment.submission_id == submission_id, Attachment.token.not_in(keep))


def describe(session: Session, token: str, caption: str) -> None:
    """Change the caption of a file that has not been sent yet."""
    session.execute(
        sa.update(Attachment)
        .where(Attachment.token == token, Attachment.submission_id.is_(None))
        .values(caption=caption)
        .execution_options(synchronize_session=False)
    )


def of_chat(session: Session, person_id: int, telegram_unique: str) -> Attachment | None:
    """Return the newest file that came with a chat message of this person and has not been sent on yet."""
    return session.scalars(
        sa.select(Attachment)
        .where(
            Attachment.person_id == person_id,
            Attachment.telegram_unique == telegram_unique,
            Attachment.submission_id.is_(None),
        )
        .order_by(Attachment.id.desc())
        .limit(1)
    ).first()
