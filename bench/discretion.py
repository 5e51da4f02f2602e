"""`python -m bench.discretion`: a hundred thousand lines of logs, and who can be found in them.

What `tests/bot/test_log_canaries.py` does with ten thousand lines, with more people: everybody marks
every field, all processes say all that they can. A plain copy of the same records is the canary: there
marks have to be found. Status 1 when a mark stands in the logs, or none in the copy.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click

from bench.databases import fresh
from bot.emulator.threaded import running
from models.db import Database
from tests.bot.courier.house import mail_server
from tests.bot.test_log_canaries import Books, Told, settings_with_canaries, tell_all

LINES = 100_000
A_PERSON = 140  # lines at the least


def listen(sign_ups: int) -> Told:
    """Let so many people sign up on an installation of its own; return what was logged of them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        db = Database(stack.enter_context(fresh("sqlite", folder)))
        telegram = stack.enter_context(running(limits=False))
        box = stack.enter_context(mail_server())
        settings = settings_with_canaries(db, telegram, box)
        return tell_all(Books(settings), settings, db, telegram, box, sign_ups)


@click.command()
@click.option("--lines", default=LINES, show_default=True, help="How many lines there have to be.")
def main(lines: int) -> None:
    """Fill the logs, look for everybody in them, print figures."""
    begun = time.monotonic()
    told = listen(lines // A_PERSON + 1)
    written, plain = told.found_in(told.written), told.found_in(told.plain)
    many = told.written.count("\n")
    print(
        f"{many:,} lines, {len(told.canaries):,} canaries ({len(told.tokens):,} of them tokens): "
        f"{len(written)} found {written[:3]}; in the plain copy of the same records: {len(plain):,}; "
        f"{time.monotonic() - begun:.0f} s"
    )
    if many < lines or written or not plain:
        sys.exit(1)


if __name__ == "__main__":
    main()
