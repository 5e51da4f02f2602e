"""What all tests share: databases, empty and filled, on SQLite and on PostgreSQL, and a browser."""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.routing.rules import Rule

from models import migrate
from models.db import Database
from models.importing import import_region
from models.settings import Settings
from tests import postgres

CHROMIUM = shutil.which("chromium")
REGION = Path(__file__).parent.parent / "models" / "regions" / "paderborn-2018"
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30  # where files cost nothing, and what must be free there


def _run_fast() -> None:
    """Let this run and all processes it starts keep what they compiled, and their files in memory.

    Without the first, each process compiles all libraries again, which is most of its start; without the
    second, tests wait for the disk at each commit.
    """
    os.environ["MITWIRKEN_LEAST_SECONDS"] = "0"  # nor for forms to have been open for long enough
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # looked up again


def _make_apps_fast() -> None:
    """Let werkzeug compile how an address is written once for all apps of this process.

    Nearly each test has an app of its own, and this was nine tenths of making one.
    """
    compiled: dict[object, Any] = {}
    compile_anew = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        converters = tuple((name, type(one)) for name, one in rule._converters.items())
        what = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), converters, append_unknown)
        if what not in compiled:
            compiled[what] = compile_anew(rule, append_unknown)
        return compiled[what]

    Rule._compile_builder = compile_once  # type: ignore[method-assign,assignment]


_run_fast()
_make_apps_fast()


def _filled(url: str, *, region: bool) -> None:
    db = Database(url)
    migrate.upgrade(db)
    if region:
        import_region(db, REGION)
    db.close()


@pytest.fixture(scope="session")
def _empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    _filled(f"sqlite:///{path}", region=False)
    return path


@pytest.fixture(scope="session")
def _paderborn_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "paderborn.sqlite"
    _filled(f"sqlite:///{path}", region=True)
    return path


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run, shared by its processes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8)
    with postgres.server(Path(tempfile.gettempdir()) / f"mitwirken-pg-{run[:12]}") as uri:
        yield uri


@pytest.fixture(scope="session")
def _pg_empty(pg_server: str) -> str:
    return postgres.template(pg_server, "empty", partial(_filled, region=False))


@pytest.fixture(scope="session")
def _pg_paderborn(pg_server: str) -> str:
    return postgres.template(pg_server, "paderborn", partial(_filled, region=True))


def _copy(template: Path, folder: Path) -> Database:
    path = folder / "mitwirken.sqlite"
    shutil.copyfile(template, path)
    return Database(f"sqlite:///{path}")


@pytest.fixture
def db(_empty_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated SQLite."""
    database = _copy(_empty_file, tmp_path)
    yield database
    database.close()


@pytest.fixture
def paderborn(_paderborn_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An SQLite with the demo's region."""
    database = _copy(_paderborn_file, tmp_path)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The demo's region on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        database = _copy(request.getfixturevalue("_paderborn_file"), tmp_path)
        yield database
        database.close()
        return
    template = request.getfixturevalue("_pg_paderborn")
    with postgres.database(request.getfixturevalue("pg_server"), template) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def settings(paderborn: Database, tmp_path: Path) -> Settings:
    """Settings of an installation with chat and mail, on the demo's region."""
    return Settings(
        database=str(paderborn.url), secret="tests-only-secret", bot_username="beispiel_bot",
        base_url="http://mitwirken.example", smtp_host="127.0.0.1", _env_file=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's chromium. Not for longer than a module: it holds the event loop that others need."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium fonts-noto-core libatomic1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
