"""Who leads groups, read for many of them at once."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.groups import WorkingGroup
from models.leads import Lead
from models.people import ChannelKind, Person


def of_groups(session: Session, group_ids: Collection[int]) -> dict[int, list[Person]]:
    """Return who leads each of these groups, the contact person first: two statements for all of them."""
    found: dict[int, list[Person]] = {}
    contacts = session.execute(
        sa.select(WorkingGroup.id, Person)
        .join(Person, Person.id == WorkingGroup.contact_id)
        .where(WorkingGroup.id.in_(group_ids))
    )
    others = session.execute(
        sa.select(Lead.group_id, Person)
        .join(Person, Person.id == Lead.person_id)
        .where(Lead.group_id.in_(group_ids))
        .order_by(Lead.id)
    )
    for group_id, person in (*contacts, *others):
        known = found.setdefault(group_id, [])
        if person not in known:
            known.append(person)
    return found


def is_reachable(person: Person) -> bool:
    """Return whether a letter reaches a person: over a chat, or at an address that is known to be theirs."""
    if person.channel is ChannelKind.EMAIL:
        return person.email_confirmed_at is not None
    return person.channel is ChannelKind.TELEGRAM
