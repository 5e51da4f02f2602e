"""Open data: what the goal sheets say in public, as tables. Nothing of any person is in them."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups, progress
from models.exporting.table import Cell, Column, Table
from models.goals import CARRIER_WORDS, Goal
from models.groups import GroupCard, WorkingGroup
from models.sheets import MILESTONE_WORDS, GoalSheet, Milestone
from models.when import When
from translations import _

_GOALS = (
    Column(_("Goal"), 8), Column(_("Group"), 40), Column(_("What it is about"), 60),
    Column(_("Who leads"), 28), Column(_("Carried by"), 20), Column(_("To be reached by"), 16),
    Column(_("From"), 12), Column(_("Until"), 12), Column(_("Milestones"), 10), Column(_("Done"), 10),
    Column(_("Stuck"), 10),
)  # fmt: skip
_MILESTONES = (
    Column(_("Goal"), 8), Column(_("Number"), 8), Column(_("Milestone"), 60), Column(_("State"), 16),
    Column(_("Due"), 16), Column(_("From"), 12), Column(_("Until"), 12),
)  # fmt: skip


def _days(value: When) -> tuple[Cell, Cell, Cell]:
    """Return the words as written and the days that follow from them."""
    return (
        value.wording,
        value.earliest.isoformat() if value.earliest else None,
        value.latest.isoformat() if value.latest else None,
    )


def goals(session: Session, tag: str) -> Table:
    """Return all goals with who carries them and how far they are."""
    return Table(_("Goals"), _GOALS, _goal_rows(session, tag))


def _goal_rows(session: Session, tag: str) -> Iterator[tuple[Cell, ...]]:
    standings = progress.standings(session)
    deadlines = {one.id: one.deadline for one in session.scalars(sa.select(Goal))}
    nothing = progress.Standing()
    for card in groups.directory(session).cards:
        standing = standings.get(card.id, nothing)
        yield (
            card.number, card.title.to(tag), card.summary.to(tag), card.lead_organisation,
            CARRIER_WORDS[card.carrier].to(tag), *_days(deadlines[card.goal_id]), standing.total,
            standing.done, standing.stuck,
        )  # fmt: skip


def milestones(session: Session, tag: str) -> Table:
    """Return all milestones as the groups wrote them, with the days that follow from their words."""
    return Table(_("Milestones"), _MILESTONES, _milestone_rows(session, tag))


def _milestone_rows(session: Session, tag: str) -> Iterator[tuple[Cell, ...]]:
    cards: dict[int, GroupCard] = {card.id: card for card in groups.directory(session).cards}
    rows = session.execute(
        sa.select(GoalSheet.group_id, Milestone)
        .join(Milestone, Milestone.sheet_id == GoalSheet.id)
        .join(WorkingGroup, WorkingGroup.id == GoalSheet.group_id)
        .join(Goal, Goal.id == WorkingGroup.goal_id)
        .order_by(Goal.position, Milestone.position)
    )
    for group_id, one in rows:
        if group_id not in cards:
            continue  # its goal is not public yet
        yield (
            cards[group_id].number, one.position, one.measure, MILESTONE_WORDS[one.state].to(tag),
            *_days(one.due),
        )  # fmt: skip


OPEN: dict[str, Callable[[Session, str], Table]] = {"goals": goals, "milestones": milestones}
