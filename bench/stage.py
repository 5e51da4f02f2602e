"""A whole installation to measure: its database with the Paderborn region, its settings and its pages."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from models import clock, groups, migrate
from models.db import Database
from models.importing import import_region
from models.outbox import Message
from models.people import ChannelKind, Person
from models.settings import Settings
from models.submissions import State, Submission
from webforms import create_app

REGION = Path(__file__).parent.parent / "models" / "regions" / "paderborn-2018"
SECRET = "bench" * 8
LANGUAGE = "ar"
GROUP = "7.49"
# Ids begin far apart, so that a recorded id tells of which table it is.
FIRST_PERSON, FIRST_SUBMISSION, FIRST_MESSAGE = 1_000_000, 100_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured: the pages as WSGI, their database, and the code of a group to join."""

    app: Flask
    db: Database
    url: str
    code: str

    @property
    def file(self) -> Path:
        """Return the file of a stage on SQLite."""
        return Path(self.db.url.database or "")


def settings_for(url: str) -> Settings:
    """Return the settings of an installation on a database, as in production with a chat."""
    return Settings(database=url, secret=SECRET, bot_username="bench_bot", least_seconds=0, _env_file=None)


def make_file(file: Path) -> None:
    """Make a SQLite file, migrated and furnished."""
    furnish(f"sqlite:///{file}")


def furnish(url: str) -> None:
    """Migrate a database and put in the region and one entry of each kind, far-off ids included."""
    db = Database(url)
    migrate.upgrade(db)
    import_region(db, REGION)
    _spread_ids(db)
    db.close()  # the last connection to a SQLite file writes the log into it, so that it can be copied


def _spread_ids(db: Database) -> None:
    now = clock.now()
    with db.transaction() as session:
        session.add(
            Person(
                id=FIRST_PERSON, name="Amina Beispiel", language="ar", email="amina@example.org",
                prefers=ChannelKind.EMAIL, met_at=now, seen_at=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Submission(
                id=FIRST_SUBMISSION, form="ask-office", key="0" * 64, person_id=FIRST_PERSON, channel="page",
                language="ar", title="–", answers={"question": "–"}, state=State.ACCEPTED, version=1,
                received_at=now, changed_at=now,
            )
        )  # fmt: skip
        session.add(Message(id=FIRST_MESSAGE, kind="received", words={}, created_at=now))
        session.flush()
        if not db.is_sqlite:  # PostgreSQL counts on from where it was, whatever stands in the table
            for table in ("people", "submissions", "messages"):
                session.execute(
                    sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
                )


def open_stage(place: Path | str) -> Stage:
    """Open the installation on a file made by `make_file`, or at the address of a furnished database."""
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    db = Database(url)
    with db.reading() as session:
        code = groups.directory(session).get(GROUP).code
    return Stage(create_app(settings_for(url), db), db, url, code)


def copy_of(file: Path, name: str) -> Path:
    """Return a copy of a closed SQLite file beside it."""
    target = file.with_name(name)
    shutil.copyfile(file, target)
    return target


def count(db: Database, table: str) -> int:
    """Return the number of rows of a table."""
    with db.reader.connect() as connection:
        return int(connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0)
