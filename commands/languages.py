"""`mitwirken language`: the languages that people can choose."""

import click

from commands.failures import Refusal
from translations import LANGUAGES, adding, catalogues, messages
from translations.checking import plural_header


@click.group(name="language")
def languages() -> None:
    """The languages that people can choose: list them, add one."""


@languages.command(name="list")
def list_() -> None:
    """List the languages, and who has approved each translation."""
    for entry in LANGUAGES:
        po = catalogues.po_file(entry)
        state = messages.status(po) if po.exists() else "no catalogue"
        click.echo(f"{entry.tag:<10} {entry.direction}  {entry.own_name}: {state}")


@languages.command()
@click.argument("tag")
@click.option("--name", default="", help="How its speakers call it. Default: what CLDR says.")
@click.option("--quotes", default="“”", show_default=True, help="The opening and the closing quotation mark.")
def add(tag: str, name: str, quotes: str) -> None:
    """Add the language TAG, for example it: register it and make its catalogue, empty."""
    try:
        entry = adding.described(tag.lower(), own_name=name, quotes=quotes)
        po = adding.add(entry)
    except adding.NotAdded as refusal:
        raise Refusal(str(refusal)) from refusal
    except OSError as error:
        raise Refusal(f"The folder of the translations cannot be written: {error}") from error
    click.echo(f"{entry.own_name} ({entry.tag}) is added, {entry.direction}, {plural_header(entry)}")
    click.echo(f"Translate {po}; until then people read German. Restart to offer it.")
