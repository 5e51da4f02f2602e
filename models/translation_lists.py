"""What there is to do for translators: each piece in each language, and how far it is.

One statement for each kind and one for the renditions, however much there is to translate.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.renditions import Rendition, RenditionState
from models.staff import StaffMember
from models.translating import KINDS, Kind, Piece
from translations import Text, _


class Standing(StrEnum):
    """How far a piece is in one language."""

    MISSING = "missing"
    OUTDATED = "outdated"
    RETURNED = "returned"
    WAITING = "waiting"
    DONE = "done"


STANDING_WORDS: dict[Standing, Text] = {
    Standing.MISSING: _("Missing"),
    Standing.OUTDATED: _("Outdated"),
    Standing.RETURNED: _("Sent back"),
    Standing.WAITING: _("Waits for approval"),
    Standing.DONE: _("Done"),
}
TO_DO = (Standing.RETURNED, Standing.OUTDATED, Standing.MISSING)


@dataclass(frozen=True, slots=True)
class Task:
    """A piece in one language. `is_stale`: what waits was translated from an older source."""

    piece: Piece
    tag: str
    standing: Standing
    is_stale: bool = False
    made_by: int | None = None


def standing(piece: Piece, tag: str, state: RenditionState | None, mark: str) -> Standing:
    """Return how far a piece is, from the state of its rendition and the mark of the source it belongs to."""
    if state is RenditionState.PROPOSED:
        return Standing.WAITING
    if state is RenditionState.REJECTED:
        return Standing.RETURNED
    if not piece.is_whole(tag):
        return Standing.MISSING
    return Standing.OUTDATED if state is not None and mark != piece.mark else Standing.DONE


def tasks(session: Session, tags: Collection[str], kinds: Iterable[Kind] = KINDS.values()) -> list[Task]:
    """Return every piece in every one of these languages, the newest pieces of a kind first."""
    pieces = [piece for kind in kinds for piece in kind.listed(session) if piece.source]
    rows = session.execute(
        sa.select(
            Rendition.kind, Rendition.subject_id, Rendition.tag, Rendition.state, Rendition.source_mark,
            Rendition.made_by,
        ).where(Rendition.tag.in_(tags))
    )  # fmt: skip
    known = {(kind, number, tag): (state, mark, made_by) for kind, number, tag, state, mark, made_by in rows}
    return [_task(piece, tag, *known.get((piece.kind.slug, piece.id, tag), (None, "", None)))
            for piece in pieces for tag in tags if tag != piece.tag]  # fmt: skip


def _task(piece: Piece, tag: str, state: RenditionState | None, mark: str, made_by: int | None) -> Task:
    found = standing(piece, tag, state, mark)
    return Task(piece, tag, found, found is Standing.WAITING and mark != piece.mark, made_by)


def counts(found: Iterable[Task]) -> Counter[tuple[str, Standing]]:
    """Return how many pieces of each language stand how far."""
    return Counter((task.tag, task.standing) for task in found)


def next_task(found: Iterable[Task], after: Task | None, wanted: Collection[Standing]) -> Task | None:
    """Return the next one that is wanted, from a place in the list on and then from its beginning."""
    listed = list(found)
    place = next((i for i, task in enumerate(listed) if after and _key(task) == _key(after)), -1)
    turned = [*listed[place + 1 :], *listed[: max(place, 0)]]
    return next((task for task in turned if task.standing in wanted), None)


def _key(task: Task) -> tuple[str, int, str]:
    return task.piece.kind.slug, task.piece.id, task.tag


def names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return what these members of the office are called."""
    wanted = {one for one in ids if one is not None}
    rows = session.execute(sa.select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def orphans() -> sa.Select[int]:
    """Select renditions whose pieces are gone."""
    gone = [
        sa.and_(
            Rendition.kind == kind.slug,
            Rendition.subject_id.not_in(sa.select(sa.inspect(kind.table).primary_key[0])),
        )
        for kind in KINDS.values()
    ]
    return sa.select(Rendition.id).where(sa.or_(*gone))
