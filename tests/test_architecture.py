"""The house: imports point one way."""

from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_imports_point_one_way() -> None:
    config = Path(__file__).parent.parent / "pyproject.toml"
    assert (
        lint_imports(config_filename=str(config), is_debug_mode=False, no_cache=True) == EXIT_STATUS_SUCCESS
    )
