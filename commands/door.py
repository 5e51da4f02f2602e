"""The front door: which commands there are, and how they end.

Exit status: 0 done, 1 could not, 2 wrong use. An error is one line on standard error.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from commands.failures import Refusal, shows_tracebacks
from commands.reading import SETTINGS_FILE


class Place(NamedTuple):
    """Where a command is written, and what it does in a few words. Without words it is not listed."""

    module: str
    name: str
    words: str


# Named here and loaded when asked for: the bot must not wait for the pages to load, nor help for anything.
PLACES = {
    "demo": Place("commands.demo", "demo", "Start everything on this machine, to try it out"),
    "serve": Place("commands.serve", "serve", "Run all processes of an installation"),
    "web": Place("commands.web", "web", "Run the pages alone"),
    "bot": Place("commands.chat", "bot", "Run the chat bot alone"),
    "courier": Place("commands.courier", "courier", "Run the courier alone: it sends chat messages and mail"),
    "db": Place("commands.database", "database", "Upgrade, check, back up and restore the database"),
    "import": Place("commands.bringing_in", "bring_in", "Import a region's workbook"),
    "export": Place("commands.taking_out", "take_out", "Write members, submissions … to a file"),
    "round": Place("commands.rounds", "status_rounds", "Open, remind, close and show status rounds"),
    "translations": Place("commands.tongues", "tongues", "Write texts for translators, take them back"),
    "language": Place("commands.languages", "languages", "List the languages, add one"),
    "update": Place("commands.updates", "updates", "Watch, stop and repeat updates on their way"),
    "qr": Place("commands.codes", "codes", "Write QR codes of groups"),
    "staff": Place("commands.accounts", "accounts", "Open, list and close accounts at the desk"),
    "audit": Place("commands.auditing", "auditing", "Look over whether the audit is as it was written"),
    "privacy": Place("commands.rights", "rights", "Hand out or erase what is kept about a person; prune"),
    "doctor": Place("commands.doctor", "doctor", "Tell what is wrong, and how to mend it"),
    "emulator": Place("commands.emulator", "emulator", ""),
    "mailbox": Place("commands.mailbox", "mailbox", ""),
}


class Door(click.Group):
    """Finds commands by name, and turns what goes wrong into one line and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands that people use."""
        return [name for name, place in PLACES.items() if place.words]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None when there is none of this name."""
        place = PLACES.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(import_module(place.module), place.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, PLACES[name].words) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever stops it becomes a `Refusal` in words."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if shows_tracebacks():
                raise
            raise Refusal(_in_words(error)) from error

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run as a program: end with an exit status, say errors in one line."""
        try:
            status = super().main(*args, **{**extra, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())  # the help; what was wrong is one line, as always
            names = ", ".join(_names(error.ctx))
            click.echo(f"mitwirken: Please name one of: {names}. See: {_path(error.ctx)} --help", err=True)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(f"mitwirken: {_line(error)}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("mitwirken: stopped.", err=True)
            sys.exit(1)
        sys.exit(status if isinstance(status, int) else 0)


def _in_words(error: Exception) -> str:
    """Say an error; what knows all kinds of them is loaded only now."""
    words: str = import_module("commands.saying").in_words(error)
    return words


def _names(ctx: click.Context | None) -> list[str]:
    group = ctx.command if ctx else None
    return group.list_commands(ctx) if ctx and isinstance(group, click.Group) else []


def _path(ctx: click.Context | None) -> str:
    return ctx.command_path if ctx else "mitwirken"


def _line(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message} See: {error.ctx.command_path} --help"
    return message


@click.group(cls=Door, name="mitwirken", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the settings from this file instead of .env, e.g. var/demo/settings.",
)
@click.version_option(package_name="mitwirken", message="%(prog)s %(version)s")
def door(settings_file: Path | None) -> None:
    """mitwirken: take part in the working groups of a region."""
    os.umask(0o077)  # databases, exports and logs are about people: for the account that runs this alone
    if settings_file is not None:
        os.environ[SETTINGS_FILE] = str(settings_file.resolve())


def main() -> None:
    """Run the command that was asked for."""
    door.main(prog_name="mitwirken")
