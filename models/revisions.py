"""Which schema a database has and which one this program needs, without loading the migration machinery.

Every process asks at its start, and the machinery would cost each of them half a second.
"""

from pathlib import Path

import sqlalchemy as sa

from models.db import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest() -> str:
    """Return the revision that this version of the program needs: files are numbered, the last one counts."""
    return max(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py"))


def current(db: Database) -> str:
    """Return the revision that the database has; "" for one without tables of ours."""
    with db.reader.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return ""
        return connection.scalar(sa.text("SELECT version_num FROM alembic_version")) or ""
