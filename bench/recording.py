"""Recording the application's own SQL, to replay the very same text without the application.

SQLite takes its values in a row, PostgreSQL by names; a row is replayed as it was taken.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from bench.posting import FORM, Answer, environ, sign_up
from bench.stage import FIRST_MESSAGE, FIRST_PERSON, FIRST_SUBMISSION, Stage
from models.db import Database
from models.submissions import hashed

EMAIL = "recorded@example.org"
_FIRST = (("messages", FIRST_MESSAGE), ("submissions", FIRST_SUBMISSION), ("people", FIRST_PERSON))


@dataclass(slots=True)
class Statement:
    """One statement: its text, its values (one row, or many), and which of them are fresh each time.

    `fresh` are (row, place in it, what): what is "email", "key", or the table whose new id stands there.
    """

    sql: str
    rows: list[Any]
    is_many: bool
    fresh: list[tuple[int, Any, str]] = field(default_factory=list)
    gives_id_of: str = ""


@dataclass(slots=True)
class Recording:
    """What the application asked of the database for the sign-up, and for the thanks after it."""

    post: list[Statement]
    thanks: list[Statement]

    def lookup(self) -> list[Statement]:
        """Return how a form is found by its key, which is the first that the thanks do."""
        ends = [n for n, one in enumerate(self.thanks) if one.sql in ("COMMIT", "ROLLBACK")]
        return self.thanks[: ends[0] + 1]

    def save(self, file: Path) -> None:
        """Write it as JSON."""
        file.write_text(json.dumps(asdict(self), default=str), encoding="utf-8")

    @staticmethod
    def load(file: Path) -> "Recording":
        """Read what `save` wrote."""
        data = json.loads(file.read_text(encoding="utf-8"))
        return Recording(**{name: [Statement(**one) for one in data[name]] for name in ("post", "thanks")})


class Heard(NamedTuple):
    """Something that was asked of the database."""

    sql: str
    values: Any = ()
    is_many: bool = False

    @property
    def is_statement(self) -> bool:
        """Whether it is more than the begin or the end of a transaction."""
        return self.sql not in ("BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")


@contextmanager
def listening(db: Database) -> Iterator[list[Heard]]:
    """Collect everything that is asked on either engine, BEGIN and COMMIT among it."""
    heard: list[Heard] = []

    def on_statement(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:
        heard.append(Heard(sql, values, many))

    def on_commit(_connection: Any) -> None:
        heard.append(Heard("COMMIT"))

    def on_rollback(_connection: Any) -> None:
        heard.append(Heard("ROLLBACK"))

    hearing: dict[str, Callable[..., Any]] = {
        "before_cursor_execute": on_statement, "commit": on_commit, "rollback": on_rollback,
    }  # fmt: skip
    engines = {id(engine): engine for engine in (db.engine, db.reader)}.values()
    for engine in engines:
        for event, listener in hearing.items():
            sa.event.listen(engine, event, listener)
    try:
        yield heard
    finally:
        for engine in engines:
            for event, listener in hearing.items():
                sa.event.remove(engine, event, listener)


def record(stage: Stage) -> Recording:
    """Sign up once and look at the thanks, and return what the database was asked, without values of then."""
    Answer(stage.app, environ("POST", FORM, body=sign_up(stage.code, "first@example.org"))).expect(303)
    body = sign_up(stage.code, EMAIL)
    with listening(stage.db) as heard:
        answer = Answer(stage.app, environ("POST", FORM, body=body)).expect(303)
        posted = list(heard)
    place = dict(answer.headers)["Location"]
    with listening(stage.db) as heard:
        Answer(stage.app, environ("GET", place)).expect(200)
        thanked = list(heard)
    key = hashed(place.rsplit("/", 1)[1])
    return Recording([_as_template(one, key) for one in posted], [_as_template(one, key) for one in thanked])


def _as_template(heard: Heard, key: str) -> Statement:
    sql, values, many = heard
    rows = [dict(row) if isinstance(row, dict) else list(row) for row in (values if many else [values])]
    statement = Statement(sql, rows, many)
    for number, row in enumerate(rows):
        for position, value in row.items() if isinstance(row, dict) else enumerate(row):
            what = _freshness(value, key)
            if what:
                statement.fresh.append((number, position, what))
    inserted = re.match(r"INSERT INTO (\w+)", sql)
    if inserted and "RETURNING" in sql:
        statement.gives_id_of = inserted[1]
    return statement


def _freshness(value: Any, key: str) -> str:
    if value == key:
        return "key"
    if value == EMAIL:
        return "email"
    if isinstance(value, str) and EMAIL in value:
        return "within"
    if isinstance(value, int):
        return next((table for table, first in _FIRST if value >= first), "")
    return ""
