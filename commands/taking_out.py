"""`mitwirken export`: what the office takes along, as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

import click
from sqlalchemy.orm import Session

from commands import noting
from commands.opening import ready_database
from commands.reading import read_settings
from models import clock, exporting, groups
from models.audit import Kind, Verb
from models.db import Database
from models.exporting import conference, documentation, docx_template
from models.exporting.documents import (
    CONFERENCE,
    DOCUMENT_MIME,
    DOCUMENTATION,
    DOCUMENTS,
    GOAL_SHEETS,
    write_conference,
    write_document,
)
from models.exporting.table import Table
from models.exporting.workbook import write_workbook
from models.files import Store
from models.queue import Filters, Show
from models.settings import Settings
from translations import catalogues

Content: TypeAlias = Callable[[BinaryIO], object]


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
@click.argument("kind", type=click.Choice([*KINDS, *DOCUMENTS, CONFERENCE]))
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--group", default="", help="Only this group: its goal number or code.")
@click.option("--event", default="", help="Of the conference: the code of the event.")
@click.option(
    "--language",
    type=click.Choice([entry.tag for entry in catalogues.offered()]),
    default="de",
    show_default=True,
    help="Language of headings and words.",
)
@click.option("--template", is_flag=True, help="The Word template itself, to be changed in Word (.docx).")
def take_out(kind: str, file: Path, group: str, event: str, language: str, template: bool) -> None:
    """Write KIND to a file; its ending chooses the format.

    Tables are written as .xlsx, .csv or .json. The documentation, goal sheets and a conference are written as
    .docx or .pdf, the goal sheets also as the workbook (.xlsx) that `mitwirken import` takes back.
    """
    ending = file.suffix.lower().lstrip(".")
    _must_fit(kind, ending, group, template=template)
    _must_name_event(kind, event, template=template)
    if template:
        put(file, lambda target: target.write(docx_template.built_in(f"{kind}.docx")))
    else:
        settings = read_settings()
        with ready_database(settings) as db:
            put(file, _content(kind, ending, event if kind == CONFERENCE else group, language)(settings, db))
            if kind in (*PERSONAL, CONFERENCE):
                noting.note_on(db, Verb.TAKE_OUT, Kind.FILE, f"{kind}.{ending}")
    warning = " It holds personal data: pass it on only to those who need it." if kind in PERSONAL else ""
    click.echo(f"Written to {file}.{warning}")


def _must_fit(kind: str, ending: str, group: str, *, template: bool) -> None:
    """Refuse what cannot be written, before anything is opened."""
    documents = (*DOCUMENTS, CONFERENCE)
    if template and (kind not in documents or ending != "docx"):
        raise click.BadParameter(
            "there are templates of documentation, goal-sheets and conference, as .docx.",
            param_hint="--template",
        )
    fitting = (*DOCUMENT_MIME, "xlsx") if kind == GOAL_SHEETS else tuple(DOCUMENT_MIME)
    fitting = fitting if kind in documents else tuple(exporting.WRITERS)
    if ending not in fitting:
        *some, last = (f".{name}" for name in fitting)
        raise click.BadParameter(f"the file must end in {', '.join(some)} or {last}.", param_hint="--to")
    if group and (kind in (DOCUMENTATION, CONFERENCE) or (kind == GOAL_SHEETS and ending == "xlsx")):
        raise click.BadParameter("this is always about all groups; take goal-sheets.", param_hint="--group")


def _must_name_event(kind: str, event: str, *, template: bool) -> None:
    if bool(event) != (kind == CONFERENCE and not template):
        raise click.BadParameter("a conference, and only that, is named by its code.", param_hint="--event")


def _content(kind: str, ending: str, group: str, language: str) -> Callable[[Settings, Database], Content]:
    if kind == CONFERENCE:
        return lambda settings, db: _conference(ending, group, language, settings, db)
    if kind not in DOCUMENTS:
        return lambda settings, db: _table(kind, ending, group, language, settings, db)
    if ending == "xlsx":
        return lambda _settings, db: _workbook(db)
    return lambda settings, db: _document(kind, ending, group, language, settings, db)


def _table(kind: str, ending: str, group: str, language: str, settings: Settings, db: Database) -> Content:
    def write(target: BinaryIO) -> None:
        with db.reading() as session:
            table = KINDS[kind](session, group, language)
            exporting.WRITERS[ending](table, target, tag=language, zone=settings.zone)

    return write


def _workbook(db: Database) -> Content:
    def write(target: BinaryIO) -> None:
        with db.reading() as session:
            write_workbook(session, target)

    return write


def _document(kind: str, ending: str, group: str, language: str, settings: Settings, db: Database) -> Content:
    with db.reading() as session:
        chosen = groups.directory(session).get(group).id if group else None
        doc = documentation.read(session, today=clock.today(settings.zone), group_id=chosen)
    whole = write_document(kind, ending, doc, language, settings.templates)
    return lambda target: target.write(whole)


def _conference(ending: str, event: str, language: str, settings: Settings, db: Database) -> Content:
    with db.reading() as session:
        today = clock.today(settings.zone)
        doc = conference.read(session, event, Store(settings.files), today=today)
    whole = write_conference(ending, doc, language, settings.templates)
    return lambda target: target.write(whole)


def put(file: Path, write: Content) -> None:
    """Write a file whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as target:
            write(target)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
