"""What people said to the goals of an event and how they voted, for its documentation."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import ballot_result, ballots, feedback_summary
from models.ballots import Phase
from models.feedback_summary import Column, Summary
from translations import SOURCE, Localised, Text


@dataclass(frozen=True, slots=True)
class Said:
    """A point, or a topic with its points, and how often it was said."""

    words: Localised
    times: int
    points: tuple[Localised, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said to one goal: why it can stay, why it must be adapted, and how many had no remarks."""

    stays: tuple[Said, ...]
    adapt: tuple[Said, ...]
    no_remarks: int


@dataclass(frozen=True, slots=True)
class Voted:
    """A topic of a vote with its place and its dots."""

    place: Text
    title: Localised
    dots: int


def heard(session: Session, event_id: int) -> dict[int, Heard]:
    """Return what was said at an event and the office has released, by the ids of the groups."""
    found = feedback_summary.listed(session, event_id=event_id)
    return {one.card.id: _heard(one) for one in found if one.is_released}


def _heard(one: Summary) -> Heard:
    return Heard(tuple(_said(one.stays)), tuple(_said(one.adapt)), one.no_remarks)


def _said(column: Column) -> Iterator[Said]:
    for topic in column.topics:
        points = tuple(one.public for one in topic.points if one.public)
        yield Said(Localised({SOURCE: topic.title}), topic.count, points)
    alike: dict[tuple[tuple[str, str], ...], Said] = {}
    for one in column.loose:
        key = tuple(sorted(one.public.words.items()))
        before = alike[key].times if key in alike else 0
        alike[key] = Said(one.public, before + one.times)
    yield from (one for key, one in alike.items() if key)


def votes(session: Session, event_id: int) -> tuple[Voted, ...]:
    """Return the topics of an event's votes that are closed, those with most dots first."""
    closed = [one for one in ballots.of_event(session, event_id) if one.phase is Phase.RESULT]
    ranked = [one for ballot in closed for one in ballot_result.results(session, ballot)]
    return tuple(Voted(one.place, one.topic.title, one.total) for one in ranked)
