"""Taking translations in: the differences first, then as proposals or, from the office, as approved."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from models import renditions, translating
from models.errors import InvalidAnswer, NotAllowed
from models.exchanging.units import Package, Unit, plain
from models.renditions import Rendition, RenditionState
from models.staff import StaffMember, StaffRole
from models.translating import KINDS, Part, Piece
from translations import Text, _, n_


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file says otherwise of one piece in one language. `is_stale`: from an older source."""

    piece: Piece
    tag: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    mark: str
    is_stale: bool
    row: Rendition | None

    @property
    def parts(self) -> list[Part]:
        """Return the parts that differ."""
        names = self.before.keys() | self.after.keys()
        differing = {name for name in names if self.before.get(name, "") != self.after.get(name, "")}
        return [part for part in self.piece.parts if part.name in differing]


@dataclass(slots=True)
class Taken:
    """What a file would change, what of it is not taken, and whether it has been done."""

    differences: list[Difference] = field(default_factory=list)
    findings: list[Text] = field(default_factory=list)
    waiting: list[Difference] = field(default_factory=list)  # the same words, that nobody has approved yet
    same: int = 0

    @property
    def mark(self) -> str:
        """Return a mark of all differences: what was agreed to is what is done."""
        told = [
            (one.piece.kind.slug, one.piece.id, one.tag, sorted(one.after.items()), one.mark,
             renditions.seen(one.piece, one.tag, one.row))
            for one in (*self.differences, *self.waiting)
        ]  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()


def compare(
    session: Session, staff: StaffMember | None, found: Sequence[Package], *, hold: bool = False
) -> Taken:
    """Return what the packages say otherwise; `staff` is nobody for who works on the machine itself.

    One statement for each kind and one for the renditions. With `hold`, nobody else changes them meanwhile.
    """
    taken = Taken()
    allowed = renditions.TAGS if staff is None else renditions.languages_of(staff)
    if any(package.tag not in allowed for package in found):
        taken.findings.append(_("Your account is not for this language. Please ask the office."))
    readable = [package for package in found if package.tag in allowed]
    pieces = _pieces(session, readable, hold=hold)
    rows = renditions.rows_of(session, {package.tag for package in readable})
    gone = sum(_compare_package(package, pieces, rows, taken) for package in readable)
    for words, number in (
        (n_("{n} text belongs to nothing that is here any more.",
            "{n} texts belong to nothing that is here any more."), gone),
        (n_("{n} text in the file is not from here.", "{n} texts in the file are not from here."),
         sum(one.foreign for one in readable)),
        (n_("{n} text is marked as unsure in the file and was not taken.",
            "{n} texts are marked as unsure in the file and were not taken."),
         sum(one.unsure for one in readable)),
    ):  # fmt: skip
        if number:
            taken.findings.append(words(n=number))
    return taken


def _pieces(session: Session, found: Iterable[Package], *, hold: bool) -> dict[tuple[str, int], Piece]:
    ids: dict[str, set[int]] = {}
    for unit in (unit for package in found for unit in package.units):
        ids.setdefault(unit.kind, set()).add(unit.id)
    return {
        (slug, number): piece
        for slug in KINDS if slug in ids
        for number, piece in KINDS[slug].listed_of(session, ids[slug], hold=hold).items()
    }  # fmt: skip


def _compare_package(
    package: Package,
    pieces: Mapping[tuple[str, int], Piece],
    rows: Mapping[tuple[str, int, str], Rendition],
    taken: Taken,
) -> int:
    """Compare all pieces of a package; return how many texts belong to nothing."""
    by_piece: dict[tuple[str, int], list[Unit]] = {}
    for unit in package.units:
        by_piece.setdefault((unit.kind, unit.id), []).append(unit)
    gone = 0
    for key, units in by_piece.items():
        piece = pieces.get(key)
        if piece is None or piece.tag == package.tag:
            gone += len(units)
        else:
            _compare_piece(piece, package, units, rows.get((*key, package.tag)), taken)
    return gone


def _compare_piece(
    piece: Piece, package: Package, units: Iterable[Unit], row: Rendition | None, taken: Taken
) -> None:
    given = {unit.part: unit for unit in units if unit.part in piece.source and unit.target.strip()}
    before = renditions.proposed(piece, package.tag, row)
    try:
        read = translating.typed(piece, {**before, **{name: unit.target for name, unit in given.items()}})
    except InvalidAnswer as refusal:
        taken.findings.append(refusal.text)
        return
    after = {name: text for name, text in read.items() if text}
    mark, is_stale = _mark(piece, package, given)
    if not given or (after == before and (is_stale or not _is_confirmed(row, given, mark))):
        taken.same += len(given)
        if given and row is not None and row.state is RenditionState.PROPOSED and not is_stale:
            taken.waiting.append(Difference(piece, package.tag, before, after, mark, is_stale, row))
        return
    taken.differences.append(Difference(piece, package.tag, before, after, mark, is_stale, row))


def _is_confirmed(row: Rendition | None, given: Mapping[str, Unit], mark: str) -> bool:
    """Return whether somebody looked at an outdated translation and found that it still fits."""
    is_outdated = row is not None and row.source_mark != mark
    return is_outdated and all(unit.is_sure for unit in given.values())


def _mark(piece: Piece, package: Package, given: Mapping[str, Unit]) -> tuple[str, bool]:
    """Return the mark of the source that was translated: today's, where the file has today's words."""
    current = piece.source
    is_same = package.source == piece.tag and all(
        plain(unit.source) == plain(current[name]) for name, unit in given.items()
    )
    if is_same:
        return piece.mark, False
    return translating.mark_of(package.source, {name: unit.source for name, unit in given.items()}), True


def take(session: Session, staff: StaffMember | None, taken: Taken, *, is_approved: bool) -> int:
    """Write all differences, as proposals or as approved; return how many pieces that were.

    Approved needs the whole piece, from today's source: the rest waits for approval even so. With the rest,
    what waits with the same words is approved.
    """
    if is_approved and staff is not None and staff.role is StaffRole.TRANSLATOR:
        raise NotAllowed(_("Somebody else has to approve your translation."))
    by = staff.id if staff is not None else None
    chosen = [*taken.differences, *taken.waiting] if is_approved else taken.differences
    for one in chosen:
        is_whole = all(one.after.get(name) for name in one.piece.source)
        if is_approved and is_whole and not one.is_stale:
            renditions.publish(session, one.piece, one.row, one.tag, one.after, mark=one.mark, by=by)
        else:
            renditions.store(
                session,
                one.piece,
                one.row,
                one.tag,
                one.after,
                state=RenditionState.PROPOSED,
                mark=one.mark,
                by=by,
            )
    return len(chosen)
