"""How many rows each table holds: the proof that a copy of the database is whole."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# What an admin recognises, in this order; other tables are counted too, after these.
_FIRST = ("people", "memberships", "submissions", "working_groups", "milestones", "messages", "deliveries")


def row_counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table that is there, whatever its schema's version."""
    names = sa.inspect(connection).get_table_names()
    ordered = [name for name in _FIRST if name in names] + sorted(set(names) - set(_FIRST))
    return {
        name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
        for name in ordered
    }
