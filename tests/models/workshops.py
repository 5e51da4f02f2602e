"""A conference with a workshop of the group 7.49, who moderates it, and the office."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups, staff
from models.db import Database
from models.events import AgendaItem, Event, EventKind, EventState, Workshop
from models.programmes import Programme
from models.staff import StaffMember, StaffRole
from tests.webforms.desk.people import HASHED
from translations import Localised

GROUP = "7.49"
DAY = date(2031, 9, 18)


@dataclass(frozen=True)
class Hall:
    """Who and what is there."""

    event_id: int
    workshop_id: int
    group_id: int
    nora: StaffMember  # moderates
    olga: StaffMember  # of the office


def hall(db: Database, *, day: date = DAY) -> Hall:
    """Make it."""
    with db.transaction() as session:
        card = groups.directory(session).get(GROUP)
        nora = _employ(session, "nora@example.org", "Nora Neu", StaffRole.MODERATOR)
        olga = _employ(session, "olga@example.org", "Olga Amt", StaffRole.OFFICER)
        event = Event(
            programme_id=session.scalars(sa.select(Programme.id)).first() or 0, kind=EventKind.CONFERENCE,
            title="Musterkonferenz", held_on=day, starts="14:00", ends="18:00", place="Musterhalle",
            state=EventState.OPEN,
            heading=Localised({"de": "Musterkonferenz", "ar": "مؤتمر نموذجي"}),
            agenda=[
                AgendaItem(position=1, starts="14:00", ends="14:30", what="Begrüßung"),
                AgendaItem(position=2, starts="15:00", ends="16:30", what="Workshops", phase=1),
            ],
            workshops=[
                Workshop(position=1, group_id=card.id, room="Raum 1", moderator="Nora", moderator_id=nora.id),
                Workshop(position=2, title=Localised({"de": "Freie Ideen"}), room="Raum 2"),
            ],
        )  # fmt: skip
        session.add(event)
        session.flush()
        return Hall(event.id, event.workshops[0].id, card.id, nora, olga)


def _employ(session: Session, email: str, name: str, role: StaffRole) -> StaffMember:
    member = staff.add(session, email, name=name, role=role, password_hash=HASHED)
    member.language = "en"
    return member
