"""`mitwirken qr`: QR codes of groups as files, and what is printed with them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import clock, groups
from models.errors import DomainError
from models.exporting import form_sheet, prints
from models.exporting.print_words import MOST_LANGUAGES, Product
from models.exporting.printing import prints_pdf
from models.exporting.prints import Size
from models.forms import FORMS
from models.groups import GroupCard
from models.settings import Settings
from translations import catalogues
from webforms.qr import qr_png, qr_svg

MAKERS: dict[str, Callable[[str], bytes]] = {"png": qr_png, "svg": lambda text: qr_svg(text).encode()}
PDF = "pdf"
TO_FILL_IN = [slug for slug, form in FORMS.items() if form.listed]
TAGS = [entry.tag for entry in catalogues.offered()]


def _several(known: Sequence[str], kind: str, most: int = 100) -> Callable[..., list[str]]:
    """Return what reads names with commas between, each of them one of those known."""

    def read(_ctx: click.Context, _param: click.Parameter, value: str) -> list[str]:
        names = list(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
        for name in names:
            if name not in known:
                raise click.BadParameter(f"“{name}” is none of {', '.join(known)}.")
        if not 1 <= len(names) <= most:
            raise click.BadParameter(f"name {f'one to {most}' if most < 100 else 'at least one'} {kind}.")
        return names

    return read


@click.command(name="qr")
@click.argument("wanted", metavar="GROUP…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All groups of the region.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option(
    "--format",
    "formats",
    default="png,svg",
    show_default=True,
    callback=_several([*MAKERS, PDF], "format"),
    help="png and svg: the code alone. pdf: what --print names.",
)
@click.option(
    "--print",
    "products",
    default=Product.POSTER.value,
    show_default=True,
    callback=_several(list(Product), "product"),
    help=f"With pdf: {', '.join(Product)}; all groups in one file.",
)
@click.option(
    "--language",
    "tags",
    default="de",
    show_default=True,
    callback=_several(TAGS, "languages", MOST_LANGUAGES),
    help="One to four, e.g. de,uk,ar; the first one is the large one.",
)
@click.option(
    "--paper",
    type=click.Choice([size.value for size in Size]),
    default="a4",
    show_default=True,
    help="Of posters.",
)
@click.option("--form", "slug", type=click.Choice(TO_FILL_IN), default="join-group", show_default=True)
def codes(
    wanted: tuple[str, ...], everything: bool, folder: Path, formats: list[str], products: list[str],
    tags: list[str], paper: str, slug: str,
) -> None:  # fmt: skip
    """Write codes, posters, cards, slides, stickers and forms on paper of the groups GROUP… to a folder.

    GROUP is a goal number or a code.
    """
    if bool(wanted) == everything:
        raise click.UsageError("Name groups, e.g. 7.49, or give --all.")
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        directory = groups.directory(session)
        named = {card.id: card for card in (_card(directory, key) for key in wanted)}
        cards = list(named.values()) or list(directory.cards)
        files = [(card, name) for card in cards for name in formats if name != PDF]
        printed = [
            (_file_name(product, cards), _printed(session, settings, product, cards, tags, Size(paper), slug))
            for product in map(Product, products if PDF in formats else [])
        ]
    folder.mkdir(parents=True, exist_ok=True)
    for card, name in files:
        address = settings.address(f"/j/{card.code}")
        _write(folder / f"{card.number}.{name}", MAKERS[name](address), address)
    for file, whole in printed:
        _write(folder / file, whole, f"{', '.join(card.number for card in cards)}")


def _card(directory: groups.Directory, key: str) -> GroupCard:
    found = directory.find(key)
    if found is None:
        raise Refusal(
            f"There is no group “{key}”. Known: {', '.join(card.number for card in directory.cards)}."
        )
    return found


def _file_name(product: Product, cards: Sequence[GroupCard]) -> str:
    return f"{cards[0].number}-{product}.pdf" if len(cards) == 1 else f"{product}-{len(cards)}-groups.pdf"


def _printed(
    session: Session, settings: Settings, product: Product, cards: Sequence[GroupCard], tags: Sequence[str],
    paper: Size, slug: str,
) -> bytes:  # fmt: skip
    today = clock.today(settings.zone)
    try:
        made = prints.read(session, product, cards, tuple(tags), settings.address, today)
        if product is Product.FORM:
            sheets = form_sheet.form_sheets(session, FORMS[slug], made, settings.address)
            return form_sheet.form_sheets_pdf(sheets, made)
        return prints_pdf(product, made, paper)
    except DomainError as error:
        raise Refusal(error.text.to("en")) from error


def _write(file: Path, whole: bytes, what: str) -> None:
    file.write_bytes(whole)
    click.echo(f"{file}  {what}")
