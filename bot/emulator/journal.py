"""Optional memory across restarts: an append-only file of JSON lines, the last line of a key wins.

Changes are written together every fifth of a second, so a kill may cost the last 0.2 s; a stop costs nothing.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.emulator.errors import Json

Key = tuple[str, str]
INTERVAL = 0.2


class Journal:
    """Keeps values by (table, key); without a folder it keeps nothing and costs nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.path = folder / "emulator.jsonl" if folder else None
        self.changed: dict[Key, None] = {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def load(self) -> dict[str, dict[str, Any]]:
        """All values of the last run by table and key, in the order of their first writing."""
        tables: dict[str, dict[str, Any]] = {}
        if not self.path or not self.path.exists():
            return tables
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                table, key, value = json.loads(line)
            except ValueError:
                continue  # the last line of a killed process may be cut
            rows = tables.setdefault(table, {})
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
        self._rewrite(tables)
        return tables

    def _rewrite(self, tables: dict[str, dict[str, Any]]) -> None:
        """Replace the file by its present values, atomically."""
        assert self.path is not None  # noqa: S101 - only called with a folder
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            for table, rows in tables.items():
                file.writelines(json.dumps([table, key, value]) + "\n" for key, value in rows.items())
        fresh.replace(self.path)

    def mark(self, table: str, key: object) -> None:
        """Note that a value changed; `flush` asks for its present state."""
        if self.path:
            self.changed[(table, str(key))] = None

    def flush(self, value_of: Callable[[str, str], Json | list[Any] | None]) -> None:
        """Append what changed since the last flush; None means gone."""
        if not self.changed or not self.path:
            return
        changed, self.changed = self.changed, {}
        lines = [json.dumps([table, key, value_of(table, key)]) + "\n" for table, key in changed]
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(lines)
