"""What the doctor says of backups: whether they are made, whether one has ever come back."""

import os
from datetime import timedelta

from commands.findings import Finding
from commands.opening import existing_database
from models import backup_standing, clock, marks, room
from models.backup_standing import Standing
from models.backups import listed
from models.marks import Deed, Noted
from models.settings import Settings

OLDEST = timedelta(days=2)  # of a backup that is made by hand or by cron
UNTRIED = timedelta(days=35)


def aged(age: timedelta) -> str:
    """Return an age in minutes, from two hours on in hours."""
    hours = age.total_seconds() / 3600
    return f"{hours * 60:.0f} min" if hours < 2 else f"{hours:.0f} h"


def _aged(at: Noted) -> str:
    return f"{aged(clock.now() - at.at)} ago"


def backups(settings: Settings) -> Finding:
    """Tell whether backups are made, and made in time."""
    with existing_database(settings) as db, db.reading() as session:
        noted, standing = marks.everything(session), backup_standing.look(session, settings)
    made = noted.get(Deed.BACKUP)
    if settings.backup_dir is None:
        return _by_hand(settings, made)
    fault = _lacks_folder(settings)
    if fault:
        remedy = "check MITWIRKEN_BACKUP_DIR, and that the courier may write there."
        return Finding("backups", False, f"{settings.backup_dir} {fault}", remedy)
    last = f"the last one {_aged(made)}, {made.amount:,} bytes" if made else "none yet"
    if standing is Standing.FAILED:
        remedy = "`mitwirken db backup` says why; the log of the courier too."
        return Finding("backups", False, f"the last try failed; {last}", remedy)
    if standing is Standing.LATE:
        return Finding("backups", False, f"late: {last}", "is the courier running? It makes them.")
    return Finding("backups", True, f"{len(listed(settings.backup_dir))} in {settings.backup_dir}, {last}")


def _by_hand(settings: Settings, made: Noted | None) -> Finding:
    if settings.demo:
        return Finding("backups", True, "none, this is a trial")
    remedy = "set MITWIRKEN_BACKUP_DIR to a folder, best on another disk; the courier does the rest."
    if made is None or clock.now() - made.at > OLDEST:
        words = f"the last one was {_aged(made)}" if made else "none has ever been made"
        return Finding("backups", False, words, remedy)
    return Finding("backups", True, f"made by hand or by cron, the last one {_aged(made)}")


def _lacks_folder(settings: Settings) -> str:
    place = room.existing(settings.backup_dir) if settings.backup_dir else None
    if place is None or not place.is_dir() or not os.access(place, os.W_OK):
        return "cannot be written"
    return ""


def trial(settings: Settings) -> Finding:
    """Tell whether a backup has come back lately, for a trial."""
    with existing_database(settings) as db, db.reading() as session:
        noted = marks.everything(session)
    tried = noted.get(Deed.DRILL)
    if settings.demo or (Deed.BACKUP not in noted and settings.backup_dir is None):
        return Finding("trial", True, "no backup to try yet")
    remedy = "run `mitwirken db drill` once a month: a backup is good once it has come back."
    if tried is None:
        return Finding("trial", False, "no backup has ever been brought back for a trial", remedy)
    words = f"a backup came back {_aged(tried)}, in {tried.amount / 1000:.1f} s"
    is_late = clock.now() - tried.at > UNTRIED
    return Finding("trial", not is_late, words, remedy if is_late else "")
