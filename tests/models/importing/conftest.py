"""A region to change, and empty databases of both kinds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.db import Database
from tests import postgres
from tests.models.importing import workbooks


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A copy of the demo's folder."""
    return workbooks.copy(tmp_path)


@pytest.fixture(scope="session")
def bare_db(_empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An empty database for trials, which store nothing, or for tests that empty it themselves."""
    database = _opened(_empty_file, tmp_path_factory.mktemp("bare"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def full_db(_paderborn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demo's region, for trials, which store nothing."""
    database = _opened(_paderborn_file, tmp_path_factory.mktemp("full"))
    yield database
    database.close()


@pytest.fixture
def paderborn(full_db: Database, _paderborn_file: Path) -> Iterator[Database]:
    """The demo's region, for tests that change it: what they did is taken back."""
    yield full_db
    _restore(full_db, _paderborn_file)


@pytest.fixture
def db(bare_db: Database, _empty_file: Path) -> Iterator[Database]:
    """An empty database, for tests that fill it: what they did is taken back."""
    yield bare_db
    _restore(bare_db, _empty_file)


def _opened(template: Path, folder: Path) -> Database:
    path = folder / "mitwirken.sqlite"
    shutil.copyfile(template, path)
    return Database(f"sqlite:///{path}")


def _restore(database: Database, template: Path) -> None:
    """Put the file back and keep the engine: its prepared statements are most of a test's time."""
    database.close()
    database.cache.drop()
    shutil.copyfile(template, str(database.url.database))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def look_at(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The demo's region on SQLite, then on PostgreSQL, for tests that only look."""
    if request.param == "sqlite":
        yield request.getfixturevalue("full_db")
        return
    template = request.getfixturevalue("_pg_paderborn")
    with postgres.database(request.getfixturevalue("pg_server"), template) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty, migrated database, on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("db")
        return
    template = request.getfixturevalue("_pg_empty")
    with postgres.database(request.getfixturevalue("pg_server"), template) as url:
        database = Database(url)
        yield database
        database.close()
