"""`mitwirken translations`: texts for a translation service as files, and back."""

from pathlib import Path

import click

from commands import noting
from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from commands.taking_out import put
from models.audit import Kind, Verb
from models.exchanging import Only, Taken, compare, pack, packages, packing, take, unpack
from models.translating import KINDS
from models.translation_lists import STANDING_WORDS, counts, tasks
from translations import LANGUAGES

TAGS = [entry.tag for entry in LANGUAGES]
_languages = click.option(
    "--language", "tags", type=click.Choice(TAGS), multiple=True, help="May be given several times."
)


@click.group(name="translations")
def tongues() -> None:
    """What the region writes, in other languages: what is missing, out as a file, and back."""


@tongues.command()
@_languages
def show(tags: tuple[str, ...]) -> None:
    """Tell how much is missing, outdated, waiting and done in each language."""
    with ready_database(read_settings()) as db, db.reading() as session:
        found = counts(tasks(session, tags or TAGS))
    for tag in tags or TAGS:
        told = [f"{words.to('en')}: {found[tag, standing]}" for standing, words in STANDING_WORDS.items()]
        click.echo(f"{tag:<10} {'  '.join(told)}")


@tongues.command()
@_languages
@click.option("--kind", "kinds", type=click.Choice(list(KINDS)), multiple=True, help="Default: all kinds.")
@click.option(
    "--only", type=click.Choice([one.value for one in Only]), default=Only.TO_DO.value, show_default=True
)
@click.option("--format", "chosen", type=click.Choice(list(packing.WRITERS)), help="Of the files in a .zip.")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(tags: tuple[str, ...], kinds: tuple[str, ...], only: str, chosen: str | None, file: Path) -> None:
    """Write what there is to translate to FILE: .xlf (XLIFF 2.1), .po, or .zip for several languages."""
    ending = file.suffix.lower().lstrip(".")
    if ending not in (*packing.WRITERS, "zip"):
        raise click.BadParameter("the file must end in .xlf, .po or .zip.", param_hint="--to")
    if not tags:
        raise click.UsageError("Name a language: --language uk.")
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        found = packages(session, settings, tags, kinds=kinds or tuple(KINDS), only=Only(only))
    if not found:
        raise Refusal("There is nothing of this kind to translate.")
    if len(found) > 1 and ending != "zip":
        raise click.BadParameter("several languages go into one .zip.", param_hint="--to")
    inner = (chosen or "xlf") if ending == "zip" else ending
    _ending, data = pack(found, inner, archived=ending == "zip")
    put(file, lambda target: target.write(data))
    click.echo(f"{sum(len(one.units) for one in found)} texts written to {file}.")


@tongues.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--approved", is_flag=True, help="Readers see them at once; else somebody approves them first.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
def import_(file: Path, approved: bool, dry_run: bool) -> None:
    """Take translations from FILE, as proposals. Each difference is told; repeating it changes nothing."""
    found = unpack(file.read_bytes())
    with ready_database(read_settings()) as db, db.transaction() as session:
        taken = compare(session, None, found, hold=True)
        _tell(taken)
        number = len(taken.differences) + (len(taken.waiting) if approved else 0)
        if not dry_run:
            take(session, None, taken, is_approved=approved)
            noting.note(session, Verb.CHANGE, Kind.TRANSLATION, "file")
        db.cache.drop()
    what = "translation" if number == 1 else "translations"
    if dry_run:
        click.echo(f"{number} {what} would be taken.")
    else:
        click.echo(f"{number} {what} taken.")


def _tell(taken: Taken) -> None:
    for one in taken.differences:
        stale = " (the source has changed since)" if one.is_stale else ""
        name = f"{one.piece.kind.slug} {one.piece.number or one.piece.id}"
        for part in one.parts:
            before, after = (words.get(part.name, "–") for words in (one.before, one.after))
            click.echo(f"{one.tag} {name} {part.name}{stale}: {_short(before)} → {_short(after)}")
    for text in taken.findings:
        click.echo(text.to("en"))


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
