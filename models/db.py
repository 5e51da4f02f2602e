"""The shared database: one way in for writing, one for reading, on SQLite and on PostgreSQL.

SQLite has one writer. Each process therefore holds one writing connection whose transactions begin
IMMEDIATE (a deferred BEGIN that reads before it writes fails under load, however long it waits), and
reads through connections of their own that cannot write.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any, ClassVar, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from models import clock, periods
from models.columns import LocalisedWords
from models.group_commit import GroupCommit
from models.turns import InTurn
from translations import Localised

T = TypeVar("T")
READERS_KEPT, READERS_MOST = 8, 36  # connections that one process reads through
WRITERS = 6  # connections that one process writes through on PostgreSQL
HOME_ZONE = "Europe/Berlin"  # where nothing else is set
CACHE_SECONDS = 5.0  # how long another process may still show what has just been changed
_PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


class Base(DeclarativeBase):
    """What all tables share: names of constraints that migrations can rely on, and column types."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Localised: LocalisedWords,
        dict[str, Any]: sa.JSON,
        list[int]: sa.JSON,
        list[str]: sa.JSON,
    }


class Cache:
    """What many requests read and few change, kept for `CACHE_SECONDS` in this process."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Any]] = {}
        self._loading: set[str] = set()
        self.edition = 0  # grows whenever everything is forgotten

    def get(self, key: str, load: Callable[[], T]) -> T:
        """Return the kept value of `key`, or load and keep it."""
        kept = self._kept.get(key)
        if kept is not None and (time.monotonic() < kept[0] or key in self._loading):
            return cast(T, kept[1])  # while one thread loads it anew, the others go on with what was
        self._loading.add(key)
        try:
            value = load()
        finally:
            self._loading.discard(key)
        for old, (until, _value) in list(self._kept.items()):
            if until <= time.monotonic():  # documents are large, and most are asked for once
                self._kept.pop(old, None)
        self._kept[key] = (time.monotonic() + CACHE_SECONDS, value)
        return value

    def drop(self) -> None:
        """Forget everything, after a change of what is kept."""
        self.edition += 1
        self._kept.clear()


def _prepare_sqlite(engine: Engine, *, begin: str, read_only: bool) -> None:
    @sa.event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @sa.event.listens_for(engine, "checkin")
    def _end(connection: sqlite3.Connection | None, _record: object) -> None:
        if connection is not None and connection.in_transaction:
            connection.rollback()  # a COMMIT that fails leaves it open, and SQLAlchemy takes it for ended

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def writing_engine(url: str | URL) -> Engine:
    """Return the engine through which one process writes; its errors do not tell what people wrote."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            parsed, poolclass=InTurn, pool_size=1, max_overflow=0, pool_timeout=15, hide_parameters=True
        )
        _prepare_sqlite(engine, begin="BEGIN IMMEDIATE", read_only=False)
        return engine
    # Those that are warm first, and none that is opened for one sign-up and closed again: in a full hall that
    # takes a quarter of a second.
    return sa.create_engine(
        parsed,
        pool_size=WRITERS,
        max_overflow=0,
        pool_use_lifo=True,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _reading_engine(url: URL) -> Engine:
    # A pool of its own on PostgreSQL too: who reads a form and then writes must not wait for themselves.
    # Large enough for all threads of a process that reads twice at once, as a page does within its view: else
    # threads that hold one connection each would wait for a second one until all of them give up.
    engine = sa.create_engine(
        url, pool_size=READERS_KEPT, max_overflow=READERS_MOST - READERS_KEPT, pool_timeout=15,
        pool_use_lifo=True, pool_pre_ping=True, hide_parameters=True,
    )  # fmt: skip
    if url.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, begin="BEGIN", read_only=True)
    return engine


class Database:
    """The region's database. Open one per process and pass it on, with the zone in which the region lives."""

    def __init__(self, url: str | URL, zone: str = HOME_ZONE) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = writing_engine(self.url)
        self.reader = _reading_engine(self.url)
        self.cache = Cache()
        shared = {
            "cache": self.cache, "zone": zone, "audit_key": b"", "vault_key": b"", "periods": periods.DEFAULT,
        }  # fmt: skip
        self._writing = sessionmaker(self.engine, expire_on_commit=False, info=shared)
        self._group_commit = GroupCommit(self.transaction)
        self._reading = sessionmaker(self.reader, expire_on_commit=False, autoflush=False, info=shared)

    def seal_with(self, key: bytes) -> None:
        """Seal the audit with a key that does not rest in the database."""
        self._know("audit_key", key)

    def keep_for(self, chosen: periods.Periods) -> None:
        """Keep things for as long as the office has set."""
        self._know("periods", chosen)

    def _know(self, name: str, value: object) -> None:
        for maker in (self._writing, self._reading):
            maker.configure(info={**maker.kw["info"], name: value})

    def lock_with(self, key: bytes) -> None:
        """Keep what must not be readable (see `vault`) under a key that does not rest in the database."""
        self._know("vault_key", key)

    def beside(self, url: str | URL) -> "Database":
        """Open another database with the same zone and key."""
        other = Database(url, self._writing.kw["info"]["zone"])
        other.seal_with(self._writing.kw["info"]["audit_key"])
        other.lock_with(self._writing.kw["info"]["vault_key"])
        other.keep_for(self._writing.kw["info"]["periods"])
        return other

    @contextmanager
    def session_on(self, connection: Connection) -> Iterator[Session]:
        """Open a session within a transaction that belongs to somebody else, who commits it."""
        with self._writing(bind=connection) as session:
            yield session
            session.flush()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session; commit at the end of the block, or roll everything back on an exception."""
        with self._writing() as session:
            yield session
            session.commit()

    def take_in(self, work: Callable[[Session], T]) -> T:
        """Run work that many do at once; it is committed when this returns, and undone where it raises.

        On SQLite several share a transaction (see `GroupCommit`): the work may run twice, in another thread.
        """
        if self.is_sqlite:
            return self._group_commit.run(work)
        with self.transaction() as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for looking only; on SQLite it never waits for a writer."""
        with self._reading() as session:
            yield session

    def connect(self) -> None:
        """Open what is written through now, so that the first to write need not wait for it."""
        with ExitStack() as open_now:
            for _each in range(1 if self.is_sqlite else WRITERS):
                open_now.enter_context(self.engine.connect())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self.reader.dispose()


def cache_of(session: Session) -> Cache:
    """Return what this session's process keeps in memory."""
    return cast(Cache, session.info["cache"])


def zone_of(session: Session) -> str:
    """Return the time zone that the region lives in."""
    return cast(str, session.info["zone"])


def today_in(session: Session) -> date:
    """Return the day it is now in the region."""
    return clock.today(zone_of(session))


def audit_key_of(session: Session) -> bytes:
    """Return the key with which the audit is sealed."""
    return cast(bytes, session.info["audit_key"])
