"""What the tests of the command line share."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.door import door

Run = Callable[..., Result]


@pytest.fixture
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty working folder and no settings but ours; the umask is put back."""
    for name in list(os.environ):
        if name.startswith("MITWIRKEN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def run(clean_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, on the database `mitwirken.sqlite` of the test's folder."""
    monkeypatch.setenv("MITWIRKEN_DATABASE", f"sqlite:///{tmp_path}/mitwirken.sqlite")

    def invoke(*arguments: str, says: str = "") -> Result:
        return CliRunner().invoke(door, [str(one) for one in arguments], input=says or None)

    return invoke


@pytest.fixture
def region(run: Run, tmp_path: Path, _paderborn_file: Path) -> Run:
    """Run commands on a database with the demo's region."""
    shutil.copyfile(_paderborn_file, tmp_path / "mitwirken.sqlite")
    return run


@pytest.fixture
def empty(run: Run, tmp_path: Path, _empty_file: Path) -> Run:
    """Run commands on an empty database of today's schema."""
    shutil.copyfile(_empty_file, tmp_path / "mitwirken.sqlite")
    return run
