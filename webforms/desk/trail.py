"""What staff do at the desk, noted in the transaction that does it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from models import audit
from models.audit import Kind, Verb
from webforms.desk import guard
from webforms.site import site


@contextmanager
def acting(verb: Verb, kind: Kind, record: int | str = "") -> Iterator[Session]:
    """Open a transaction that changes a record, which is noted at its end; a refusal leaves no trace."""
    with site().db.transaction() as session:
        yield session
        note(session, verb, kind, record)


def actor() -> int:
    """Return who is logged in, to be kept beside what they do."""
    return guard.me().id


def note(session: Session, verb: Verb, kind: Kind, record: int | str = "") -> None:
    """Note what who is logged in has done."""
    audit.note(session, guard.me().id, verb, kind, record)
