"""Opening the database that a command works on, in the state that it needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.failures import Refusal
from models import revisions
from models.db import Database
from models.opening import open_database
from models.settings import Settings


def database_file(db: Database) -> Path | None:
    """Return the file of a SQLite database; None for a server, or for one in memory."""
    name = db.url.database
    return Path(name) if db.is_sqlite and name and name != ":memory:" else None


@contextmanager
def any_database(settings: Settings) -> Iterator[Database]:
    """Open the database in whatever state it is."""
    db = open_database(settings)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def existing_database(settings: Settings) -> Iterator[Database]:
    """Open the database; a Refusal when its file is not there (opening would make an empty one)."""
    with any_database(settings) as db:
        file = database_file(db)
        if file is not None and not file.exists():
            raise Refusal(f"There is no database at {file} yet. `mitwirken db upgrade` makes one.")
        yield db


@contextmanager
def ready_database(settings: Settings) -> Iterator[Database]:
    """Open the database; a Refusal unless its schema is the one of this program."""
    with existing_database(settings) as db:
        must_be_current(db)
        yield db


def must_be_current(db: Database) -> None:
    """Refuse to work on a database of another version of the program."""
    has, needs = revisions.current(db), revisions.newest()
    if has != needs:
        raise Refusal(
            f"The database has schema {has or 'none'}, this program needs {needs}. "
            "Run `mitwirken db upgrade` (after a backup)."
        )
