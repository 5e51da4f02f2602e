"""`bench.migrations` finds what a migration leaves half, and nothing where there is nothing."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.migrations import Place, Tally, furnish, ordeal, shape
from models.db import Database
from tests import lives

KILLS = 6  # three of them before certain statements: the commit, and a third and two thirds on the way


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(tmp_path, "" if request.param == "sqlite" else request.getfixturevalue("pg_server"))


def _killed(place: Place, life: Callable[..., None]) -> Tally:
    return ordeal(place, "0012", "0013", KILLS, random.Random(1), life)


def test_a_migration_that_is_killed_leaves_schema_and_rows_old_or_new(place: Place) -> None:
    tally = _killed(place, lives.upgrade)
    assert tally.is_fine
    assert (tally.killed, tally.old + tally.new) == (KILLS, KILLS)


def test_a_migration_that_commits_on_its_way_is_found_half(place: Place) -> None:
    tally = _killed(place, lives.upgrade_carelessly)
    assert tally.half > 0
    assert tally.failed >= tally.half  # nor can the next run mend it


def test_a_copy_has_the_rows_and_one_that_differs_is_seen(place: Place) -> None:
    with place.empty() as first:
        furnish(first, "0001")
        with place.copy(first) as url:
            assert shape(url) == shape(first)
            db = Database(url)
            with db.engine.begin() as connection:  # as a migration of data that got half its way
                connection.exec_driver_sql("UPDATE people SET phone = '' WHERE id = 1")
            db.close()
            assert shape(url) != shape(first)
