"""A fresh database with the region, of either kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.stage import furnish
from tests import postgres


@contextmanager
def fresh(kind: str, folder: Path, *, careless: bool = True) -> Iterator[str]:
    """Yield its address: a file in the folder, or on a PostgreSQL server that runs meanwhile.

    A server that is not careless keeps what it has confirmed even when it dies.
    """
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'fresh.sqlite'}"
        furnish(url)
        yield url
        return
    with postgres.server(postgres.own_folder(), careless=careless) as uri, postgres.database(uri) as url:
        furnish(url)
        yield url
