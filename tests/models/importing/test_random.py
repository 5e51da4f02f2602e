"""Whatever stands in the cells, an import never raises, and rows that nobody touched arrive."""

import csv
import tempfile
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.db import Database
from models.goals import Goal
from models.groups import WorkingGroup
from models.importing import import_region
from models.programmes import Body
from models.sheets import GoalSheet, Milestone
from models.tables import metadata
from tests.conftest import REGION
from tests.models.importing import workbooks

SHEETS = ("goals", "milestones", "meetings", "agenda", "bodies", "contacts")
TABLES = {name: workbooks.table(REGION, name) for name in SHEETS}
NASTY = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789.,;:/-+=\"'\n\r\t\0 %abAB\u202e\u0661", max_size=12),
    st.sampled_from(
        ["4,3", "4.3", "12.71", "=1+1", '="1.2"', "999.9999.9999.9999", "1e99", "NaN", "\0", "x" * 6000,
         "blue", "green", "2019-02-30", "Ab sofort", "1.2", "7.49", "a@example.org", "Kreistag", "\ufeff"]
    ),
)  # fmt: skip
BREAK = st.tuples(st.sampled_from(SHEETS), st.integers(1, 60), st.integers(0, 12), NASTY)


def empty(db: Database) -> None:
    """Take every row out."""
    with db.transaction() as session:
        session.execute(sa.update(Goal).values(parent_id=None))
        for table in reversed(metadata.sorted_tables):
            session.execute(sa.delete(table))


def broken(folder: Path, breaks: list[tuple[str, int, int, str]]) -> set[tuple[str, int]]:
    """Put the words into the cells; return which rows they touch."""
    touched = set()
    for sheet, row, column, words in breaks:
        cells = workbooks.table(folder, sheet)
        place = 1 + row % (len(cells) - 1), column % len(cells[0])
        cells[place[0]][place[1]] = words
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="", errors="replace") as file:
            csv.writer(file).writerows(cells)
        touched.add((sheet, place[0]))
    return touched


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaks=st.lists(BREAK, min_size=1, max_size=6))
def test_broken_cells_never_raise_and_cost_no_other_row(
    db: Database, breaks: list[tuple[str, int, int, str]]
) -> None:
    empty(db)
    with tempfile.TemporaryDirectory() as name:
        folder = workbooks.copy(Path(name))
        touched = broken(folder, breaks)
        report = import_region(db, folder)
        assert list(report.lines("de"))
        expect_untouched(folder, touched, found(db))
        before = workbooks.dump(db)
        again = import_region(db, folder)
        assert workbooks.dump(db) == before
        assert not again.changes_anything


def expect_untouched(folder: Path, touched: set[tuple[str, int]], arrived: dict[str, set[str]]) -> None:
    """Hold that all rows arrived that nobody touched, and whose name no touched row has taken."""
    goals = names("goals", TABLES["goals"]) - names("goals", workbooks.table(folder, "goals"), touched)
    goals -= {cells[0] for n, cells in enumerate(TABLES["goals"]) if ("goals", n) in touched}
    assert goals <= arrived["goals"]
    for sheet in ("milestones", "bodies"):
        rivals = names(sheet, workbooks.table(folder, sheet), touched)
        for n, cells in enumerate(TABLES[sheet]):
            key = name_of(sheet, cells)
            if n == 0 or (sheet, n) in touched or key in rivals:
                continue
            assert key in arrived[sheet] or (sheet == "milestones" and cells[0] not in goals)


def name_of(sheet: str, cells: list[str]) -> str:
    """Return what a row is known by, a number with a decimal comma written with a point."""
    first = (
        cells[0].strip().strip('="').rstrip(".").replace(",", ".") if sheet != "bodies" else cells[0].strip()
    )
    return f"{first} {cells[1].strip()}" if sheet == "milestones" else first


def names(sheet: str, cells: workbooks.Table, touched: set[tuple[str, int]] | None = None) -> set[str]:
    """Return the names of all rows, or of those that were touched."""
    return {
        name_of(sheet, record)
        for n, record in enumerate(cells)
        if n and (touched is None or (sheet, n) in touched)
    }


def found(db: Database) -> dict[str, set[str]]:
    """Return what is in the database."""
    with db.reading() as session:
        milestones = session.execute(
            sa.select(Goal.number, Milestone.position)
            .join(WorkingGroup, WorkingGroup.goal_id == Goal.id)
            .join(GoalSheet, GoalSheet.group_id == WorkingGroup.id)
            .join(Milestone, Milestone.sheet_id == GoalSheet.id)
        )
        return {
            "goals": set(session.scalars(sa.select(Goal.number))),
            "bodies": set(session.scalars(sa.select(Body.name))),
            "milestones": {f"{number} {position}" for number, position in milestones},
        }
