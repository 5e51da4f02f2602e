"""`mitwirken serve`: all processes of a real installation."""

import os
from pathlib import Path

import click

from commands.opening import ready_database
from commands.reading import read_settings
from commands.sign_on import must_be_whole
from commands.supervise import Part, Supervisor, stop_signals
from models.settings import Settings


@click.command()
@click.option("--logs", type=click.Path(file_okay=False, path_type=Path), help="A log file each, in here.")
def serve(logs: Path | None) -> None:
    """Run pages, bot and courier until SIGINT or SIGTERM; what crashes is started again.

    Settings come from MITWIRKEN_… in the environment or from a .env file; `mitwirken doctor` looks
    them over.
    """
    settings = read_settings()
    must_be_whole(settings)
    with ready_database(settings):
        pass
    with stop_signals() as stop, Supervisor(os.environ, logs=logs, tell=_tell) as supervisor:
        supervisor.start(parts_of(settings))
        _tell(f"{settings.base_url} is served by {', '.join(supervisor.pids())}.")
        supervisor.run(stop)


def parts_of(settings: Settings) -> list[Part]:
    """Return what an installation runs; no bot where Telegram is off or the bot has no token."""
    has_bot = settings.is_telegram_on and bool(settings.bot_token.get_secret_value())
    names = ["web", "bot", "courier"] if has_bot else ["web", "courier"]
    return [Part(name, (name,)) for name in names]


def _tell(words: str) -> None:
    click.echo(f"mitwirken: {words}", err=True)
