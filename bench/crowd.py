"""Many members at once: copies of one real sign-up, made by the database itself."""

import sqlalchemy as sa

from models.consents import Consent
from models.db import Base, Database
from models.groups import WorkingGroup
from models.memberships import Membership
from models.outbox import Delivery, Message
from models.people import Person
from models.submissions import Submission

# In an order in which references hold; the columns that move on with each copy.
_TABLES: tuple[tuple[type[Base], tuple[str, ...]], ...] = (
    (Person, ("id",)),
    (Submission, ("id", "person_id")),
    (Membership, ("id", "person_id", "submission_id")),
    (Consent, ("id", "person_id", "submission_id")),
    (Message, ("id",)),
    (Delivery, ("id", "message_id", "person_id")),
)
_FAR = 1_000_000  # copies are this far from the original, so that new rows do not meet them


def fill(db: Database, email: str, many: int) -> None:
    """Copy everything that the sign-up of `email` has written `many` times, each for a person of its own."""
    with db.engine.begin() as connection:
        person = connection.scalar(sa.select(Person.id).where(Person.email == email))
        message = connection.scalar(sa.select(Delivery.message_id).where(Delivery.person_id == person))
        for model, moving in _TABLES:
            statement = _copying(model, moving, "id" if moving == ("id",) else "person_id")
            which = message if model is Message else person
            connection.execute(sa.text(statement), {"many": many, "which": which})
        connection.execute(sa.update(WorkingGroup).values(signups=WorkingGroup.signups + many))


def _copying(model: type[Base], moving: tuple[str, ...], anchor: str) -> str:
    table, columns = model.__tablename__, model.__table__.columns.keys()
    values = [_value(table, name, name in moving) for name in columns]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
        f"SELECT {', '.join(values)} FROM {table} AS t CROSS JOIN n WHERE t.{anchor} = :which"
    )


def _value(table: str, column: str, moves: bool) -> str:
    if moves:  # in steps of ten, because one sign-up writes several rows into one table
        return f"t.{column} + 10 * ({_FAR} + n.i)"
    unique = {("people", "email"): "t.email", ("submissions", "key"): "substr(t.key, 1, 50)"}
    if (table, column) in unique:
        return f"CAST(n.i AS TEXT) || '-' || {unique[table, column]}"
    return f"t.{column}"
