"""What is printed of groups for halls, tables and walls: posters, cards, slides, stickers, forms on paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from models import regions
from models.errors import InvalidAnswer
from models.exporting import documentation
from models.exporting.documentation import SheetLine
from models.exporting.print_words import MOST_LANGUAGES, Product
from models.groups import GroupCard
from models.regions import Region
from translations import _, catalogues

Address = Callable[[str], str]  # makes a public address of a path


class Size(StrEnum):
    """Paper of posters."""

    A4 = "a4"
    A3 = "a3"


@dataclass(frozen=True, slots=True)
class Piece:
    """One group to print, with what its codes hold. Only posters need its goal sheet."""

    card: GroupCard
    join: str
    feedback: str
    sheet: SheetLine | None = None


@dataclass(frozen=True, slots=True)
class Prints:
    """All groups of one printing, in the languages that stand beside each other, the first one largest."""

    region: Region
    tags: tuple[str, ...]
    pieces: tuple[Piece, ...] = field(default=())


def chosen_tags(wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the languages to print, each once, in the order named; InvalidAnswer unless one to four."""
    tags = tuple(dict.fromkeys(tag for tag in wanted if tag))
    known = {entry.tag for entry in catalogues.offered()}
    if not tags or len(tags) > MOST_LANGUAGES or not known.issuperset(tags):
        raise InvalidAnswer(_("Please choose one to {n} languages.")(n=MOST_LANGUAGES))
    return tags


def read(
    session: Session, product: Product, cards: Sequence[GroupCard], tags: tuple[str, ...],
    address: Address, today: date,
) -> Prints:  # fmt: skip
    """Read what a printing needs, in as many statements for one group as for a hundred."""
    if not cards and product is not Product.FORM:
        raise InvalidAnswer(_("Please choose at least one group."))
    sheets = _sheets(session, cards, today) if product is Product.POSTER else {}
    return Prints(
        regions.the_region(session),
        tags,
        tuple(
            Piece(card, address(f"/j/{card.code}"), address(f"/f/{card.code}"), sheets.get(card.id))
            for card in cards
        ),
    )


def _sheets(session: Session, cards: Sequence[GroupCard], today: date) -> dict[int, SheetLine]:
    """Return what is public on the goal sheets; those of an older programme are read on their own."""
    doc = documentation.read(session, today=today, public=True)
    found = {sheet.group_id: sheet for sheet in doc.sheets}
    for card in cards:
        if card.id not in found:
            older = documentation.read(session, today=today, group_id=card.id, public=True)
            found |= {sheet.group_id: sheet for sheet in older.sheets}
    return found
