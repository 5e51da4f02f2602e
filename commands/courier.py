"""`mitwirken courier`: the courier alone."""

import click

from bot.courier import service
from commands.logs import set_up_logging
from commands.opening import ready_database
from commands.parent import end_with_supervisor
from commands.reading import read_settings
from commands.running import run_until_stopped


@click.command()
def courier() -> None:
    """Send what waits in the outbox, by chat and by e-mail, until SIGINT or SIGTERM."""
    end_with_supervisor()
    settings = read_settings()
    set_up_logging(settings)
    with ready_database(settings) as db:
        run_until_stopped(lambda stop: service.run(settings, db, stop))
