"""What people said to the goals of an event and how they voted, for its documentation."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from translations import Localised, Text


@dataclass(frozen=True, slots=True)
class Said:
    """A point, or a topic of several, and how often it was said."""

    words: Localised
    times: int


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


def heard(_session: Session, _event_id: int) -> dict[int, Heard]:
    """Return what was said at an event, by the ids of the groups."""
    return {}


def votes(_session: Session, _event_id: int) -> tuple[Voted, ...]:
    """Return the topics that were voted on at an event, those with most dots first."""
    return ()
