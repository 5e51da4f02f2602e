"""What people said on the goals, a row for each point, with counts."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models import feedback_summary
from models.exporting.table import Cell, Column, Table
from models.feedback import SIDE_WORDS
from models.feedback_summary import Point, Summary
from translations import LANGUAGES, _

OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
_COLUMNS = (
    Column(_("Goal"), 8), Column(_("Group"), 40), Column(_("Event"), 28), Column(_("Column"), 28),
    Column(_("Topic"), 28), Column(_("Topic: how often"), 10), Column(_("Point"), 60),
    Column(_("Language"), 14), Column(_("German wording"), 60), Column(_("How often"), 10),
    Column(_("From paper"), 10), Column(_("Hidden"), 10),
)  # fmt: skip


def feedback(session: Session, tag: str, *, event_id: int | None = None) -> Table:
    """Return all points, hidden ones marked, and how many had no remarks."""
    found = feedback_summary.listed(session, event_id=event_id, hidden=True)
    return Table(_("Feedback"), _COLUMNS, _rows(found, tag))


def _rows(found: list[Summary], tag: str) -> Iterator[tuple[Cell, ...]]:
    for whole in found:
        head = (whole.card.number, whole.card.title.to(tag), whole.event_name.to(tag))
        for column in whole.columns:
            side = SIDE_WORDS[column.side].to(tag)
            for topic in column.topics:
                if not topic.points:
                    yield (*head, side, topic.title, 0, "", "", "", 0, "", "")
                for point in topic.points:
                    yield (*head, side, topic.title, topic.count, *_told(point, tag))
            for point in column.loose:
                yield (*head, side, "", None, *_told(point, tag))
        if whole.no_remarks:
            none = _("No remarks").to(tag)
            yield (*head, none, "", None, "", "", "", whole.no_remarks, "", "")


def _told(point: Point, tag: str) -> tuple[Cell, ...]:
    yes = _("Yes").to(tag)
    return (
        point.words, OWN_NAMES.get(point.language, point.language), point.german, point.times,
        yes if point.is_from_paper else "", yes if point.is_hidden else "",
    )  # fmt: skip
