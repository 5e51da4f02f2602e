"""The house and who visits it, once for all tests that look at pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webforms.looking.house import House, furnish
from tests.webforms.looking.visiting import Visitor


@pytest.fixture(scope="package")
def house(_empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A region in which everything has happened once."""
    folder = tmp_path_factory.mktemp("house")
    made = House(folder / "house.sqlite", folder / "files")
    shutil.copyfile(_empty_file, made.path)
    furnish(made)
    return made


@pytest.fixture(scope="package")
def visit(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Who goes everywhere, each language once."""
    made = Visitor(house, tmp_path_factory.mktemp("visit"))
    yield made
    made.db.close()
