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


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """Yield its address: a file in the folder, or on a PostgreSQL server that runs meanwhile."""
    if kind == "sqlite":
        file = folder / "fresh.sqlite"
        make_file(file)
        yield f"sqlite:///{file}"
        return
    place = Path(tempfile.gettempdir()) / f"mitwirken-bench-{os.getpid()}"  # none of pytest's
    with postgres.server(place) as uri, postgres.database(uri) as url:
        db = Database(url)
        migrate.upgrade(db)
        import_region(db, REGION)
        db.close()
        yield url
