"""How a command says that it could not do its work."""

import os

import click


class Refusal(click.ClickException):
    """A command could not do its work; exit status 1, one line on standard error."""


def shows_tracebacks() -> bool:
    """Return whether MITWIRKEN_DEBUG asks for the whole story."""
    return os.environ.get("MITWIRKEN_DEBUG", "") not in ("", "0")
