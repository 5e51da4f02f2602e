"""The house: imports point one way."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


@pytest.fixture
def loggers_as_before() -> Iterator[None]:
    """Let all loggers speak again afterwards: the linter silences them, and other tests listen."""
    known = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.disabled) for one in known]
    yield
    for logger, disabled in before:
        logger.disabled = disabled


def test_imports_point_one_way(loggers_as_before: None) -> None:
    config = Path(__file__).parent.parent / "pyproject.toml"
    assert (
        lint_imports(config_filename=str(config), is_debug_mode=False, no_cache=True) == EXIT_STATUS_SUCCESS
    )
