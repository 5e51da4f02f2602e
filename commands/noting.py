"""What an admin changes by a command, noted in the audit in the transaction that does it.

The actor is the command itself: the name of an account of the machine may be somebody's own.
"""

import click
from sqlalchemy.orm import Session

from models import audit
from models.audit import Kind, Verb
from models.db import Database


def note(session: Session, verb: Verb, kind: Kind, record: int | str = "") -> None:
    """Note what the command that runs has done to a record: its number, no contents."""
    audit.note(session, audit.COMMAND, verb, kind, record, command=_name())


def note_on(db: Database, verb: Verb, kind: Kind, record: int | str = "") -> None:
    """Note it in a transaction of its own, where what was done had none, or many."""
    with db.transaction() as session:
        note(session, verb, kind, record)


def _name() -> str:
    """Return the words that were typed to get here, without options."""
    context = click.get_current_context(silent=True)
    return context.command_path.partition(" ")[2] if context else ""
