"""The button to one's own goal sheets: of the groups whose workshops a guest chose, or that they are in.

It is one letter for everybody; which sheets are a person's own is looked up while it is being sent to them.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import groups
from models.events import Event, Workshop
from models.groups import GroupCard
from models.letters import Button, Letter
from models.memberships import Membership, MembershipState
from models.registrations import Registration, WorkshopPlace
from translations import Localised, Text, _

MOST = 4  # buttons below one letter; whoever is in more groups finds the others from the event's page
_BEGIN, _END = "/{lang}/events/", "#workshops"
_LABEL = _("Goal sheet {number}")


def button(label: Text | Localised, code: str) -> Button:
    """Return the button as it is stored: it leads to the event's page for who has no group of their own."""
    return Button(label, page=f"{_BEGIN}{code}{_END}")


def for_person(session: Session, letter: Letter, person_id: int) -> Letter:
    """Return a letter with a person's own goal sheets in place of the button; others stay as they are."""
    if not any(_is_meant(one) for one in letter.buttons):
        return letter
    made: list[Button] = []
    for one in letter.buttons:
        made += _of_person(session, one, person_id) if _is_meant(one) else [one]
    return replace(letter, buttons=tuple(made))


def _is_meant(one: Button) -> bool:
    return one.page.startswith(_BEGIN) and one.page.endswith(_END)


def _of_person(session: Session, one: Button, person_id: int) -> Sequence[Button]:
    found = cards(session, person_id, one.page.removeprefix(_BEGIN).removesuffix(_END))
    own = [
        Button(_LABEL(number=card.number), page=f"/{{lang}}/groups/{card.number}") for card in found[:MOST]
    ]
    return own or [one]


def cards(session: Session, person_id: int, code: str) -> list[GroupCard]:
    """Return the groups of a guest: of the workshops that they chose, then those that they are in."""
    chosen = (
        sa.select(Workshop.group_id)
        .join(WorkshopPlace, WorkshopPlace.workshop_id == Workshop.id)
        .join(Registration, Registration.id == WorkshopPlace.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Event.code == code, Registration.person_id == person_id, Workshop.group_id.is_not(None))
    )
    joined = sa.select(Membership.group_id).where(
        Membership.person_id == person_id,
        Membership.state.in_([MembershipState.ASKED, MembershipState.ACTIVE]),
    )
    ids = {*session.scalars(chosen), *session.scalars(joined)}
    return [card for card in groups.directory(session).cards if card.id in ids]
