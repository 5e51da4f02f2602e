"""Taking in a region: its files become goals, groups, sheets; saying so twice changes nothing."""

from collections.abc import Callable
from pathlib import Path

from models import audit
from models.audit import Kind, Verb
from models.changes import Author
from models.db import Database
from models.importing.agenda import take_agenda
from models.importing.bodies import take_bodies
from models.importing.contacts import take_contacts
from models.importing.goals import take_goals
from models.importing.job import NOBODY, Job
from models.importing.meetings import take_meetings
from models.importing.milestones import take_milestones
from models.importing.programme import take_programme, take_region
from models.importing.report import NOUN_WORDS, Change, Finding, FindingKind, Noun, Report, Tally
from models.importing.sheets_in import read_book

__all__ = ["NOUN_WORDS", "Change", "Finding", "FindingKind", "Noun", "Report", "Tally", "import_region"]


def import_region(
    db: Database,
    path: Path,
    *,
    dry_run: bool = False,
    author: Author = NOBODY,
    agreed: Callable[[Report], bool] = lambda _report: True,
) -> Report:
    """Bring the database to what the files at `path` say, in one transaction; with `dry_run` only tell,
    as when the report of what would change is not `agreed` to.

    Nothing is deleted, and what people changed here after the file was written is kept. A milestone's state
    changes only where the file has states. What cannot be read never raises: it
    stands in the report, and the rest is taken.
    """
    report = Report(dry_run=dry_run)
    book = read_book(path, report)
    if not book:
        return report
    with db.transaction() as session:
        job = Job(session, book, report, author)
        take_bodies(job)
        take_region(job)
        programme = take_programme(job)
        if programme is not None:
            take_goals(job, programme)
            take_milestones(job, programme)
            take_meetings(job, programme)
            take_agenda(job, programme)
            take_contacts(job)
        session.flush()
        job.memory.write()
        report.dry_run = dry_run or not agreed(report)
        if report.dry_run:
            session.rollback()
        elif author.staff_id is not None:
            audit.note(session, author.staff_id, Verb.CHANGE, Kind.WORKBOOK)
    db.cache.drop()
    return report
