"""Exports for programs: a JSON array with an object per row."""

import io
import json
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from models.exporting.table import Cell, Table


def write_json(table: Table, target: BinaryIO, *, tag: str, zone: str) -> None:
    """Write a table as JSON, row by row; moments in ISO 8601 with the offset of `zone`."""
    names = [column.heading.to(tag) for column in table.columns]
    local = ZoneInfo(zone)
    lines = io.TextIOWrapper(target, encoding="utf-8", newline="\n", write_through=True)
    separator = "[\n"
    for row in table.rows:
        whole = dict(zip(names, (_plain(value, local) for value in row), strict=True))
        lines.write(separator + json.dumps(whole, ensure_ascii=False))
        separator = ",\n"
    lines.write("[]\n" if separator == "[\n" else "\n]\n")
    lines.detach()


def _plain(value: Cell, zone: ZoneInfo) -> str | int | None:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return value
