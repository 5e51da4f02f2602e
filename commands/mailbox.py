"""`mitwirken mailbox`: catches the demo's mail and shows it in the browser."""

from pathlib import Path

import click

from bot import mail_catcher
from commands.logs import set_up_logging
from commands.parent import end_with_supervisor
from commands.reading import read_settings
from commands.running import run_until_stopped


@click.command(hidden=True)
@click.option("--host", default="127.0.0.1")
@click.option("--smtp-port", type=int, default=8025)
@click.option("--web-port", type=int, default=8026)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def mailbox(host: str, smtp_port: int, web_port: int, folder: Path) -> None:
    """Take in all mail and deliver none of it."""
    end_with_supervisor()
    set_up_logging(read_settings())
    folder.mkdir(parents=True, exist_ok=True)
    run_until_stopped(lambda stop: mail_catcher.run(host, smtp_port, web_port, folder, stop))
