"""What an export is before it has a format: named columns and a stream of typed rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, TypeAlias

from translations import Text

Cell: TypeAlias = "str | int | datetime | None"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and how wide it is shown, in characters."""

    heading: Text
    width: int = 20


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, its columns, and rows that are read from the database while they are written."""

    name: Text
    columns: tuple[Column, ...]
    rows: Iterator[tuple[Cell, ...]]


class Writer(Protocol):
    """Writes a table in one format, with headings in the language of `tag` and times in `zone`."""

    def __call__(self, table: Table, target: BinaryIO, *, tag: str, zone: str) -> None:
        """Write the whole table."""
        ...
