"""A mark in every registered column of every row that is somebody's, made from the metadata alone.

What a form or a chat writes is found by `tests.models.test_erasure`; here nobody chooses the columns. Rows
are a person's when they name the person, when they point to such a row, or when they are a letter to nobody
else, an update from the person's chat, or what a link of theirs leads on with.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import processing
from models.columns import LocalisedWords
from models.links import Purpose
from models.people import Person
from models.tables import metadata

PERSONAL = frozenset[str]().union(*(one.columns for one in processing.PURPOSES))
# By which others' words about the person are found, while it is done; what is in it is looked for as it is.
NAME = {"people.name"}


def has_words(name: str) -> bool:
    """Return whether a column, named with its table, holds words."""
    table, _dot, column = name.partition(".")
    return _has_words(metadata.tables[table].c[column])


def _has_words(column: sa.Column[Any]) -> bool:
    kinds = (sa.String, sa.JSON, LocalisedWords)
    return isinstance(column.type, kinds) and not isinstance(column.type, sa.Enum)


@dataclass
class Marks:
    """The marks of one person: each column has one of its own, in each row another one."""

    run: str = field(default_factory=lambda: f"z{secrets.token_hex(2)}")
    columns: dict[str, str] = field(default_factory=dict)

    def put(self, session: Session, person: Person, chat: int) -> None:
        """Write them, in plain SQL."""
        for name, ids in owned(session, person, chat).items():
            table = metadata.tables[name]
            for column in table.columns:
                called = f"{name}.{column.name}"
                if called in PERSONAL - NAME and _has_words(column) and not column.primary_key and ids:
                    self._put(session, table, column, sorted(ids))

    def _put(self, session: Session, table: sa.Table, column: sa.Column[Any], ids: list[Any]) -> None:
        mark = f"{self.run}{len(self.columns):03d}"
        self.columns[f"{table.name}.{column.name}"] = mark
        is_long = (getattr(column.type, "length", None) or 80) >= len(mark) + 3
        for place, number in enumerate(ids if is_long else ids[:1]):
            words = f"{mark}{place:03d}" if is_long else mark
            value: object = words
            if isinstance(column.type, LocalisedWords):
                value = {"de": words}
            elif isinstance(column.type, sa.JSON):
                value = {"told": words}
            put = sa.update(table).where(key_of(table) == number)
            plain = sa.type_coerce(value, sa.JSON) if isinstance(value, dict) else value
            session.execute(put.values({column: plain}))

    def found(self, texts: Iterator[str] | list[str]) -> set[str]:
        """Return the columns whose mark is in one of the texts."""
        left, kept = dict(self.columns), set()
        for text in texts:
            for name in [name for name, mark in left.items() if mark in text]:
                kept.add(name)
                del left[name]
        return kept


def owned(session: Session, person: Person, chat: int) -> Mapping[str, set[Any]]:
    """Return the ids of the rows that are this person's, by table."""
    found: dict[str, set[Any]] = {"people": {person.id}}

    def take(name: str, condition: sa.ColumnElement[bool]) -> bool:
        table = metadata.tables[name]
        ids = set(session.scalars(sa.select(key_of(table)).where(condition))) - found.get(name, set())
        found.setdefault(name, set()).update(ids)
        return bool(ids)

    tables = metadata.tables
    for name, table in tables.items():
        if "person_id" in table.c:
            take(name, table.c.person_id == person.id)
    take("inbox", tables["inbox"].c.chat_id == chat)
    links, deliveries = tables["links"].c, tables["deliveries"].c
    begun = sa.select(links.target_id).where(links.person_id == person.id, links.purpose == Purpose.DRAFT)
    take("drafts", tables["drafts"].c.id.in_(begun))
    hers = sa.select(deliveries.message_id).where(deliveries.person_id == person.id)
    others = sa.select(deliveries.message_id).where(
        sa.or_(deliveries.person_id.is_(None), deliveries.person_id != person.id)
    )
    mine = tables["messages"].c.id
    take("messages", sa.and_(mine.in_(hers), mine.not_in(others)))
    grown = True
    while grown:
        grown = False
        for table in tables.values():
            for key in table.foreign_keys:
                parent = key.column.table
                if parent.name != "people" and found.get(parent.name) and key.column is key_of(parent):
                    grown |= take(table.name, key.parent.in_(found[parent.name]))
    return {name: ids for name, ids in found.items() if ids}


def key_of(table: sa.Table) -> sa.Column[Any]:
    """Return by which a row is found; of two columns, the first."""
    return next(iter(table.primary_key))


def rows(session: Session, *, is_sqlite: bool) -> Iterator[str]:
    """Return all rows of all tables as text."""
    for table in metadata.sorted_tables:
        if is_sqlite:
            columns = [sa.cast(column, sa.Text) for column in table.columns]
            for row in session.execute(sa.select(*columns)):
                yield "|".join(str(value) for value in row)
        else:
            yield from session.execute(sa.text(f'SELECT t::text FROM "{table.name}" AS t')).scalars()


def bytes_of(*places: Path) -> Iterator[str]:
    """Return what stands in files and in the files of folders."""
    for place in places:
        for one in [place] if place.is_file() else place.rglob("*"):
            if one.is_file():
                yield one.read_bytes().decode("latin-1")
