"""A database with data goes from version to version and loses nothing."""

import sqlalchemy as sa

from models import migrate
from models.db import Database
from tests import rows
from tests.models.test_migrations import empty_url

__all__ = ["empty_url"]


def test_every_row_survives_the_way_to_the_newest_schema(empty_url: str) -> None:
    db = Database(empty_url)
    migrate.upgrade(db, "0002")
    before = rows.fill(db)
    assert len(before) > 20
    migrate.upgrade(db)
    with db.reading() as session:
        after = {name: session.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in before}
    # Staff log in anew where there was no second step yet; each of the rows here is of somebody of the staff.
    assert after == {**before, "logins": 0}
    assert migrate.differences(db) == []
    with db.engine.connect() as connection:
        if db.is_sqlite:  # rows that point to others are guarded again
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    db.close()
