"""The audit: only ever added to, on both databases, and what was tampered with shows."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from models import audit
from models.audit import AuditEntry, Kind, Verb
from models.db import Database
from tests.models.together import at_once, in_transaction


def _filled(db: Database, number: int = 5) -> None:
    db.seal_with(b"a key of tests")
    with db.transaction() as session:
        for record in range(number):
            audit.note(session, 1, Verb.ACCEPT, Kind.ENTRY, record)


def _verdict(db: Database, head: str = "") -> audit.Verdict:
    with db.reading() as session:
        return audit.verify(session, head=head)


def test_a_whole_chain_is_found_whole(any_db: Database) -> None:
    assert _verdict(any_db).broken is None
    _filled(any_db)
    found = _verdict(any_db)
    assert (found.entries, found.broken) == (5, None)
    with any_db.reading() as session:
        assert [one.record for one in audit.page(session)] == ["4", "3", "2", "1", "0"]
        assert [one.id for one in audit.page(session, staff_id=1, kind=Kind.ENTRY, record="3")] == [4]
        assert [one.id for one in audit.page(session, below=3)] == [2, 1]
        assert not audit.page(session, staff_id=2)


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET staff_id = 9", "DELETE FROM audit", "DELETE FROM audit WHERE id = 5"]
)
def test_the_database_refuses_to_change_it(any_db: Database, change: str) -> None:
    _filled(any_db)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), any_db.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert _verdict(any_db).entries == 5


@pytest.mark.postgres
def test_postgresql_refuses_to_empty_it(any_db: Database) -> None:
    if any_db.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    _filled(any_db)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), any_db.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE audit")


def _without_triggers(db: Database, statement: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
        connection.exec_driver_sql("DROP TRIGGER audit_no_DELETE")
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET staff_id = 9 WHERE id = 3", 3),
        ("UPDATE audit SET record = '77' WHERE id = 1", 1),
        ("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 4", 5),
        ("DELETE FROM audit WHERE id = 1", 2),
        (
            "INSERT INTO audit VALUES (6, '2026-01-01 00:00:00.000000', 1, 'accept', 'entry', '1', 'ab', '')",
            6,
        ),
    ],
)
def test_what_was_tampered_with_shows(db: Database, statement: str, broken: int) -> None:
    _filled(db)
    _without_triggers(db, statement)
    assert _verdict(db).broken == broken


def test_an_end_cut_off_shows_with_the_seal_that_was_kept(db: Database) -> None:
    _filled(db)
    head = _verdict(db).head
    _filled(db, 2)
    assert _verdict(db, head).broken is None
    _without_triggers(db, "DELETE FROM audit WHERE id >= 5")
    assert _verdict(db).broken is None
    assert _verdict(db, head).broken == 5


def test_a_chain_made_with_another_key_is_broken(db: Database) -> None:
    _filled(db)
    db.seal_with(b"a key that somebody guessed")
    assert _verdict(db).broken == 1


def test_two_at_once_make_one_chain(any_db: Database) -> None:
    _filled(any_db, 1)

    def note(record: str) -> Callable[..., None]:
        return lambda session: audit.note(session, 1, Verb.CHANGE, Kind.GROUP, record)

    at_once(any_db, note("a"), in_transaction(any_db, note("b"))).result()
    found = _verdict(any_db)
    assert (found.entries, found.broken) == (3, None)


def test_what_is_rolled_back_was_not_done(db: Database) -> None:
    with pytest.raises(RuntimeError), db.transaction() as session:
        audit.note(session, 1, Verb.ADD, Kind.ACCOUNT, 1)
        raise RuntimeError
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0
