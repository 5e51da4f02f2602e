"""Whether a database is sound: its file, its references, its schema."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from models import migrate
from models.db import Database

_SHOWN = 20  # of what may be thousands of rows with the same fault


def faults_of_file(connection: Connection) -> list[str]:
    """Return what SQLite finds damaged; nothing is right."""
    found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    return [] if found == ["ok"] else [f"damaged: {line}" for line in found[:_SHOWN]]


def dangling_references(connection: Connection) -> list[str]:
    """Return rows of a SQLite database that point to rows which are not there."""
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    return [f"{row[0]} row {row[1]} points to a row of {row[2]} that is not there" for row in rows]


def faults(db: Database) -> list[str]:
    """Return everything that is wrong with the database, one line each; nothing is right.

    PostgreSQL keeps its own references and checksums, so there only the schema is looked at.
    """
    found: list[str] = []
    has, needs = migrate.current(db), migrate.newest()
    if has != needs:
        found.append(f"schema {has or 'none'}, needed is {needs}: run `mitwirken db upgrade`")
    else:
        found += [f"schema differs from the program: {difference}" for difference in migrate.differences(db)]
    if db.is_sqlite:
        with db.reader.connect() as connection:
            found += faults_of_file(connection) + dangling_references(connection)
    return found


def lacks_database(db: Database) -> str:
    """Return why the database cannot be reached, "" when it can."""
    try:
        with db.reader.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return ""
