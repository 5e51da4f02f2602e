"""Erasing somebody reads no table whole that holds a row for each person: a restore erases many in a row."""

import sqlalchemy as sa

from bench.recording import listening
from models import people, privacy
from models.db import Database
from tests.models.test_erasure import house

__all__ = ["house"]
# May hold a row for each person, or several. Groups, sheets and the office's own things are few; log-ins and
# what came from chats is let go of within days.
LARGE = (
    "people", "submissions", "memberships", "consents", "messages", "deliveries", "drafts", "links",
    "attachments", "registrations", "preferences", "subscriptions", "progress_reports",
)  # fmt: skip


def test_no_large_table_is_read_whole(house: tuple[Database, int]) -> None:
    db, number = house
    if not db.is_sqlite:  # plans of PostgreSQL depend on how much there is
        return
    with listening(db) as heard, db.transaction() as session:
        person = people.get(session, number)
        assert person
        privacy.erase(session, person)
    read = set()
    with db.reader.connect() as connection:
        connection.execute(sa.text("PRAGMA query_only = OFF"))  # to explain what writes; nothing is written
        for one in [one for one in heard if one.sql.split()[0] in ("SELECT", "UPDATE", "DELETE")]:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.sql}", one.values).all()
            read |= {(row[-1], one.sql) for row in plan if row[-1].startswith("SCAN ")}
    whole = {(step, sql) for step, sql in read if step.split()[1] in LARGE and "USING INDEX" not in step}
    assert not whole
    assert len(heard) > 20
