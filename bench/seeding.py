"""The demo region in an empty database."""

import csv
from pathlib import Path

from models import clock, regions
from models.db import Database
from models.goals import Carrier, Field, Goal, Ownership, position_of
from models.groups import WorkingGroup
from models.programmes import Programme
from models.sheets import GoalSheet
from models.when import When
from translations import Localised

FOLDER = Path(__file__).parent.parent / "models" / "regions" / "paderborn-2018"


def seed(db: Database) -> None:
    """Put the region's goals and groups in."""
    fields: dict[int, int] = {}
    with db.transaction() as session:
        session.add(regions.Region(id=1, name="Kreis Paderborn", office="BIZ", phone="", email=""))
        programme = Programme(
            title="P", starts=None, ends=None, status_months=[5, 11], conference_month=9, conference_name="K",
            interim_due=When.parse("2019-09"),
        )  # fmt: skip
        session.add(programme)
        session.flush()
        with (FOLDER / "goals.csv").open(encoding="utf-8") as source:
            for row in csv.DictReader(source):
                number = int(row["number"].split(".")[0])
                if number not in fields:
                    field = Field(programme_id=programme.id, number=number, name=Localised({}))
                    session.add(field)
                    session.flush()
                    fields[number] = field.id
                goal = Goal(
                    programme_id=programme.id, field_id=fields[number], number=row["number"],
                    position=position_of(row["number"]), title=Localised({"de": row["title"]}),
                    summary=Localised({"de": row["summary"]}), deadline=When.parse(row["deadline"]), base=None,
                    target=None, parent_id=None,
                )  # fmt: skip
                session.add(goal)
                session.flush()
                session.add(
                    Ownership(
                        goal_id=goal.id, position=1, carrier=Carrier(row["colour"]), recorded_at=clock.now(),
                        body_id=None, decided_on=None,
                    )
                )  # fmt: skip
                group = WorkingGroup(goal_id=goal.id)
                session.add(group)
                session.flush()
                session.add(GoalSheet(group_id=group.id, interim_due=When.parse("2019-09")))
