"""How it stands with the backups that are to be made by themselves; for the admin's watch."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models import clock, marks
from models.marks import Deed
from models.settings import Settings

SLACK = timedelta(minutes=10)  # that a backup may be late before somebody is told


class Standing(StrEnum):
    """What the watch is told."""

    OFF = "off"
    OK = "ok"
    LATE = "late"
    FAILED = "failed"


def look(session: Session, settings: Settings) -> Standing:
    """Return whether the last backup was made, and made in time."""
    if settings.backup_dir is None:
        return Standing.OFF
    noted = marks.everything(session)
    made, failed = noted.get(Deed.BACKUP), noted.get(Deed.BACKUP_FAILED)
    if failed is not None and (made is None or failed.at > made.at):
        return Standing.FAILED
    is_late = made is None or clock.now() - made.at > settings.backup_every * 2 + SLACK
    return Standing.LATE if is_late else Standing.OK
