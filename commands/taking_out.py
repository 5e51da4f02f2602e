"""`mitwirken export`: what the office takes along, as a file."""

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import exporting, groups
from models.exporting.table import Table, Writer
from models.queue import Filters, Show
from translations import catalogues

LATER = {
    "goal-sheets": "Goal sheets", "documentation": "The documentation",
}  # fmt: skip
LATER_FORMATS = ("docx", "pdf")


def _members(session: Session, group: str, tag: str) -> Table:
    chosen = groups.directory(session).get(group).id if group else None
    return exporting.members(session, tag, group_id=chosen)


def _submissions(session: Session, group: str, tag: str) -> Table:
    chosen = groups.directory(session).get(group).id if group else None
    return exporting.submissions(session, tag, Filters(show=Show.ALL, group_id=chosen))


KINDS: dict[str, Callable[[Session, str, str], Table]] = {
    "members": _members,
    "submissions": _submissions,
    "goals": lambda session, _group, tag: exporting.OPEN["goals"](session, tag),
    "open-data": lambda session, _group, tag: exporting.OPEN["milestones"](session, tag),
}
PERSONAL = ("members", "submissions")


@click.command(name="export")
@click.argument("kind", type=click.Choice([*KINDS, *LATER]))
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--group", default="", help="Only this group: its goal number or code.")
@click.option(
    "--language",
    type=click.Choice([entry.tag for entry in catalogues.offered()]),
    default="de",
    show_default=True,
    help="Language of headings and words.",
)
def take_out(kind: str, file: Path, group: str, language: str) -> None:
    """Write KIND to a file; its ending chooses the format: .xlsx, .csv or .json."""
    if kind in LATER:
        raise Refusal(f"{LATER[kind]} cannot be exported yet; there is: {', '.join(KINDS)}.")
    writer = _writer(file)
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        table = KINDS[kind](session, group, language)
        part = file.with_name(f"{file.name}.part")
        try:
            with part.open("wb") as target:
                writer(table, target, tag=language, zone=settings.zone)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    warning = " It holds personal data: pass it on only to those who need it." if kind in PERSONAL else ""
    click.echo(f"Written to {file}.{warning}")


def _writer(file: Path) -> Writer:
    ending = file.suffix.lower().lstrip(".")
    if ending in LATER_FORMATS:
        raise Refusal(f"This cannot be written as .{ending} yet; take .xlsx, .csv or .json.")
    if ending not in exporting.WRITERS:
        raise click.BadParameter("the file must end in .xlsx, .csv or .json.", param_hint="--to")
    return exporting.WRITERS[ending]
