"""Core statements compiled once and run at the driver's level.

SQLAlchemy's Python was 72 % of the cost of an ORM sign-up, so the few statements that a hall full of
people runs at once skip it. Everything else uses the ORM.
"""

import json
import logging
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session

Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"
Build: TypeAlias = "Callable[[Callable[[Any], Any]], sa.sql.Executable]"


def _insert_of(dialect: Dialect) -> Callable[[Any], Any]:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


_log = logging.getLogger("sqlalchemy.engine.Engine")  # where all other statements are told
_PLAIN = frozenset({str, int, bool, float, type(None)})  # what every driver takes as it is
_OFFSET = len("+00:00")
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _as_sqlite_keeps_it(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.isoformat(" ", "microseconds")[:-_OFFSET]
    return _as_postgresql_takes_it(value)


def _as_postgresql_takes_it(value: Any) -> Any:
    return _as_json(value) if isinstance(value, (dict, list)) else value


def _connection_of(session: Session) -> Connection:
    """Return the connection of the session's transaction; asking the session for it costs as much as SQL."""
    if session.in_nested_transaction():
        return session.connection()  # asking is what makes its savepoint, without which nothing is undone
    kept: Connection | None = session.info.get("connection")
    if kept is None or kept.closed:
        kept = session.info["connection"] = session.connection()
    return kept


class _Ready:
    """A statement as one kind of database takes it: its text, the order of its values, its constants."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        if compiled.post_compile_params:  # lists within it are constants, whose length is known
            compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self.order: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positional else None
        self.constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._row: Callable[..., Any] | None = None

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values in the form that the driver wants."""
        whole = {**self.constants, **given} if self.constants else given
        if self.order is not None:
            row = [whole[name] for name in self.order]
            return tuple([one if type(one) in _PLAIN else _as_sqlite_keeps_it(one) for one in row])
        return {name: _as_postgresql_takes_it(value) for name, value in whole.items()}

    def named(self, cursor: Any, row: Any) -> Any:
        """Return a row with the names of its columns."""
        if self._row is None:
            names = [column[0] for column in cursor.description]
            self._row = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        return self._row(*row)


def _execute(connection: Connection, ready: _Ready, values: Any, *, is_many: bool = False) -> list[Any]:
    """Run a statement at the driver's own cursor and return its rows; its errors become SQLAlchemy's."""
    cursor = connection.connection.cursor()
    _log.info(ready.sql)
    connection.dispatch.before_cursor_execute(connection, cursor, ready.sql, values, None, is_many)
    try:
        (cursor.executemany if is_many else cursor.execute)(ready.sql, values)
        gives_rows = cursor.description is not None and not is_many
        rows = [ready.named(cursor, row) for row in cursor.fetchall()] if gives_rows else []
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_says_it(connection, cursor, ready.sql, error) from error
    return rows


def _as_sqlalchemy_says_it(connection: Connection, cursor: Any, sql: str, error: Exception) -> BaseException:
    dialect = connection.dialect
    is_cut = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
    if is_cut:
        connection.invalidate(error)
    return exc.DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=is_cut,
        dialect=dialect,
    )  # fmt: skip


_ALL: list["Prepared"] = []


class Prepared:
    """A statement that is built once per kind of database.

    `build` receives the database's own `insert` and returns the statement with named parameters.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._ready: dict[str, _Ready] = {}
        _ALL.append(self)

    def compile_for(self, dialect: Dialect) -> _Ready:
        """Return it as this kind of database takes it, compiled once."""
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _Ready(self._build(_insert_of(dialect)), dialect)
        return ready

    def run(self, session: Session, values: Mapping[str, Any]) -> Any:
        """Run it with these values inside the session's transaction; return the first row that it gives."""
        found = self.all(session, values)
        return found[0] if found else None

    def all(self, session: Session, values: Mapping[str, Any]) -> list[Any]:
        """Run it with these values inside the session's transaction; return all rows that it gives."""
        connection = _connection_of(session)
        ready = self.compile_for(connection.dialect)
        return _execute(connection, ready, ready.values(values))

    def run_many(self, session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once per row in one round trip."""
        connection = _connection_of(session)
        ready = self.compile_for(connection.dialect)
        _execute(connection, ready, [ready.values(row) for row in rows], is_many=True)


def parameter(name: str) -> sa.BindParameter[Any]:
    """Return a named parameter of a prepared statement."""
    return sa.bindparam(name)


def compile_all(dialect: Dialect) -> None:
    """Compile every statement for a kind of database now, so that no sign-up has to."""
    for one in _ALL:
        one.compile_for(dialect)
