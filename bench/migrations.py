"""`python -m bench.migrations`: each migration killed again and again; what is left is all or nothing.

Half of the kills come before a certain statement, in turn, the commit among them; the others at any moment.
After each, schema and rows must be the old ones or the new ones, to the last column, and the next run must
mend it. Every table has two rows in it, and each kill begins with a copy of the database as it was before.
"""

import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from models import migrate
from models.db import Database
from tests import lives, postgres, rows

ALIVE = -1  # a number before which no statement comes
TRIES = 5  # for each kill that is due: a migration may be done before its moment has come
PATIENCE = 120  # seconds after which a migration hangs
Shape = tuple[str, ...]
# All that a schema is, as its database tells it. Not by reflection, which takes longer than the migration.
_COLUMNS = {
    "sqlite": """
        SELECT tables.name, columns.name
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' ORDER BY 1, 2
    """,
    "postgresql": """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY 1, 2
    """,
}
_SCHEMA = {
    "sqlite": "SELECT type || ' ' || name || char(10) || coalesce(sql, '') FROM sqlite_master",
    "postgresql": """
        SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
        UNION ALL SELECT concat_ws(' ', adrelid::regclass, adnum, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
}


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
    """Return the whole schema of a database, its revision, and how much is in each column."""
    db = Database(url)
    with db.reader.connect() as connection:
        kind = connection.dialect.name
        found = [_sorted(line) for line in connection.exec_driver_sql(_SCHEMA[kind]).scalars()]
        columns = defaultdict[str, list[str]](list)
        for table, column in connection.exec_driver_sql(_COLUMNS[kind]):
            columns[table].append(column)
        if columns:
            counts = " UNION ALL ".join(_amounts(table, columns[table]) for table in columns)
            found += connection.exec_driver_sql(counts).scalars()
    found.append(f"revision {migrate.current(db)}")
    db.close()
    return tuple(sorted(found))


def _sorted(definition: str) -> str:
    """Return it with its lines in order: a table that is rebuilt has its constraints in any order."""
    return "\n".join(sorted(line.strip(" ,\t") for line in definition.splitlines()))


def _amounts(table: str, columns: list[str]) -> str:
    """Ask how many rows there are, and how many different words in each column: codes come by chance."""
    words = (f"count(DISTINCT nullif(CAST(\"{column}\" AS TEXT), ''))" for column in columns)
    counts = " || ' ' || ".join(["count(*)", *words])
    return f"SELECT '{table} has ' || {counts} FROM \"{table}\""


class Place:
    """Where databases of any revision are made and copied: files in a folder, or on a server."""

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

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """A copy of a database that nobody has open."""
        name = make_url(url).database or ""
        if self.server:
            with postgres.database(self.server, name) as copied:
                yield copied
            return
        with self.empty() as copied:
            if Path(name).exists():  # else it is as empty
                if Path(f"{name}-wal").exists():
                    raise RuntimeError("somebody has the database open: its file alone is not all of it")
                shutil.copyfile(name, make_url(copied).database or "")
            yield copied


def furnish(url: str, revision: str) -> None:
    """Bring an empty database to a revision, and put rows into every table."""
    if revision != "base":
        upgrade(url, revision)
        db = Database(url)
        rows.fill(db)
        db.close()


def settle(url: str) -> None:
    """Wait until the server has noticed that who was killed is gone: until then it may go on for them."""
    db = Database(url)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with db.reader.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(sa.text(others)):
            time.sleep(0.005)
    db.close()


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


def _moment(number: int, kills: int, statements: int) -> int:
    """Return the statement before which a kill comes: each of them in turn, or evenly many of too many."""
    place, places = number // 2, (kills + 1) // 2
    return place % (statements + 1) if places > statements else place * (statements + 1) // places


def _lived(life: Callable[..., None], url: str, to: str) -> float:
    """Return how long a process migrates that nobody kills: it has more to load than this one."""
    began, process = time.monotonic(), lives.begin(life, url, ALIVE, to)
    process.join(PATIENCE)
    return time.monotonic() - began


def ordeal(
    place: Place,
    before: str,
    to: str,
    kills: int,
    chance: random.Random,
    life: Callable[..., None] = lives.upgrade,
) -> Tally:
    """Kill one migration so often, each time in a copy of the same database."""
    with place.empty() as first:
        furnish(first, before)
        old = shape(first)
        with place.copy(first) as url:
            tally = Tally(to, _statements(url, to))
            new = shape(url)
        with place.copy(first) as url:
            span = _lived(life, url, to)
        for _try in range(kills * TRIES):
            if tally.killed == kills:
                break
            at, after = _moment(tally.killed, kills, tally.statements), 0.0
            if tally.killed % 2:
                at, after = ALIVE, 0.01 + chance.random() * span
            with place.copy(first) as url:
                process = lives.begin(life, url, at, to, after)
                process.join(PATIENCE)
                if process.exitcode == -signal.SIGKILL:
                    tally.killed += 1
                    judge(tally, url, old, new)
                elif process.exitcode != 0:  # it hangs, or fails by itself
                    lives.kill(process)
                    tally.failed += 1
    return tally


def judge(tally: Tally, url: str, old: Shape, new: Shape) -> None:
    """Count what a kill left, and whether the next run mends it."""
    if not url.startswith("sqlite"):
        settle(url)
    found = shape(url)
    tally.old += found == old
    tally.new += found == new
    tally.half += found not in (old, new)
    try:
        upgrade(url, tally.name)
        tally.failed += shape(url) != new
    except Exception:  # whatever it is, the next run did not mend it
        tally.failed += 1


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
@click.option("--careless", is_flag=True, help="The canary: each statement is committed by itself.")
def main(kills: int, kind: str, only: str, seed: int, careless: bool) -> None:
    """Kill each migration again and again. Status 1 when one was left half, or could not be mended."""
    chance, is_fine, total = random.Random(seed), True, 0
    life = lives.upgrade_carelessly if careless else lives.upgrade
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        is_sqlite = kind == "sqlite"
        server = "" if is_sqlite else stack.enter_context(postgres.server(postgres.own_folder()))
        lives.begin(print).join()  # the first one waits for all imports
        for before, to in steps():
            if only in ("", to):
                tally = ordeal(Place(folder, server), before, to, kills, chance, life)
                print(f"{kind} {tally}", flush=True)
                is_fine = is_fine and tally.is_fine and tally.killed == kills
                total += tally.killed
    print(f"{kind}: {total} × kill -9, {'nothing half, nothing failed' if is_fine else 'BROKEN'}")
    if not is_fine:
        sys.exit(1)


if __name__ == "__main__":
    main()
