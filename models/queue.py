"""The office's queue: which entries are shown, in which order, and how many wait.

Every page costs the same however many entries there are: pages go on from an id (never OFFSET), each
state is read along its own index, and counting stops where nobody would read the number any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.people import Person
from models.submissions import OPEN_STATES, WAITING_STATES, State, Submission
from translations import _

PAGE = 25
COUNTED_TO = (
    1000  # beyond it the number is "more than 1000": counting 10^5 rows would cost more than the page
)


class Show(StrEnum):
    """Which part of the queue is looked at."""

    WAITING = "waiting"
    ASKED = "asked"
    SETTLED = "settled"
    ALL = "all"


SHOW_WORDS = {
    Show.WAITING: _("Waiting for us"),
    Show.ASKED: _("Question asked"),
    Show.SETTLED: _("Settled"),
    Show.ALL: _("All"),
}
_STATES: dict[Show, tuple[State, ...]] = {
    Show.WAITING: WAITING_STATES,
    Show.ASKED: (State.RETURNED,),
    Show.SETTLED: (State.ACCEPTED, State.REJECTED, State.WITHDRAWN, State.REPEATED),
    Show.ALL: (),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is wanted; nothing given means everything of `show`, the newest first."""

    show: Show = Show.WAITING
    form: str = ""
    group_id: int | None = None
    language: str = ""
    words: str = ""
    oldest_first: bool = False
    groups: tuple[int, ...] | None = None  # those that the reader may see, where not all


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page goes on: from an entry's id, onwards in the order shown or back."""

    id: int
    onward: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the list shows it."""

    id: int
    form: str
    title: str
    state: State
    language: str
    channel: str
    group_id: int | None
    received_at: datetime
    changed_at: datetime
    name: str
    old_enough: str | None = None  # "no": somebody under 16, see models.forms.age

    @property
    def needs_guardian(self) -> bool:
        """Whether somebody else has to agree before it is accepted."""
        return self.old_enough == "no" and self.state in OPEN_STATES

    @property
    def since(self) -> datetime:
        """Since when it has been as it is: what the officer's patience is measured by."""
        return self.received_at if self.state is State.RECEIVED else self.changed_at


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue, and where to go on."""

    rows: Sequence[Row]
    back: Cursor | None
    onward: Cursor | None


# The name as told in this form: anyone may send a form with somebody else's address.
_TOLD: sa.ColumnElement[str] = sa.type_coerce(Submission.answers, sa.JSON)["name"].as_string()
_AGE: sa.ColumnElement[str] = sa.type_coerce(Submission.answers, sa.JSON)["old_enough"].as_string()
NAME = sa.func.coalesce(sa.func.nullif(_TOLD, ""), Person.name, "")


def matching(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of the filters, without the one on the state; needs people joined for words."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.form:
        found.append(Submission.form == filters.form)
    if filters.group_id is not None:
        found.append(Submission.group_id == filters.group_id)
    if filters.groups is not None:
        found.append(Submission.group_id.in_(filters.groups))
    if filters.language:
        found.append(Submission.language == filters.language)
    for word in filters.words.split():
        # SQLite folds ASCII letters only; names come in every script.
        spellings = {word, word.lower(), word.upper(), word.capitalize()}
        columns = (Submission.title, NAME, Person.name, Person.email)
        found.append(
            sa.or_(*(c.icontains(one, autoescape=True) for c in columns for one in sorted(spellings)))
        )
    return found


def states_of(show: Show) -> tuple[State, ...]:
    """Return the states that a part of the queue shows; none stands for all."""
    return _STATES[show]


def _along(filters: Filters, state: State | None, cursor: Cursor | None, limit: int) -> sa.Select[Any]:
    """Return the ids of one state (or of all) in order; every state has an index of its own for it."""
    statement = sa.select(Submission.id).where(*matching(filters))
    if filters.words:
        statement = statement.outerjoin(Person, Person.id == Submission.person_id)
    if state is not None:
        statement = statement.where(Submission.state == state)
    rising = _is_rising(filters, cursor)
    if cursor is not None:
        statement = statement.where(Submission.id > cursor.id if rising else Submission.id < cursor.id)
    return statement.order_by(Submission.id if rising else Submission.id.desc()).limit(limit)


def _is_rising(filters: Filters, cursor: Cursor | None) -> bool:
    return filters.oldest_first == (cursor is None or cursor.onward)


def statement(filters: Filters, cursor: Cursor | None, limit: int) -> sa.Select[*tuple[Any, ...]]:
    """Return the one statement that reads a page."""
    # The index by form goes by states too, so all states of a form are read one after the other.
    every = tuple(State) if filters.form else (None,)
    parts = [_along(filters, state, cursor, limit) for state in states_of(filters.show) or every]
    if len(parts) > 1:
        ids = sa.union_all(*(sa.select(part.subquery().c.id) for part in parts)).subquery()
    else:
        ids = parts[0].subquery()
    order = Submission.id if _is_rising(filters, cursor) else Submission.id.desc()
    return (
        sa.select(
            Submission.id, Submission.form, Submission.title, Submission.state, Submission.language,
            Submission.channel, Submission.group_id, Submission.received_at, Submission.changed_at, NAME,
            _AGE,
        )
        .join(ids, ids.c.id == Submission.id)
        .outerjoin(Person, Person.id == Submission.person_id)
        .order_by(order)
        .limit(limit)
    )  # fmt: skip


def page(session: Session, filters: Filters, cursor: Cursor | None = None, *, size: int = PAGE) -> Page:
    """Return a page of the queue: one statement, whatever it holds."""
    found = [Row(*row) for row in session.execute(statement(filters, cursor, size + 1))]
    has_more, rows = len(found) > size, found[:size]
    is_onward = cursor is None or cursor.onward
    if not is_onward:
        rows.reverse()
    came_from_back = cursor is not None and cursor.onward
    back = rows and (came_from_back if is_onward else has_more)
    onward = rows and (has_more if is_onward else True)
    return Page(
        rows,
        back=Cursor(rows[0].id, onward=False) if back else None,
        onward=Cursor(rows[-1].id) if onward else None,
    )


def counts(session: Session, groups: tuple[int, ...] | None = None) -> dict[Show, int]:
    """Return how many entries each part holds, counted up to COUNTED_TO + 1: one statement.

    Only those of the `groups` that the reader may see, where not all.
    """
    columns = []
    for show in Show:
        some = sa.select(sa.literal(1).label("one")).select_from(Submission).limit(COUNTED_TO + 1)
        if states_of(show):
            some = some.where(Submission.state.in_(states_of(show)))
        if groups is not None:
            some = some.where(Submission.group_id.in_(groups))
        counted = sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()
        columns.append(counted.label(show.value))
    row = session.execute(sa.select(*columns)).one()
    return dict(zip(Show, row, strict=True))


def next_waiting(session: Session, filters: Filters, after: int) -> int | None:
    """Return the entry to look at next: the next one that waits for the office, else the first that does."""
    waiting = replace(filters, show=Show.WAITING)
    for cursor in (Cursor(after), None):
        found = session.execute(statement(waiting, cursor, 1)).first()
        if found is not None:
            return int(found.id)
    return None
