"""Backups by themselves: the courier makes one whenever one is due, never two at once."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.courier.sole import Sole
from bot.patience import pause
from models import backups, marks
from models.backup import BackupError
from models.db import Database
from models.settings import Settings

LOOK = 30.0  # seconds between two looks
RETRY = 300.0  # seconds before what failed is tried again
SPAN = timedelta(hours=2)  # in which no other courier makes one
log = logging.getLogger(__name__)


async def run(db: Database, settings: Settings, stop: asyncio.Event, *, look: float = LOOK) -> None:
    """Make a backup whenever one is due, until `stop`; nothing where no folder for them is set."""
    if settings.backup_dir is None:
        return
    sole = Sole(db, "backup", SPAN)
    while not stop.is_set():
        is_fine = await asyncio.to_thread(turn, db, settings, sole)
        await pause(stop, look if is_fine else max(look, RETRY))


def turn(db: Database, settings: Settings, sole: Sole) -> bool:
    """Make a backup if one is due and nobody else does; False when that failed, which is noted."""
    folder = settings.backup_dir
    try:
        every, look = settings.backup_every, timedelta(seconds=LOOK)
        if folder is None or not backups.is_due(folder, every, look) or not sole.hold():
            return True
        kept = backups.make(db, settings, folder)
    except (BackupError, SQLAlchemyError, OSError) as error:
        log.error("Backup: failed (%s)", error if isinstance(error, BackupError) else type(error).__name__)
    except Exception:  # a fault of ours must not end the courier
        log.exception("Backup: failed")
    else:
        sole.release()
        log.info("Backup: %d bytes in %.1f s", kept.record.size, kept.record.seconds)
        return True
    with suppress(SQLAlchemyError), db.transaction() as session:  # on a full disk even that may fail
        marks.note(session, marks.Deed.BACKUP_FAILED)
    sole.release()
    return False
