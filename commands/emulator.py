"""`mitwirken emulator`: the Bot API emulator, a helper of the demo."""

from pathlib import Path

import click

from bot.emulator.hub import Options
from bot.emulator.server import run
from commands.logs import set_up_logging
from commands.parent import end_with_supervisor
from commands.reading import read_settings


@click.command(hidden=True)
@click.option("--host", default="127.0.0.1")
@click.option("--port", type=int, default=8081)
@click.option("--store", type=click.Path(path_type=Path), help="Folder in which everything survives.")
def emulator(host: str, port: int, store: Path | None) -> None:
    """Play Telegram for the bot of the settings, with a chat page in the browser."""
    end_with_supervisor()
    settings = read_settings()
    set_up_logging(settings)
    options = Options(
        token=settings.bot_token.get_secret_value(), username=settings.bot_username, store=store
    )
    run(options, host, port, lambda url: click.echo(f"Chat page: {url}/"))
