"""A fresh database with the region, of either kind."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.stage import REGION, make_file
from models import migrate
from models.db import Database
from models.importing import import_region
from tests import postgres


def server_folder() -> Path:
    """Return where the PostgreSQL server of this process lies; none of pytest's."""
    return Path(tempfile.gettempdir()) / f"mitwirken-bench-{os.getpid()}"


@contextmanager
def fresh(kind: str, folder: Path, *, careless: bool = True) -> Iterator[str]:
    """Yield its address: a file in the folder, or on a PostgreSQL server that runs meanwhile.

    A server that is not careless keeps what it has confirmed even when it dies.
    """
    if kind == "sqlite":
        file = folder / "fresh.sqlite"
        make_file(file)
        yield f"sqlite:///{file}"
        return
    with postgres.server(server_folder(), careless=careless) as uri, postgres.database(uri) as url:
        db = Database(url)
        migrate.upgrade(db)
        import_region(db, REGION)
        db.close()
        yield url
