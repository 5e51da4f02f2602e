"""`mitwirken import`: a region's workbook into the database."""

from pathlib import Path

import click

from commands import noting
from commands.opening import ready_database
from commands.reading import read_settings
from models.audit import Kind, Verb
from models.importing import FindingKind, Report, import_region


@click.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
def bring_in(path: Path, dry_run: bool) -> int:
    """Import a region's workbook: a folder of CSV files, or one .xlsx with the same sheets.

    Repeating it changes nothing. What cannot be read is told with file, row and column; the rest is
    taken, and the exit status is 1.
    """
    with ready_database(read_settings()) as db:
        report = import_region(db, path, dry_run=dry_run)
        if not report.dry_run:
            noting.note_on(db, Verb.CHANGE, Kind.WORKBOOK)
    for line in report.lines("en"):
        click.echo(line)
    return _status(report)


def _status(report: Report) -> int:
    if report.ok:
        return 0
    number = len(report.of(FindingKind.ERROR))
    what = "thing" if number == 1 else "things"
    click.echo(f"mitwirken: {number} {what} could not be read, see above; the rest was taken.", err=True)
    return 1
