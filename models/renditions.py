"""Renditions: what somebody has put into another language, from the proposal to the approval.

An approved rendition stands in the piece's own words too, so that readers need no second look-up. Where the
source has changed since, its mark differs, and the rendition counts as outdated. Words without a rendition
were written by the office itself, and fit the source as it is.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock, translating
from models.columns import UTCDateTime, choice_of
from models.db import Base
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.staff import StaffMember, StaffRole
from models.translating import Kind, Piece
from translations import LANGUAGES, _

LONGEST_NOTE = 500
TAGS = tuple(entry.tag for entry in LANGUAGES)


class RenditionState(StrEnum):
    """Where a rendition stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Rendition(Base):
    """The words of one subject in one language; `words` has the text of each of its parts."""

    __tablename__ = "renditions"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24))  # update, goal, …
    subject_id: Mapped[int]
    tag: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[dict[str, Any]]
    source_mark: Mapped[str] = mapped_column(sa.String(64))  # a hash of the source when this was written
    state: Mapped[RenditionState] = mapped_column(choice_of(RenditionState))
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey(StaffMember.id))
    note: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was sent back
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id", "tag"),
        sa.Index("ix_renditions_tag_state", "tag", "state"),
    )


def languages_of(staff: StaffMember) -> tuple[str, ...]:
    """Return the languages into which somebody may translate: the office into all of them."""
    if staff.role is not StaffRole.TRANSLATOR:
        return TAGS
    return tuple(tag for tag in TAGS if tag in staff.languages)


def must_translate(staff: StaffMember, tag: str) -> None:
    """Refuse who may not translate into this language; NotFound for one that nobody speaks here."""
    if staff.disabled_at is not None:
        raise NotAllowed(_("Your account is closed."))
    if tag not in TAGS:
        raise NotFound(_("There is nothing to translate here any more."))
    if tag not in languages_of(staff):
        raise NotAllowed(_("Your account is not for this language. Please ask the office."))


def may_approve(staff: StaffMember, row: Rendition) -> bool:
    """Return whether somebody may approve: the office, or a second translator who did not write it."""
    is_office = staff.role is not StaffRole.TRANSLATOR
    return is_office or (row.tag in languages_of(staff) and row.made_by != staff.id)


def row_of(session: Session, piece: Piece, tag: str) -> Rendition | None:
    """Return the rendition of a piece in a language, as the database has it now."""
    return session.scalars(
        sa.select(Rendition)
        .where(Rendition.kind == piece.kind.slug, Rendition.subject_id == piece.id, Rendition.tag == tag)
        .execution_options(populate_existing=True)
    ).first()


def rows_of(session: Session, tags: Collection[str]) -> dict[tuple[str, int, str], Rendition]:
    """Return all renditions in these languages, by kind, piece and language."""
    query = sa.select(Rendition).where(Rendition.tag.in_(tags))
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {(row.kind, row.subject_id, row.tag): row for row in rows}


def seen(piece: Piece, tag: str, row: Rendition | None) -> str:
    """Return a mark of what somebody sees of a piece: its source, its words, and what waits for approval."""
    waits = [row.state.value, row.words, row.made_by, row.note] if row else None
    told = json.dumps([piece.mark, piece.said(tag), waits], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def begin(
    session: Session, staff: StaffMember, kind: Kind, number: int, tag: str, *, as_seen: str
) -> tuple[Piece, Rendition | None]:
    """Return a piece, held, with its rendition; Conflict where it is no longer as somebody saw it."""
    must_translate(staff, tag)
    piece = kind.held(session, number)
    if piece.tag == tag:
        raise NotFound(_("There is nothing to translate here any more."))
    row = row_of(session, piece, tag)
    if seen(piece, tag, row) != as_seen:
        raise Conflict(_("Something has changed here meanwhile. Please look again."))
    return piece, row


def propose(
    session: Session,
    staff: StaffMember,
    kind: Kind,
    number: int,
    tag: str,
    words: Mapping[str, str],
    *,
    as_seen: str,
) -> Rendition:
    """Write a translation down, for somebody else to approve; readers do not see it yet."""
    piece, row = begin(session, staff, kind, number, tag, as_seen=as_seen)
    read = translating.typed(piece, words)
    if not any(read.values()):
        raise InvalidAnswer(_("Please write a few words."))
    return store(session, piece, row, tag, read, state=RenditionState.PROPOSED, mark=piece.mark, by=staff.id)


def approve(
    session: Session,
    staff: StaffMember,
    kind: Kind,
    number: int,
    tag: str,
    words: Mapping[str, str],
    *,
    as_seen: str,
) -> Rendition:
    """Let readers see a translation. The office may mend it on the way; a translator approves it as it is."""
    piece, row = begin(session, staff, kind, number, tag, as_seen=as_seen)
    read = translating.typed(piece, words)
    if staff.role is StaffRole.TRANSLATOR:
        waits = row is not None and row.state is RenditionState.PROPOSED
        if row is None or not waits or not may_approve(staff, row):
            raise NotAllowed(_("Somebody else has to approve your translation."))
        if _kept(piece, row) != _without_gaps(read):
            raise Conflict(_("You have changed these words. Please save them; somebody else approves them."))
    must_be_whole(piece, read)
    return publish(session, piece, row, tag, read, mark=piece.mark, by=staff.id)


def send_back(
    session: Session, staff: StaffMember, kind: Kind, number: int, tag: str, note: str, *, as_seen: str
) -> Rendition:
    """Give a proposal back to whoever wrote it, with a note that says why."""
    _piece, row = begin(session, staff, kind, number, tag, as_seen=as_seen)
    if row is None or row.state is not RenditionState.PROPOSED:
        raise Conflict(_("Nothing waits for approval here."))
    if not may_approve(staff, row):
        raise NotAllowed(_("Somebody else has to approve your translation."))
    kept = " ".join(note.split())
    if not kept:
        raise InvalidAnswer(_("Please write what should be different."))
    if len(kept) > LONGEST_NOTE:
        raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=LONGEST_NOTE))
    row.state, row.note = RenditionState.REJECTED, kept
    session.flush()
    return row


def must_be_whole(piece: Piece, words: Mapping[str, str]) -> None:
    """Refuse words that leave one of the texts out: readers would meet two languages at once."""
    for part in piece.parts:
        if not words.get(part.name):
            raise InvalidAnswer(_("Please translate “{part}” as well.")(part=part.label))


def publish(
    session: Session,
    piece: Piece,
    row: Rendition | None,
    tag: str,
    words: Mapping[str, str],
    *,
    mark: str,
    by: int | None,
) -> Rendition:
    """Write approved words into the piece, and remember which source they belong to."""
    piece.kind.put(session, piece.id, tag, words)
    return store(session, piece, row, tag, words, state=RenditionState.APPROVED, mark=mark, by=by)


def store(
    session: Session,
    piece: Piece,
    row: Rendition | None,
    tag: str,
    words: Mapping[str, str],
    *,
    state: RenditionState,
    mark: str,
    by: int | None,
) -> Rendition:
    """Write a rendition; of two people who begin one at once, one gets a Conflict."""
    is_same = row is not None and _kept(piece, row) == _without_gaps(words)
    kept: dict[str, Any] = {
        "words": _without_gaps(words), "state": state, "source_mark": mark, "note": "",
        "made_by": row.made_by if row is not None and is_same else by,
        "made_at": row.made_at if row is not None and is_same else clock.now(),
    }  # fmt: skip
    if state is RenditionState.APPROVED:  # a proposal leaves what readers see approved as it was
        kept |= {"approved_by": by, "approved_at": clock.now()}
    if row is None:
        row = Rendition(kind=piece.kind.slug, subject_id=piece.id, tag=tag, **kept)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError as error:
            raise Conflict(_("Something has changed here meanwhile. Please look again.")) from error
        return row
    for name, value in kept.items():
        setattr(row, name, value)
    session.flush()
    return row


def _without_gaps(words: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in words.items() if text}


def _kept(piece: Piece, row: Rendition) -> dict[str, str]:
    """Return the words of a rendition for the parts that are still in use."""
    return {name: text for name, text in row.words.items() if name in piece.source and text}


def proposed(piece: Piece, tag: str, row: Rendition | None) -> dict[str, str]:
    """Return the words to go on with: what waits or was sent back, else what readers see."""
    if row is not None and row.state is not RenditionState.APPROVED:
        return _kept(piece, row)
    return piece.said(tag)


def forget(session: Session, kind: Kind, number: int) -> None:
    """Let go of the renditions of a piece that is being deleted; its number may come again."""
    session.execute(
        sa.delete(Rendition)
        .where(Rendition.kind == kind.slug, Rendition.subject_id == number)
        .execution_options(synchronize_session=False)
    )


def approved_here(session: Session, kind: Kind, since: datetime | None) -> set[tuple[int, str]]:
    """Return piece and language of what people approved here after a moment: no older file undoes it."""
    query = sa.select(Rendition.subject_id, Rendition.tag).where(
        Rendition.kind == kind.slug, Rendition.approved_at.is_not(None), Rendition.approved_by.is_not(None)
    )
    if since is not None:
        query = query.where(Rendition.approved_at > since)
    return {(number, tag) for number, tag in session.execute(query)}


@contextmanager
def following(
    session: Session, kind: Kind, ids: Collection[int] | None = None, *, by: int | None = None
) -> Iterator[None]:
    """Watch an edit by the office: what it wrote itself counts as approved, for the source as it is.

    Words that it left alone while the source changed are outdated from now on. What waits for approval goes
    on waiting. Three statements, however many pieces there are.
    """
    before = kind.pieces(session, ids)
    yield
    session.flush()
    after = kind.pieces(session, ids)
    changed = [one for one in after.values() if one.id in before and one.words != before[one.id].words]
    if not changed:
        return
    query = sa.select(Rendition).where(Rendition.kind == kind.slug)
    if ids is not None:
        query = query.where(Rendition.subject_id.in_(ids))
    rows = {(row.subject_id, row.tag): row for row in session.scalars(query)}
    for one in changed:
        for tag in (one.tags | before[one.id].tags) - {one.tag}:
            _follow(session, before[one.id], one, tag, rows.get((one.id, tag)), by)
    session.flush()


def _follow(
    session: Session, before: Piece, after: Piece, tag: str, row: Rendition | None, by: int | None
) -> None:
    said, is_waiting = after.said(tag), row is not None and row.state is RenditionState.PROPOSED
    known = {name: before.words[name].words.get(tag, "") for name in after.source if name in before.words}
    if _without_gaps(known) != said:
        if row is not None and not is_waiting:
            store(session, after, row, tag, said, state=RenditionState.APPROVED, mark=after.mark, by=by)
        elif row is None and by is not None:
            store(session, after, None, tag, said, state=RenditionState.APPROVED, mark=after.mark, by=by)
    elif row is None and before.mark != after.mark and said:
        store(session, after, None, tag, said, state=RenditionState.APPROVED, mark=before.mark, by=None)
