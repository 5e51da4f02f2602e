"""Core statements compiled once and run at the driver's level.

SQLAlchemy's Python was 72 % of the cost of an ORM sign-up, so the few statements that a hall full of
people runs at once skip it. Everything else uses the ORM.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult, Dialect
from sqlalchemy.orm import Session

Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"
Build: TypeAlias = "Callable[[Callable[[Any], Any]], sa.sql.Executable]"


def _insert_of(dialect: Dialect) -> Callable[[Any], Any]:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


_PLAIN = frozenset({str, int, bool, float, type(None)})  # what every driver takes as it is
_OFFSET = len("+00:00")
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _as_sqlite_keeps_it(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ", "microseconds")[:-_OFFSET]
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

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values in the form that the driver wants."""
        whole = {**self.constants, **given} if self.constants else given
        if self.order is not None:
            row = [whole[name] for name in self.order]
            return tuple([one if type(one) in _PLAIN else _as_sqlite_keeps_it(one) for one in row])
        return {name: _as_postgresql_takes_it(value) for name, value in whole.items()}


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

    def run(self, session: Session, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it with these values inside the session's transaction."""
        connection = _connection_of(session)
        ready = self.compile_for(connection.dialect)
        return connection.exec_driver_sql(ready.sql, ready.values(values))

    def run_many(self, session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once per row in one round trip."""
        connection = _connection_of(session)
        ready = self.compile_for(connection.dialect)
        connection.exec_driver_sql(ready.sql, [ready.values(row) for row in rows])


def parameter(name: str) -> sa.BindParameter[Any]:
    """Return a named parameter of a prepared statement."""
    return sa.bindparam(name)


def compile_all(dialect: Dialect) -> None:
    """Compile every statement for a kind of database now, so that no sign-up has to."""
    for one in _ALL:
        one.compile_for(dialect)
