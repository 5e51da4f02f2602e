"""`python -m bench.migrations`: each migration killed again and again; what is left is all or nothing.

Half of the kills come before a certain statement, in turn, the commit among them; the others at any moment.
After each the schema must be the old one or the new one, to the last column, and the next run must mend it.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from bench.databases import server_folder
from models import migrate
from models.db import Database
from tests import lives, postgres

ALIVE = -1  # a number before which no statement comes
Shape = dict[str, tuple[str, ...]]


@dataclass
class Tally:
    """What became of the kills of one migration."""

    name: str
    statements: int
    killed: int = 0
    old: int = 0
    new: int = 0
    half: int = 0
    failed: int = 0

    @property
    def is_fine(self) -> bool:
        """Whether nothing was half, and every next run mended it."""
        return not self.half and not self.failed

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.statements} statements, {self.killed} × kill -9: {self.old} as before, "
            f"{self.new} done, {self.half} half, {self.failed} failed the next time"
        )


def shape(url: str) -> Shape:
    """Return tables, columns, indexes and triggers of a database."""
    db = Database(url)
    inspector = sa.inspect(db.reader)
    found = {
        name: tuple(sorted(column["name"] for column in inspector.get_columns(name)))
        + tuple(sorted(f"index {one['name']}" for one in inspector.get_indexes(name)))
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'" if db.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )  # fmt: skip
    with db.reader.connect() as connection:
        found["triggers"] = tuple(sorted(connection.scalars(sa.text(query))))
    db.close()
    return found


class Place:
    """Where empty databases of any revision are made: files in a folder, or on a server."""

    def __init__(self, folder: Path, server: str = "") -> None:
        self.folder, self.server = folder, server

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database with nothing in it."""
        if self.server:
            with postgres.database(self.server) as url:
                yield url
            return
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            yield f"sqlite:///{place}/new.sqlite"


def upgrade(url: str, to: str) -> float:
    """Bring a database to a revision in this process; return how long it took."""
    began, db = time.monotonic(), Database(url)
    try:
        migrate.upgrade(db, to)
    finally:
        db.close()
    return time.monotonic() - began


def _statements(url: str, to: str) -> int:
    seen, db = [0], Database(url)

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def _count(*_all: object) -> None:
        seen[0] += 1

    migrate.upgrade(db, to)
    db.close()
    return seen[0]


def ordeal(place: Place, before: str, to: str, kills: int, chance: random.Random) -> Tally:
    """Kill one migration so often; a database goes back to `before` by being made anew."""
    with place.empty() as url:
        if before != "base":
            upgrade(url, before)
        old, began = shape(url), time.monotonic()
        tally = Tally(to, _statements(url, to))
        span, new = time.monotonic() - began, shape(url)
    for number in range(kills):
        with place.empty() as url:
            if before != "base":
                upgrade(url, before)
            at, after = number // 2 % (tally.statements + 1), 0.0
            if number % 2:
                at, after = ALIVE, 0.02 + chance.random() * span * 1.5
            process = lives.begin(lives.upgrade, url, at, to, after)
            process.join(120)
            tally.killed += process.exitcode not in (0, None)
            found = shape(url)
            tally.old += found == old
            tally.new += found == new
            tally.half += found not in (old, new)
            try:
                upgrade(url, to)
                tally.failed += shape(url) != new
            except Exception:  # whatever it is, the next run did not mend it
                tally.failed += 1
    return tally


def steps() -> list[tuple[str, str]]:
    """Return all migrations, as from where to where."""
    scripts = ScriptDirectory.from_config(migrate.configuration())
    names = [one.revision for one in scripts.walk_revisions()][::-1]
    return list(zip(["base", *names], names, strict=False))


@click.command()
@click.option("--kills", default=100, show_default=True, help="Of each migration.")
@click.option("--database", "kind", type=click.Choice(["sqlite", "postgresql"]), default="sqlite")
@click.option("--only", default="", help="One revision.")
@click.option("--seed", default=749, show_default=True)
def main(kills: int, kind: str, only: str, seed: int) -> None:
    """Kill each migration again and again. Status 1 when one was left half, or could not be mended."""
    chance, is_fine, total = random.Random(seed), True, 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        is_sqlite = kind == "sqlite"
        server = "" if is_sqlite else stack.enter_context(postgres.server(server_folder()))
        for before, to in steps():
            if only in ("", to):
                tally = ordeal(Place(folder, server), before, to, kills, chance)
                print(f"{kind} {tally}", flush=True)
                is_fine, total = is_fine and tally.is_fine, total + tally.killed
    print(f"{kind}: {total} × kill -9, {'nothing half, nothing failed' if is_fine else 'BROKEN'}")
    if not is_fine:
        sys.exit(1)


if __name__ == "__main__":
    main()
