"""Passwords: made up, or asked for."""

import secrets
import sys

import click

from commands.failures import Refusal

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without those that look alike on paper


def new_password() -> str:
    """Return a random password of 16 letters in groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))


def ask_password(*, from_stdin: bool) -> str:
    """Return a password, typed twice, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise Refusal("There is no terminal to ask for a password: use --generate or --password-stdin.")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True))
