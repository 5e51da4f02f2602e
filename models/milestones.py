"""Milestones of a goal sheet: added, changed, put in order, split, dropped and taken up again.

Their places are 1 to n without gaps, dropped ones among them, from the first change of their order on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import changes, sheet_editing
from models.changes import Author, SheetChange, Subject
from models.errors import Conflict, InvalidAnswer, NotFound
from models.sheet_editing import LONGEST_MEASURE, LONGEST_REASON, must_fit, settled
from models.sheets import GoalSheet, Milestone, MilestoneState
from models.when import When
from translations import SOURCE, _

HEAVIEST = 100
MOST = 100  # milestones of one goal sheet
MOST_PARTS = 10


@dataclass(frozen=True, slots=True)
class Part:
    """What a milestone is split into; without a date of its own it keeps that of the whole."""

    measure: str
    due: When | None = None


def add(
    session: Session,
    group_id: int,
    measure: str,
    due: When,
    *,
    place: int | None = None,
    weight: int = 1,
    by: Author,
    seen: int,
) -> Milestone:
    """Add a milestone at a place (from 1), else at the end."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    measure = must_fit(measure, LONGEST_MEASURE, required=True)
    made = _new(session, sheet, Milestone(measure=measure, due=due, weight=_weighed(weight)))
    _record(session, group_id, made, Subject.MILESTONE, by, after=measure)
    order = [*sheet.milestones]
    order.insert(len(order) if place is None else max(place, 1) - 1, made)
    if order[-1] is not made:
        after = str(order.index(made) + 1)
        _record(session, group_id, made, Subject.MILESTONE_ORDER, by, after=after)
    _put_in_order(session, order)
    return made


def change(
    session: Session,
    group_id: int,
    milestone_id: int,
    *,
    measure: str,
    due: When,
    weight: int,
    by: Author,
    seen: int,
) -> None:
    """Change words, date and weight of a milestone; each is noted by itself."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, milestone_id)
    before = one.measure, one.due, one.weight
    one.measure = must_fit(measure, LONGEST_MEASURE, required=True)
    one.due, one.weight = settled(one.due, due), _weighed(weight)
    for subject, was, now in (
        (Subject.MILESTONE, before[0], one.measure),
        (Subject.MILESTONE_DUE, before[1].wording, one.due.wording),
        (Subject.MILESTONE_WEIGHT, str(before[2]), str(one.weight)),
    ):
        _record(session, group_id, one, subject, by, before=was, after=now)
    session.flush()


def move(session: Session, group_id: int, milestone_id: int, place: int, *, by: Author, seen: int) -> None:
    """Give a milestone another place among all; beyond the ends is at the end."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, milestone_id)
    order = [*sheet.milestones]
    before = order.index(one)
    order.remove(one)
    after = min(max(place - 1, 0), len(order))
    order.insert(after, one)
    _record(session, group_id, one, Subject.MILESTONE_ORDER, by, before=str(before + 1), after=str(after + 1))
    _put_in_order(session, order)


def split(
    session: Session, group_id: int, milestone_id: int, parts: Sequence[Part], *, by: Author, seen: int
) -> list[Milestone]:
    """Make two or more of one milestone, at its place. The first goes on as the one that was split.

    Its reports stay with it; the others begin with its state and weight, and tell where they come from.
    """
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, milestone_id)
    if one.state is MilestoneState.DROPPED:
        raise _is_dropped()
    words = [must_fit(part.measure, LONGEST_MEASURE, required=True) for part in parts]
    if not 2 <= len(words) <= MOST_PARTS:
        raise InvalidAnswer(_("Please write two to {n} parts, each on its own line.")(n=MOST_PARTS))
    whole, due = one.measure, one.due
    one.measure, one.due = words[0], parts[0].due or due
    into = _("Split into: {parts}")(parts="; ".join(words)).to(SOURCE)
    _record(session, group_id, one, Subject.MILESTONE, by, before=whole, after=one.measure, reason=into)
    _record(session, group_id, one, Subject.MILESTONE_DUE, by, before=due.wording, after=one.due.wording)
    order = [*sheet.milestones]
    place = order.index(one)
    reason = _("Split off from: {measure}")(measure=whole).to(SOURCE)
    made = []
    for number, part in enumerate(parts[1:], start=1):
        new = Milestone(measure=words[number], due=part.due or due, weight=one.weight, state=one.state)
        made.append(_new(session, sheet, new, others=number - 1))
        _record(session, group_id, new, Subject.MILESTONE, by, after=new.measure, reason=reason)
        after = str(place + number + 1)
        _record(session, group_id, new, Subject.MILESTONE_ORDER, by, after=after)
    order[place + 1 : place + 1] = made
    _put_in_order(session, order)
    return [one, *made]


def drop(session: Session, group_id: int, milestone_id: int, reason: str, *, by: Author, seen: int) -> None:
    """Give a milestone up, for a reason; it stays on the sheet and no longer counts."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, milestone_id)
    if one.state is MilestoneState.DROPPED:
        raise _is_dropped()
    one.dropped_reason = must_fit(reason, LONGEST_REASON, required=True)
    _set_state(session, group_id, one, MilestoneState.DROPPED, by, reason=one.dropped_reason)


def take_up(session: Session, group_id: int, milestone_id: int, *, by: Author, seen: int) -> None:
    """Go on with a milestone that was dropped, as far as it was then."""
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, milestone_id)
    if one.state is not MilestoneState.DROPPED:
        raise Conflict(_("This milestone has not been dropped."))
    one.dropped_reason = ""
    _set_state(session, group_id, one, _state_before(session, one), by)


def set_state(
    session: Session, group_id: int, milestone_id: int, state: MilestoneState, *, by: Author, seen: int
) -> None:
    """Say how far a milestone is, without a report; the office only."""
    sheet_editing.must_be_office(session, by)
    sheet = sheet_editing.begin(session, group_id, by=by, seen=seen)
    one = _one(sheet, milestone_id)
    if MilestoneState.DROPPED in (one.state, state):
        raise InvalidAnswer(_("To drop a milestone or to take it up again, there are buttons of their own."))
    _set_state(session, group_id, one, state, by)


def _set_state(
    session: Session, group_id: int, one: Milestone, state: MilestoneState, by: Author, reason: str = ""
) -> None:
    before, one.state = one.state.value, state
    _record(
        session, group_id, one, Subject.MILESTONE_STATE, by, before=before, after=state.value, reason=reason
    )


def _state_before(session: Session, one: Milestone) -> MilestoneState:
    """Return how far a milestone was when it was last dropped."""
    found = session.scalars(
        sa.select(SheetChange.before)
        .where(
            SheetChange.milestone_id == one.id,
            SheetChange.subject == Subject.MILESTONE_STATE,
            SheetChange.after == MilestoneState.DROPPED.value,
        )
        .order_by(SheetChange.id.desc())
        .limit(1)
    ).first()
    return MilestoneState(found) if found in set(MilestoneState) else MilestoneState.NOT_BEGUN


def _is_dropped() -> Conflict:
    return Conflict(_("This milestone has been dropped. It can be taken up again."))


def _one(sheet: GoalSheet, milestone_id: int) -> Milestone:
    found = next((one for one in sheet.milestones if one.id == milestone_id), None)
    if found is None:
        raise NotFound(_("This milestone is not on this goal sheet."))
    return found


def _weighed(weight: int) -> int:
    if not 1 <= weight <= HEAVIEST:
        raise InvalidAnswer(_("A whole number from {low} to {high} is needed here.")(low=1, high=HEAVIEST))
    return weight


def _new(session: Session, sheet: GoalSheet, made: Milestone, *, others: int = 0) -> Milestone:
    """Store a milestone behind all others, from where it is put in its place."""
    if len(sheet.milestones) + others >= MOST:
        raise InvalidAnswer(_("A goal sheet holds at most {n} milestones.")(n=MOST))
    last = max((one.position for one in sheet.milestones), default=0)
    made.sheet_id, made.position, made.report_due = sheet.id, last + others + 1, When.nothing()
    session.add(made)
    session.flush()
    return made


def _put_in_order(session: Session, order: Sequence[Milestone]) -> None:
    """Give places from 1 on; in two steps, so that nobody stands in another's way."""
    moving = [(place, one) for place, one in enumerate(order, start=1) if one.position != place]
    for place, one in moving:
        one.position = -place
    session.flush()
    for place, one in moving:
        one.position = place
    session.flush()


def _record(
    session: Session,
    group_id: int,
    one: Milestone,
    subject: Subject,
    by: Author,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    changes.record(
        session, group_id, subject, by=by, before=before, after=after, about=one.measure, reason=reason,
        milestone_id=one.id,
    )  # fmt: skip
