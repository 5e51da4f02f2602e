"""Opening the database of an installation, with all that its settings say of it."""

from models import vault
from models.db import Database
from models.settings import Settings


def open_database(settings: Settings) -> Database:
    """Open the database that the settings name; every process of an installation opens it so."""
    db = Database(settings.database, settings.zone)
    prepare(db, settings)
    return db


def prepare(db: Database, settings: Settings) -> None:
    """Let a database know the keys that do not rest in it, and how long what is kept."""
    db.seal_with(settings.key_of_audit())
    db.lock_with(vault.key_of(settings))
    db.keep_for(settings.periods)
