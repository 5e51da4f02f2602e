"""What goes out for translation: chosen languages and kinds, missing, outdated or all; one file or a .zip."""

import io
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

from models import renditions, translation_lists
from models.exchanging import gettext_po, xliff
from models.exchanging.units import Package, Unit
from models.settings import Settings
from models.translating import KINDS, Part, Piece
from models.translation_lists import Standing, Task
from translations import Text, _

__all__ = ["Only", "Package", "Unit", "pack", "packages"]
WRITERS: dict[str, Callable[[Package], bytes]] = {"xlf": xliff.write, "po": gettext_po.write}


class Only(StrEnum):
    """Which texts go out."""

    TO_DO = "to-do"
    MISSING = "missing"
    OUTDATED = "outdated"
    ALL = "all"


ONLY_WORDS: dict[Only, Text] = {
    Only.TO_DO: _("What is missing or outdated"),
    Only.MISSING: _("Missing"),
    Only.OUTDATED: _("Outdated"),
    Only.ALL: _("All"),
}
_STANDINGS: dict[Only, Collection[Standing]] = {
    Only.TO_DO: translation_lists.TO_DO,
    Only.MISSING: (Standing.MISSING,),
    Only.OUTDATED: (Standing.OUTDATED,),
    Only.ALL: tuple(Standing),
}
_ABOUT = _("At most {n} characters")


def packages(
    session: Session,
    settings: Settings,
    tags: Sequence[str],
    *,
    kinds: Collection[str] = tuple(KINDS),
    only: Only = Only.TO_DO,
) -> list[Package]:
    """Return what there is to translate, by source and target."""
    chosen = [kind for kind in KINDS.values() if kind.slug in kinds]
    wanted = [task for task in translation_lists.tasks(session, tags, chosen) if _is_wanted(task, only)]
    rows = renditions.rows_of(session, tags)
    found: dict[tuple[str, str], list[Unit]] = {}
    for task in wanted:
        row = rows.get((task.piece.kind.slug, task.piece.id, task.tag))
        words = renditions.proposed(task.piece, task.tag, row)
        units = found.setdefault((task.piece.tag, task.tag), [])
        units.extend(_units(task, words, settings))
    return [Package(source, tag, tuple(units)) for (source, tag), units in sorted(found.items())]


def _is_wanted(task: Task, only: Only) -> bool:
    """Return whether a text goes out; what waits for approval only where its source has changed since."""
    if task.standing is Standing.WAITING:
        return only is Only.ALL or (only is Only.TO_DO and task.is_stale)
    return task.standing in _STANDINGS[only]


def _units(task: Task, words: dict[str, str], settings: Settings) -> Iterable[Unit]:
    piece, source = task.piece, task.piece.source
    for part in piece.parts:
        yield Unit(
            piece.kind.slug, piece.id, part.name, source[part.name], words.get(part.name, ""),
            task.standing, about=_about(piece, part, settings),
        )  # fmt: skip


def _about(piece: Piece, part: Part, settings: Settings) -> tuple[str, ...]:
    """Return what a translator should know of a text, in the language of its source."""
    tag = piece.tag
    name = f"{piece.kind.label.to(tag)} {piece.number}".strip()
    where = settings.address(f"/{tag}/{piece.page}") if piece.page else ""
    hint = part.hint.to(tag) if part.hint else ""
    told = (f"{name}: {part.label.to(tag)}", where, _ABOUT(n=part.longest).to(tag), hint)
    return tuple(one for one in told if one)


def pack(found: Sequence[Package], ending: str, *, archived: bool = False) -> tuple[str, bytes]:
    """Return the ending and the content of one file with these packages: a .zip where there are several."""
    if len(found) == 1 and not archived:
        return ending, WRITERS[ending](found[0])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in found:
            archive.writestr(f"mitwirken-{one.source}-{one.tag}.{ending}", WRITERS[ending](one))
    return "zip", target.getvalue()
