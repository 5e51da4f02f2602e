"""All that was said on goals, with counts: for desk, public page, exports, documentation and wall."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups, occasions
from models.errors import NotFound
from models.events import Event
from models.feedback import FeedbackEntry, FeedbackPoint, FeedbackSheet, FeedbackTopic, Side
from models.feedback_sorting import PAPER
from models.groups import GroupCard
from translations import Localised, _


@dataclass(frozen=True, slots=True)
class Point:
    """A point with the language it was written in."""

    id: int
    words: str
    language: str
    german: str
    times: int
    is_hidden: bool
    is_from_paper: bool
    topic_id: int | None
    version: int

    @property
    def public(self) -> Localised:
        """Return what everybody reads: the office's wording where there is one, beside the original."""
        said = {self.language: self.words} if self.words else {}
        return Localised({**said, "de": self.german} if self.german else said)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its points, those that are most often first."""

    id: int
    title: str
    points: tuple[Point, ...]

    @property
    def count(self) -> int:
        """Return how often it was said."""
        return _counted(self.points)


@dataclass(frozen=True, slots=True)
class Column:
    """One of the two columns: topics, and points that belong to none."""

    side: Side
    topics: tuple[Topic, ...]
    loose: tuple[Point, ...]

    @property
    def count(self) -> int:
        """Return how many points there are that are not hidden."""
        return sum(one.count for one in self.topics) + _counted(self.loose)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said on one goal, at one event or outside of any."""

    sheet_id: int
    card: GroupCard
    event: Event | None
    stays: Column
    adapt: Column
    no_remarks: int
    forms: int  # filled in on pages and in chats
    is_released: bool

    @property
    def columns(self) -> tuple[Column, Column]:
        """Return both columns."""
        return (self.stays, self.adapt)

    @property
    def event_name(self) -> Localised:
        """Return what the event is called; nothing outside of one."""
        return occasions.name(self.event) if self.event else Localised({})


def _counted(points: Iterable[Point]) -> int:
    return sum(one.times for one in points if not one.is_hidden)


def of_sheet(session: Session, sheet_id: int) -> Summary:
    """Return one sheet with everything, hidden points too."""
    found = _read(session, sa.select(FeedbackSheet).where(FeedbackSheet.id == sheet_id), hidden=True)
    if not found:
        raise NotFound(_("There is no feedback on this goal yet."))
    return found[0]


def listed(session: Session, *, event_id: int | None = None, hidden: bool = False) -> list[Summary]:
    """Return all sheets, or those of an event, in the order of the goals' numbers."""
    wanted = sa.select(FeedbackSheet)
    if event_id is not None:
        wanted = wanted.where(FeedbackSheet.event_id == event_id)
    return _read(session, wanted, hidden=hidden)


def released(session: Session, group_id: int) -> list[Summary]:
    """Return what everybody may see of a goal, the latest event first."""
    wanted = sa.select(FeedbackSheet).where(
        FeedbackSheet.group_id == group_id, FeedbackSheet.released_at.is_not(None)
    )
    return list(reversed(_read(session, wanted, hidden=False)))


def is_released(session: Session, group_id: int) -> bool:
    """Return whether there is anything of a goal that everybody may see."""
    wanted = sa.select(FeedbackSheet.id).where(
        FeedbackSheet.group_id == group_id, FeedbackSheet.released_at.is_not(None)
    )
    return session.scalar(wanted.limit(1)) is not None


def _read(session: Session, wanted: sa.Select[FeedbackSheet], *, hidden: bool) -> list[Summary]:
    sheets = session.scalars(wanted).all()
    ids = [one.id for one in sheets]
    points = _points(session, ids, hidden=hidden)
    topics: dict[int, list[FeedbackTopic]] = defaultdict(list)
    for topic in session.scalars(
        sa.select(FeedbackTopic).where(FeedbackTopic.sheet_id.in_(ids)).order_by(FeedbackTopic.id)
    ):
        topics[topic.sheet_id].append(topic)
    counts = _counts(session, ids)
    known = {one.event_id for one in sheets if one.event_id}
    held = {one.id: one for one in session.scalars(sa.select(Event).where(Event.id.in_(known)))}
    directory, found = groups.directory(session), []
    for sheet in sheets:
        card = directory.by_id(sheet.group_id)
        if card is None:
            continue
        own = points.get(sheet.id, {})
        stays, adapt = (_column(side, topics[sheet.id], own.get(side, [])) for side in Side)
        none, forms = counts.get(sheet.id, (0, 0))
        found.append(
            Summary(
                sheet.id, card, held.get(sheet.event_id or 0), stays, adapt, none, forms,
                sheet.released_at is not None,
            )
        )  # fmt: skip
    order = {card.id: place for place, card in enumerate(directory.cards)}
    return sorted(found, key=lambda one: (order[one.card.id], one.event.id if one.event else 0))


def _points(session: Session, ids: Sequence[int], *, hidden: bool) -> dict[int, dict[Side, list[Point]]]:
    rows = session.execute(
        sa.select(FeedbackPoint, FeedbackEntry.language, FeedbackEntry.channel)
        .join(FeedbackEntry, FeedbackEntry.id == FeedbackPoint.entry_id)
        .where(FeedbackPoint.sheet_id.in_(ids), *([] if hidden else [FeedbackPoint.is_hidden.is_(False)]))
        .order_by(FeedbackPoint.times.desc(), FeedbackPoint.id)
    )
    found: dict[int, dict[Side, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point, language, channel in rows:
        found[point.sheet_id][point.side].append(
            Point(
                point.id, point.words, language, point.german, point.times, point.is_hidden,
                channel == PAPER, point.topic_id, point.version,
            )
        )  # fmt: skip
    return found


def _column(side: Side, topics: list[FeedbackTopic], points: list[Point]) -> Column:
    made = [
        Topic(one.id, one.title, tuple(p for p in points if p.topic_id == one.id))
        for one in topics
        if one.side is side
    ]
    made.sort(key=lambda one: -one.count)
    return Column(side, tuple(made), tuple(p for p in points if p.topic_id is None))


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    none = sa.func.sum(sa.case((FeedbackEntry.no_remarks, FeedbackEntry.times), else_=0))
    forms = sa.func.sum(sa.case((FeedbackEntry.channel != PAPER, 1), else_=0))
    rows = session.execute(
        sa.select(FeedbackEntry.sheet_id, none, forms)
        .where(FeedbackEntry.sheet_id.in_(ids))
        .group_by(FeedbackEntry.sheet_id)
    )
    return {row[0]: (int(row[1] or 0), int(row[2] or 0)) for row in rows}
