"""Migrations make exactly the models' tables, on both databases, and can be interrupted at any moment."""

import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import migrate
from models.db import Database
from tests import lives, postgres


def test_the_models_equal_the_migrations(any_db: Database) -> None:
    assert migrate.current(any_db) == migrate.newest()
    assert migrate.differences(any_db) == []


def test_a_difference_would_be_seen(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE people ADD COLUMN shoe_size INTEGER")
        connection.exec_driver_sql("DROP INDEX ix_people_keep_until")
    assert len(migrate.differences(db)) == 2


def test_migrating_again_changes_nothing(any_db: Database) -> None:
    migrate.upgrade(any_db)
    assert migrate.differences(any_db) == []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.sqlite"
        return
    with postgres.database(request.getfixturevalue("pg_server")) as url:
        yield url


def test_a_migration_that_is_killed_leaves_all_or_nothing(empty_url: str) -> None:
    for dies_before in (0, *range(2, 100, 9)):
        process = lives.begin(lives.upgrade, empty_url, dies_before)
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        db = Database(empty_url)
        assert len(sa.inspect(db.engine).get_table_names()) <= 1
        db.close()
    db = Database(empty_url)
    migrate.upgrade(db)
    assert migrate.differences(db) == []
    db.close()
