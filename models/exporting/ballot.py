"""What a vote has come to, a row for each topic."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models import ballot_result
from models.ballot_result import Ranked
from models.ballots import Ballot
from models.exporting.table import Cell, Column, Table
from translations import SOURCE, _

_COLUMNS = (
    Column(_("Result"), 24), Column(_("Topic"), 40), Column(_("All dots"), 10),
    Column(_("Dots on screen"), 12), Column(_("Dots on paper"), 12), Column(_("Cards"), 80),
)  # fmt: skip


def ballot(session: Session, one: Ballot, tag: str) -> Table:
    """Return the topics with their dots, those with most first, and their cards."""
    return Table(_("Sticky dots"), _COLUMNS, _rows(ballot_result.results(session, one), tag))


def _rows(found: list[Ranked], tag: str) -> Iterator[tuple[Cell, ...]]:
    for one in found:
        cards = "\n".join(card.public.to(SOURCE) for card in one.cards)
        yield (
            one.place.to(tag), one.topic.title.to(SOURCE), one.total, one.dots, one.topic.paper, cards,
        )  # fmt: skip
