"""A database with data goes from version to version and loses nothing."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from models import migrate
from models.db import Database
from tests.models.test_migrations import empty_url

__all__ = ["empty_url"]
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
_SAMPLES: dict[type[Any], Any] = {sa.DateTime: NOW, sa.Date: NOW.date(), sa.Boolean: True, sa.JSON: {}}


def _value(column: sa.Column[Any], number: int) -> Any:
    """Return something that fits a column of the schema as it was."""
    if column.foreign_keys or column.primary_key:
        return number if isinstance(column.type, sa.Integer) else f"key-{number}"
    for kind, sample in _SAMPLES.items():
        if isinstance(column.type, kind):
            return sample
    return number if isinstance(column.type, (sa.Integer, sa.Numeric)) else f"w{number}"


def _fill(db: Database) -> dict[str, int]:
    """Put two rows into every table that there is; return how many rows each has."""
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    counts = {}
    with db.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            for number in (1, 2):
                values = {column.name: _value(column, number) for column in table.columns}
                connection.execute(table.insert().values(values))
            counts[table.name] = 2
    return counts


def test_every_row_survives_the_way_to_the_newest_schema(empty_url: str) -> None:
    db = Database(empty_url)
    migrate.upgrade(db, "0002")
    before = _fill(db)
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
