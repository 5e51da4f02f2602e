"""What staff do with feedback: words in German, topics, hiding, releasing, and typing paper in."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.feedback import (
    LONGEST_POINT,
    MOST_TIMES,
    FeedbackPoint,
    FeedbackSheet,
    FeedbackTopic,
    Noted,
    Side,
    may_moderate,
    take,
)
from models.groups import GroupCard
from models.staff import OFFICE, StaffMember
from translations import _

LONGEST_TITLE = 200
PAPER = "paper"
_TIMES = re.compile(r"\s*[(\[]?\s*(?:[×xX*]\s*(\d{1,3})|(\d{1,3})\s*[×xX*])\s*[)\]]?\s*$")


def must_moderate(by: StaffMember) -> None:
    """Refuse who does not work with what people wrote on the walls."""
    if not may_moderate(by):
        raise NotAllowed(_("You may not do this."))


def noted(raw: str, side: Side) -> list[Noted]:
    """Return the points of typed lines; “×3” at the end of a line counts it three times."""
    found = []
    for line in raw.splitlines():
        counted = _TIMES.search(line)
        words = " ".join((line[: counted.start()] if counted else line).split())
        times = int(counted[1] or counted[2]) if counted else 1
        if len(words) > LONGEST_POINT:
            raise InvalidAnswer(_("This is too long. Please use at most {n} characters.")(n=LONGEST_POINT))
        if words:
            found.append(Noted(side, words, max(1, times)))
    return found


def type_in(
    session: Session,
    by: StaffMember,
    card: GroupCard,
    event_id: int | None,
    points: list[Noted],
    no_remarks: int,
    *,
    key: str,
    language: str,
) -> bool:
    """Take in what was written on a printed sheet. False when this form was there before."""
    must_moderate(by)
    if not points and not no_remarks:
        raise InvalidAnswer(_("Please write at least one point, or how many had no remarks."))
    is_new = True
    if points:
        is_new = take(session, card, event_id, points, key=key, channel=PAPER, language=language)
    if no_remarks:
        times = max(1, min(no_remarks, MOST_TIMES))
        none = take(
            session, card, event_id, [], key=f"{key}-none", channel=PAPER, language=language, times=times
        )
        is_new = none and is_new
    return is_new


def sort(
    session: Session,
    by: StaffMember,
    point_id: int,
    *,
    seen: int,
    german: str,
    topic_id: int | None,
    is_hidden: bool,
) -> FeedbackPoint:
    """Set a point's German words, its topic, whether it is shown; Conflict where somebody was quicker."""
    must_moderate(by)
    point = session.get(FeedbackPoint, point_id)
    if point is None:
        raise NotFound(_("This is not there any more."))
    topic = session.get(FeedbackTopic, topic_id) if topic_id else None
    if topic_id and (topic is None or (topic.sheet_id, topic.side) != (point.sheet_id, point.side)):
        raise NotFound(_("This is not there any more."))
    done = session.execute(
        sa.update(FeedbackPoint)
        .where(FeedbackPoint.id == point_id, FeedbackPoint.version == seen)
        .values(german=german, topic_id=topic_id, is_hidden=is_hidden, version=seen + 1)
        .returning(FeedbackPoint.id)
        .execution_options(synchronize_session=False)
    ).first()
    if done is None:
        raise Conflict(_("Somebody else has just changed this. Please look at it again."))
    session.refresh(point)
    return point


def add_topic(session: Session, by: StaffMember, sheet_id: int, side: Side, title: str) -> FeedbackTopic:
    """Open a topic in one of a sheet's columns."""
    must_moderate(by)
    if session.get(FeedbackSheet, sheet_id) is None:
        raise NotFound(_("There is no feedback on this goal yet."))
    topic = FeedbackTopic(sheet_id=sheet_id, side=side, title=_titled(title))
    session.add(topic)
    session.flush()
    return topic


def _titled(title: str) -> str:
    if not title:
        raise InvalidAnswer(_("Please give it a name."))
    return title[:LONGEST_TITLE]


def _topic(session: Session, sheet_id: int, topic_id: int) -> FeedbackTopic:
    found = session.get(FeedbackTopic, topic_id)
    if found is None or found.sheet_id != sheet_id:
        raise NotFound(_("This is not there any more."))
    return found


def rename_topic(session: Session, by: StaffMember, sheet_id: int, topic_id: int, title: str) -> None:
    """Call a topic something else."""
    must_moderate(by)
    _topic(session, sheet_id, topic_id).title = _titled(title)
    session.flush()


def merge_topics(
    session: Session, by: StaffMember, sheet_id: int, topic_id: int, into_id: int | None
) -> None:
    """Put all points of a topic into another one, or let them lie loose; the emptied topic goes."""
    must_moderate(by)
    topic = _topic(session, sheet_id, topic_id)
    if into_id is not None and (into_id == topic_id or _topic(session, sheet_id, into_id).side != topic.side):
        raise InvalidAnswer(_("Please choose another topic of the same column."))
    session.execute(
        sa.update(FeedbackPoint)
        .where(FeedbackPoint.topic_id == topic_id)
        .values(topic_id=into_id, version=FeedbackPoint.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.delete(topic)
    session.flush()


def set_released(session: Session, by: StaffMember, sheet_id: int, *, is_released: bool) -> None:
    """Show a sheet to everybody, or no longer."""
    if by.role not in OFFICE:
        raise NotAllowed(_("You may not do this."))
    sheet = session.get(FeedbackSheet, sheet_id)
    if sheet is None:
        raise NotFound(_("There is no feedback on this goal yet."))
    sheet.released_at = clock.now() if is_released else None
    session.flush()
