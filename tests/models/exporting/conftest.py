"""Documentations of a lively region, in June 2019."""

from collections.abc import Iterator

import pytest

from models import clock, groups
from models.db import Database
from models.exporting import documentation
from models.exporting.documentation import Documentation
from tests.models.exporting.lively import TODAY, enliven


@pytest.fixture
def june() -> Iterator[None]:
    """The clock stands still in June 2019."""
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def lively(paderborn: Database) -> Database:
    """The demo's region, some months later."""
    enliven(paderborn)
    return paderborn


@pytest.fixture
def doc(lively: Database, june: None) -> Documentation:
    """The documentation of all goals."""
    with lively.reading() as session:
        return documentation.read(session)


@pytest.fixture
def sheet(lively: Database, june: None) -> Documentation:
    """The documentation of the one goal 12.72."""
    with lively.reading() as session:
        group_id = groups.directory(session).get("12.72").id
        return documentation.read(session, group_id=group_id)
