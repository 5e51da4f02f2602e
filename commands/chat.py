"""`mitwirken bot`: the chat bot alone."""

import click

from bot import service
from commands.failures import Refusal
from commands.logs import set_up_logging
from commands.opening import ready_database
from commands.parent import end_with_supervisor
from commands.reading import read_settings
from commands.running import run_until_stopped


@click.command()
def bot() -> None:
    """Run the chat bot until SIGINT or SIGTERM."""
    end_with_supervisor()
    settings = read_settings()
    if not settings.is_telegram_on or not settings.bot_token.get_secret_value():
        raise Refusal(
            "Telegram is off: set MITWIRKEN_BOT_TOKEN and MITWIRKEN_BOT_USERNAME, "
            "and MITWIRKEN_TELEGRAM=on. Everything else works without."
        )
    set_up_logging(settings)
    with ready_database(settings) as db:
        run_until_stopped(lambda stop: service.run(settings, db, stop))
