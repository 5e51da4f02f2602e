"""News: the updates that everybody may read, once they have been sent. Which ones, is decided here alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.db import cache_of
from models.errors import NotFound
from models.goals import Goal
from models.groups import WorkingGroup
from models.updates import Update, UpdateGroup, UpdateState
from translations import Localised, _

PAGE = 10
HEADLINES = 3
_SHOWN = (UpdateState.SENDING, UpdateState.SENT)  # what was stopped had a reason to be


@dataclass(frozen=True, slots=True)
class Headline:
    """The title of an update where it is only named; safe to keep in memory."""

    id: int
    title: Localised
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """An update as everybody reads it, with the groups of which it tells and its picture."""

    update: Update
    sent_at: datetime
    group_ids: tuple[int, ...] = ()
    picture: Attachment | None = None

    @property
    def changed_at(self) -> datetime:
        """When it was sent, or last corrected."""
        return self.update.corrected_at or self.sent_at


@dataclass(frozen=True, slots=True)
class Page:
    """Some news, the newest first, and the id below which older ones follow."""

    entries: Sequence[News]
    onward: int | None = None


def is_shown() -> sa.ColumnElement[bool]:
    """Return the condition for updates that everybody may read."""
    return sa.and_(Update.is_public, Update.sent_at.is_not(None), Update.state.in_(_SHOWN))


def _of_group(group_id: int) -> sa.ColumnElement[bool]:
    return Update.id.in_(sa.select(UpdateGroup.update_id).where(UpdateGroup.group_id == group_id))


def _of_programme(programme_id: int) -> sa.ColumnElement[bool]:
    """Return the condition for updates that tell of a programme's groups, or of no group in particular."""
    theirs = (
        sa.select(UpdateGroup.update_id)
        .join(WorkingGroup, WorkingGroup.id == UpdateGroup.group_id)
        .join(Goal, Goal.id == WorkingGroup.goal_id)
        .where(Goal.programme_id == programme_id)
    )
    of_all = ~sa.select(UpdateGroup.update_id).where(UpdateGroup.update_id == Update.id).exists()
    return sa.or_(Update.id.in_(theirs), of_all)


def page(
    session: Session,
    *,
    group_id: int | None = None,
    programme_id: int | None = None,
    below: int | None = None,
    size: int = PAGE,
) -> Page:
    """Return news, the newest first: three statements, however many there are."""
    wanted = sa.select(Update).where(is_shown()).order_by(Update.sent_at.desc(), Update.id.desc())
    if group_id is not None:
        wanted = wanted.where(_of_group(group_id))
    if programme_id is not None:
        wanted = wanted.where(_of_programme(programme_id))
    if below is not None:
        at = sa.select(Update.sent_at).where(Update.id == below).scalar_subquery()
        wanted = wanted.where(sa.or_(Update.sent_at < at, sa.and_(Update.sent_at == at, Update.id < below)))
    rows = session.scalars(wanted.limit(size + 1)).all()
    shown = rows[:size]
    return Page(_with_all(session, shown), shown[-1].id if len(rows) > size else None)


def get(session: Session, number: int) -> News:
    """Return one update that everybody may read; NotFound for any other, as if it were not there."""
    found = session.scalars(sa.select(Update).where(is_shown(), Update.id == number)).first()
    if found is None:
        raise NotFound(_("There is no such update."))
    return _with_all(session, [found])[0]


def _with_all(session: Session, rows: Sequence[Update]) -> list[News]:
    ids, pictures = [one.id for one in rows], [one.picture_id for one in rows if one.picture_id is not None]
    groups: dict[int, list[int]] = {}
    told = sa.select(UpdateGroup.update_id, UpdateGroup.group_id).where(UpdateGroup.update_id.in_(ids))
    for update_id, group_id in session.execute(told.order_by(UpdateGroup.group_id)):
        groups.setdefault(update_id, []).append(group_id)
    shown = sa.select(Attachment).where(
        Attachment.id.in_(pictures), Attachment.is_public, Attachment.kind == AttachmentKind.PHOTO,
        Attachment.state == AttachmentState.READY,
    )  # fmt: skip
    files = {one.id: one for one in session.scalars(shown)}
    return [
        News(one, one.sent_at, tuple(groups.get(one.id, ())), files.get(one.picture_id or 0))
        for one in rows
        if one.sent_at is not None
    ]


def headlines(session: Session, group_id: int | None = None) -> Sequence[Headline]:
    """Return the newest titles; those of all groups are kept for seconds, for the front page shows them."""

    def load() -> Sequence[Headline]:
        wanted = sa.select(Update.id, Update.title, Update.sent_at).where(is_shown())
        if group_id is not None:
            wanted = wanted.where(_of_group(group_id))
        found = session.execute(wanted.order_by(Update.sent_at.desc(), Update.id.desc()).limit(HEADLINES))
        return [Headline(number, title, sent_at) for number, title, sent_at in found if sent_at is not None]

    return load() if group_id is not None else cache_of(session).get("news", load)
