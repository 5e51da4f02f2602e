"""Who has been erased, so that a backup which still holds them can be put right after it came back.

What is kept tells nothing of who it was: a number, when it was, and a mark made of the number and the moment
when the person was met, with a key that is not in the database. A number that is used again, or that is
somebody else's in another installation, has another mark.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import clock
from models.columns import UTCDateTime
from models.db import Base, audit_key_of
from models.people import Person
from models.prepared import Prepared
from models.prepared import parameter as p

ENDING = ".erasures.json"  # of the list that lies beside a backup


class Erasure(Base):
    """Somebody who has been erased."""

    __tablename__ = "erasures"

    mark: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    number: Mapped[int]
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Former(Base):
    """Who a person was in older copies, before two were made one; goes with the person."""

    __tablename__ = "former_people"

    mark: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    number: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), index=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of erasures."""

    number: int
    mark: str
    erased_at: datetime


_KEEP = Prepared(
    lambda insert: (
        insert(Erasure)
        .values(mark=p("mark"), number=p("number"), erased_at=p("erased_at"))
        .on_conflict_do_nothing(index_elements=["mark"])
    )
)
_WAS = Prepared(
    lambda insert: (
        insert(Former)
        .values(mark=p("mark"), number=p("number"), person_id=p("person_id"))
        .on_conflict_do_nothing(index_elements=["mark"])
    )
)


def mark_of(session: Session, person: Person) -> str:
    """Return by what a person is found again in an older copy, and by nobody without the key."""
    key = hmac.digest(audit_key_of(session), b"mitwirken erasures", hashlib.sha256)
    about = f"{person.id} {person.met_at.astimezone(UTC).isoformat(timespec='microseconds')}"
    return hmac.digest(key, about.encode(), hashlib.sha256).hex()


def note(session: Session, person: Person) -> None:
    """Note that this person is being erased, under all numbers that they had in older copies."""
    now = clock.now()
    former = session.execute(sa.select(Former.number, Former.mark).where(Former.person_id == person.id))
    marks = [(person.id, mark_of(session, person)), *((one.number, one.mark) for one in former)]
    keep(session, [Entry(number, mark, now) for number, mark in marks])


def note_merge(session: Session, kept: Person, gone: Person) -> None:
    """Note who both were before they are made one; call it while each is as older copies know them."""
    for one in (kept, gone):
        _WAS.run(session, {"mark": mark_of(session, one), "number": one.id, "person_id": kept.id})


def keep(session: Session, entries: Iterable[Entry]) -> None:
    """Put entries onto the list; those that are there stay as they are."""
    for one in entries:
        _KEEP.run(session, {"mark": one.mark, "number": one.number, "erased_at": one.erased_at})


def listed(connection: Connection, schema: str | None = None) -> list[Entry]:
    """Return the list of a database, whatever its version; an older one has none."""
    if not sa.inspect(connection).has_table(Erasure.__tablename__, schema=schema):
        return []
    table = Erasure.__table__.c
    found = connection.execute(
        sa.select(table.number, table.mark, table.erased_at).order_by(table.erased_at, table.mark),
        execution_options={"schema_translate_map": {None: schema}} if schema else {},
    )
    return [Entry(one.number, one.mark, one.erased_at) for one in found]


def as_json(entries: Sequence[Entry]) -> str:
    """Return a list as it is kept beside backups."""
    lines = [{"number": e.number, "mark": e.mark, "erased_at": e.erased_at.isoformat()} for e in entries]
    return json.dumps({"erasures": lines}, indent=1) + "\n"


def from_json(text: str) -> list[Entry]:
    """Return what such a list holds; ValueError when it is none."""
    try:
        return [
            Entry(int(one["number"]), str(one["mark"])[:64], _moment(one["erased_at"]))
            for one in json.loads(text)["erasures"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no list of erasures") from error


def _moment(words: str) -> datetime:
    moment = datetime.fromisoformat(words)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
