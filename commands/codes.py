"""`mitwirken qr`: QR codes of groups as files."""

from collections.abc import Callable
from pathlib import Path

import click

from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import groups
from models.groups import GroupCard
from models.settings import Settings
from webforms.qr import qr_png, qr_svg

MAKERS: dict[str, Callable[[str], bytes]] = {"png": qr_png, "svg": lambda text: qr_svg(text).encode()}
_LATER = ("pdf",)


def _formats(_ctx: click.Context, _param: click.Parameter, value: str) -> list[str]:
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    for name in names:
        if name in _LATER:
            raise Refusal("Posters as PDF come with a later version; png and svg are there.")
        if name not in MAKERS:
            raise click.BadParameter(f"“{name}” is none of {', '.join(MAKERS)}.")
    if not names:
        raise click.BadParameter("name at least one format.")
    return names


@click.command(name="qr")
@click.argument("wanted", metavar="GROUP…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All groups of the region.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--format", "formats", default="png,svg", show_default=True, callback=_formats)
def codes(wanted: tuple[str, ...], everything: bool, folder: Path, formats: list[str]) -> None:
    """Write the codes of the groups GROUP… (goal number or code) to a folder."""
    if bool(wanted) == everything:
        raise click.UsageError("Name groups, e.g. 7.49, or give --all.")
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        directory = groups.directory(session)
        cards = [_card(directory, key) for key in wanted] or list(directory.cards)
    folder.mkdir(parents=True, exist_ok=True)
    for card in cards:
        _write(settings, card, folder, formats)


def _card(directory: groups.Directory, key: str) -> GroupCard:
    found = directory.find(key)
    if found is None:
        raise Refusal(
            f"There is no group “{key}”. Known: {', '.join(card.number for card in directory.cards)}."
        )
    return found


def _write(settings: Settings, card: GroupCard, folder: Path, formats: list[str]) -> None:
    address = settings.address(f"/j/{card.code}")
    for name in formats:
        file = folder / f"{card.number}.{name}"
        file.write_bytes(MAKERS[name](address))
        click.echo(f"{file}  {address}")
