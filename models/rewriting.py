"""PostgreSQL forgets on the disk: tables are written anew without what was erased from them.

VACUUM makes the room of erased rows free and leaves their words in it, until something is written over them.
What the server has noted of a column's values, to plan queries, holds words of people as well.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from models import clock, processing
from models.db import Database
from models.erasures import Erasure

LATELY = timedelta(days=3)  # so that a table that was in use one night is written anew in the next
WAIT = "3s"  # for a table; meanwhile all who come to it wait as well
SEEN = timedelta(minutes=1)  # for transactions that began before: what they may still see is kept, too
STATISTICS = "pg_statistic"
_NOW = sa.text(
    "SELECT clock_timestamp() AS at, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS number"
)
# Who looks on in this database, and whether anybody on the whole server still writes who began before: while
# they do, each new look of ours is one from before them, too.
_OLDER = sa.text("""
    SELECT count(*) + (pg_snapshot_xmin(pg_current_snapshot())::text::bigint < :number)::int
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_xmin IS NOT NULL AND xact_start <= :at
""")
_SAME_TYPES = sa.text("""
    SELECT format('ALTER TABLE %I ALTER COLUMN %I TYPE %s', s.tablename, s.attname, t.name)
    FROM pg_stats AS s
    JOIN pg_attribute AS a ON a.attrelid = to_regclass(quote_ident(s.tablename)) AND a.attname = s.attname
    CROSS JOIN LATERAL (SELECT format_type(a.atttypid, a.atttypmod) AS name) AS t
    WHERE s.schemaname = current_schema() AND s.tablename = :name
    AND (t.name IN ('text', 'json', 'jsonb') OR t.name LIKE 'character varying%')
""")
log = logging.getLogger(__name__)


def after_erasures(db: Database) -> int:
    """Write all anew, for the night, when somebody was erased lately; return how many tables that were."""
    with db.reading() as session:
        since = clock.now() - LATELY
        found = session.scalar(sa.select(sa.func.count()).where(Erasure.erased_at >= since))
    return write_anew(db) if found else 0


def write_anew(db: Database) -> int:
    """Write each table that can hold something of people anew; return how many. SQLite overwrites at once.

    One that is in use, by a backup for instance, is left as it is, and told.
    """
    if db.is_sqlite:
        return 0
    done = 0
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": WAIT})
        _wait_for_older(connection)
        try:
            for name in (*tables(), STATISTICS):  # these last: each of the others brings them up to date
                done += _is_written_anew(connection, name)
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return done


def _wait_for_older(connection: sa.Connection) -> None:
    """Wait until nobody sees what was there before: a backup, ANALYZE, a writer of another database."""
    begun = connection.execute(_NOW).mappings().one()
    until = time.monotonic() + SEEN.total_seconds()
    while older := connection.scalar(_OLDER, dict(begun)):
        if time.monotonic() > until:
            log.warning("What was erased may stay on the disk: %s older transactions still see it", older)
            return
        time.sleep(0.05)


def _is_written_anew(connection: sa.Connection, name: str) -> bool:
    try:
        command = f"VACUUM (FULL) {name}" if name == STATISTICS else f"VACUUM (FULL, ANALYZE) {name}"
        connection.exec_driver_sql(command)  # with a name of ours
        if name != STATISTICS:
            _forget_statistics_if_empty(connection, name)
    except SQLAlchemyError as error:
        log.warning("What was erased stays on the disk in %s (%s)", name, type(error).__name__)
        return False
    return True


def _forget_statistics_if_empty(connection: sa.Connection, name: str) -> None:
    """Drop what is noted of the words in an empty table: ANALYZE does so only where there are rows.

    A column that is given the type that it has is not written anew, and what was noted of it is dropped.
    """
    anything = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
    if connection.scalar(anything):
        return
    for words in connection.scalars(_SAME_TYPES, {"name": name}).all():
        connection.exec_driver_sql(words)


def tables() -> Sequence[str]:
    """Return the tables in which something of people can stand."""
    columns = frozenset[str]().union(*(one.columns for one in processing.PURPOSES))
    return sorted({name.partition(".")[0] for name in columns})
