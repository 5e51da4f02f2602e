"""`mitwirken privacy`: what people may ask of the office, and the nightly job."""

import json
from pathlib import Path

import click
from sqlalchemy.orm import Session

from commands import noting
from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import clock, erasures, mydata, people, periods, privacy, retention, steadiness, sweeping
from models.audit import Kind, Verb
from models.exporting import register as registers
from models.files import Store
from models.people import Person
from translations import catalogues

_PERSON = click.argument("person", metavar="PERSON")


@click.group(name="privacy")
def rights() -> None:
    """Hand out or erase what is kept about PERSON: an e-mail address, or a number from the desk."""


def _find(session: Session, key: str) -> Person:
    if "@" in key:
        found = people.by_email(session, key)
    elif key.isdecimal():
        found = people.get(session, int(key))
    else:
        raise click.BadParameter("give an e-mail address or a number.", param_hint="PERSON")
    if found is None:
        raise Refusal(f"Nobody is known as {key}.")
    return found


@rights.command(name="export")
@_PERSON
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="Default: the screen.")
def hand_out(person: str, file: Path | None) -> None:
    """Write everything that is stored of PERSON, as JSON."""
    with ready_database(read_settings()) as db:
        with db.reading() as session:
            whose = _find(session, person)
            found = mydata.collect(session, whose)
        noting.note_on(db, Verb.TAKE_OUT, Kind.PERSON, whose.id)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"Written to {file}.")


@rights.command()
@_PERSON
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(person: str, yes: bool) -> None:
    """Erase PERSON with all that was said by them and to them. It cannot be taken back."""
    settings = read_settings()
    with ready_database(settings) as db:
        with db.reading() as session:
            found = _find(session, person)
            number, name = found.id, found.name or "somebody without a name"
        if not yes:
            click.confirm(f"Erase {name} (number {number}) for good?", abort=True, err=True)
        with db.transaction() as session:
            privacy.erase(session, _find(session, str(number)))
            noting.note(session, Verb.REMOVE, Kind.PERSON, number)
        sweeping.sweep(db, Store(settings.files))
        retention.scrub(db)
    click.echo(f"Number {number} is erased. Backups made before still hold it: let them expire.")


@rights.command(name="erasures")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="Default: the screen.")
def list_erasures(file: Path | None) -> None:
    """Write who has been erased, by number and mark, for `db restore --erasures`. It names nobody."""
    with ready_database(read_settings()) as db, db.reader.connect() as connection:
        found = erasures.listed(connection)
    if file is None:
        click.echo(erasures.as_json(found), nl=False)
    else:
        file.write_text(erasures.as_json(found), encoding="utf-8")
        click.echo(f"{len(found)} erasures written to {file}.")


@rights.command()
@click.option(
    "--anyway", is_flag=True, help="Even if the clock has just leapt: it is right, you have looked."
)
def prune(anyway: bool) -> None:
    """Let go of everything whose time is over. The courier does it every night by itself."""
    settings = read_settings()
    with ready_database(settings) as db:
        with db.reading() as session:
            is_steady = steadiness.is_steady(session)
        if not (is_steady or anyway):
            raise Refusal(
                "The clock has leapt within the last day, or the courier was off: nothing is let go of until "
                "it has run evenly for a day. If the clock is right: --anyway."
            )
        noting.note_on(db, Verb.REMOVE, Kind.DATABASE)
        counts = retention.prune(db, Store(settings.files))
    gone = [f"{number} {name}" for name, number in counts.items() if number]
    click.echo(f"Let go of: {', '.join(gone)}." if gone else "Nothing was due.")


@rights.command(name="periods")
def show_periods() -> None:
    """Show how long what is kept, and between which bounds MITWIRKEN_RETENTION may set it."""
    chosen = read_settings().periods
    for key, kind in periods.KINDS.items():
        bounds = "fixed" if kind.is_fixed else f"{kind.least.days}d to {kind.most.days}d"
        mark = "*" if key in chosen.chosen else " "
        click.echo(f"{mark} {key:<20}{chosen.said(key).to('en'):<12}{bounds:<16}{kind.name.to('en')}")


@rights.command(name="register")
@click.option(
    "--lang",
    "tag",
    default="de",
    show_default=True,
    help="The German one is binding.",
    type=click.Choice([entry.tag for entry in catalogues.offered()]),
)
@click.option(
    "--to", "file", type=click.Path(dir_okay=False, path_type=Path),
    help="A .docx, .pdf or .md file. Default: the screen.",
)  # fmt: skip
def write_register(tag: str, file: Path | None) -> None:
    """Write the register of processing activities (Article 30 GDPR) of this installation."""
    ending = file.suffix.lower().lstrip(".") if file else "md"
    if ending not in registers.WRITERS:
        raise click.BadParameter("the file must end in .docx, .pdf or .md.", param_hint="--to")
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        found = registers.read(session, settings, tag, today=clock.today(settings.zone))
    written = registers.WRITERS[ending](found, settings)
    if file is None:
        click.echo(written.decode(), nl=False)
    else:
        file.write_bytes(written)
        click.echo(f"Written to {file}.")
