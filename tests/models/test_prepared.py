"""Statements at the driver's own cursor: their rows have names, their errors are SQLAlchemy's."""

from typing import Any

import pytest
import sqlalchemy as sa

from models import consents, people
from models.consents import Given
from models.db import Database
from models.people import Person
from models.prepared import Prepared, parameter

_PAIR = Prepared(
    lambda _insert: sa.select(
        sa.cast(parameter("one"), sa.Integer).label("first"), sa.literal_column("2").label("second")
    )
)
_NONE = Prepared(lambda _insert: sa.select(Person.id).where(Person.email == parameter("email")))


def test_rows_have_names(any_db: Database) -> None:
    with any_db.reading() as session:
        row = _PAIR.run(session, {"one": 1})
        assert (row.first, row.second, row[1]) == (1, 2, 2)
        assert [tuple(one) for one in _PAIR.all(session, {"one": 3})] == [(3, 2)]
        assert _NONE.run(session, {"email": "nobody@example.org"}) is None


@pytest.mark.parametrize("many", [False, True])
def test_a_refusal_is_sqlalchemys_and_leaves_nothing(any_db: Database, many: bool) -> None:
    nothing: Any = None
    with (
        pytest.raises(sa.exc.IntegrityError, match="INSERT INTO") as refused,
        any_db.transaction() as session,
    ):
        person, _known = people.meet(session, name="Amina", language="ar", email="kirschgarten@example.org")
        if many:
            given = Given(consents.GROUP_UPDATES, 1, nothing, "ar")
            consents.give(session, person, [given], submission_id=None, channel="page")
        people.meet(session, name=nothing, language="ar", email="b@example.org")
    assert f"INSERT INTO {'consents' if many else 'people'}" in str(refused.value)
    with any_db.transaction() as session:
        assert people.by_email(session, "kirschgarten@example.org") is None


@pytest.mark.parametrize("any_db", ["postgresql"], indirect=True)
def test_a_line_that_is_cut_is_not_used_again(any_db: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError) as cut, any_db.transaction() as session:
        own = session.scalar(sa.text("SELECT pg_backend_pid()"))
        with any_db.reader.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:own)"), {"own": own})
        for _each in range(50):
            _PAIR.run(session, {"one": 1})
    assert cut.value.connection_invalidated
    with any_db.transaction() as session:
        assert _PAIR.run(session, {"one": 1}).first == 1
