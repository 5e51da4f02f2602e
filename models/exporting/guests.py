"""The guests of an event, for lists at the door, for caterers and interpreters."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models import event_cards
from models import guests as listing
from models.event_cards import EventCard
from models.exporting.members import OWN_NAMES
from models.exporting.table import Cell, Column, Table
from models.forms.contact import REACH_WORDS
from models.registrations import Registration
from translations import _

BATCH = 500  # rows whose workshops are read at a time
_COLUMNS = (
    Column(_("Code"), 10), Column(_("Name"), 28), Column(_("Organisation"), 28), Column(_("Places"), 8),
    Column(_("State"), 14), Column(_("Workshops"), 40), Column(_("Languages"), 24),
    Column(_("What they need"), 40),
    Column(_("Language"), 16), Column(_("Way of contact"), 14), Column(_("E-mail"), 30),
    Column(_("Telephone"), 20), Column(_("Registered on"), 18), Column(_("Arrived"), 18),
)  # fmt: skip


def guests(session: Session, tag: str, event_id: int) -> Table:
    """Return the guests of an event, in the order in which they came, with the words of a language."""
    card = event_cards.card_of(session, listing.event(session, event_id))
    return Table(_("Guests"), _COLUMNS, _rows(session, tag, card))


def _rows(session: Session, tag: str, card: EventCard) -> Iterator[tuple[Cell, ...]]:
    names = {one.id: one.to(tag) for one in card.workshops}
    found = session.scalars(listing.wanted(card.id)).all()
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        chosen = listing.workshops_of(session, [one.id for one in some])
        for one in some:
            workshops = "; ".join(names.get(number, "") for number in chosen.get(one.id, ()))
            yield _row(one, workshops, tag)


def _row(one: Registration, workshops: str, tag: str) -> tuple[Cell, ...]:
    person = one.person
    return (
        one.code, person.name, one.organisation or person.organisation, one.seats,
        listing.STATE_NAMES[one.state].to(tag), workshops,
        ", ".join(OWN_NAMES.get(spoken, spoken) for spoken in one.languages), one.needs,
        OWN_NAMES.get(person.language, person.language), REACH_WORDS[person.channel].to(tag), person.email,
        person.phone, one.queued_at, one.arrived_at,
    )  # fmt: skip
