"""One's own registrations: by the link of a letter, signed in or not, and on one's own page."""

from dataclasses import dataclass

from flask import Response, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import event_cards, links, places, registrations, seats
from models.errors import gone
from models.event_cards import EventCard
from models.links import Purpose
from models.registrations import Registration, RegistrationState
from translations import Text, _
from webforms import pages
from webforms.qr import qr_svg
from webforms.site import site

blueprint = pages.blueprint("tickets")
blueprint.add_app_template_global(qr_svg, "ticket_code")
STATE_WORDS: dict[RegistrationState, Text] = {
    RegistrationState.REGISTERED: _("You have a place."),
    RegistrationState.WAITING: _("You are on the waiting list."),
    RegistrationState.CANCELLED: _("Your registration is cancelled."),
}
blueprint.add_app_template_global(STATE_WORDS, "ticket_states")  # type: ignore[arg-type]


blueprint.add_app_template_global(seats.WHY, "seat_why")


@blueprint.app_template_global()
def seat_codes(one: Registration) -> list[str]:
    """Return the codes with which the others of a registration vote, as they are read."""
    return [seats.said(code) for code in seats.codes_of(one)]


@dataclass(frozen=True, slots=True)
class Held:
    """A registration with what people see of its event."""

    card: EventCard
    one: Registration


def of_person(session: Session, person_id: int) -> list[Held]:
    """Return somebody's registrations for events whose page is still shown, without cancelled ones."""
    published = event_cards.published(session)
    return [
        Held(card, one)
        for one in registrations.of_person(session, person_id)
        if one.state is not RegistrationState.CANCELLED and (card := published.by_id(one.event_id))
    ]


def _looked_up(session: Session, token: str) -> Held:
    """Return the registration of a link; NotFound where one of them is gone."""
    link = links.look(session, token, Purpose.TICKET)
    card = event_cards.published(session).by_id(link.target_id or 0)
    one = registrations.of(session, link.person_id or 0, card.id) if card else None
    if card is None or one is None:
        raise gone()
    return Held(card, one)


@blueprint.get("/registration/<token>")
def show(token: str) -> Response:
    """Show a registration with its code; looking alone cancels nothing, as mail programs look ahead."""
    with site().db.reading() as session:
        return pages.show("ticket.html", held=_looked_up(session, token))


@blueprint.post("/registration/<token>")
def give_up(token: str) -> AnyResponse:
    """Cancel it: once. Whoever has the link may, so there is nothing else to check."""
    with site().db.transaction() as session:
        one = _looked_up(session, token).one
        places.cancel(session, one.id, person_id=one.person_id)
    return redirect(url_for(".show", token=token), 303)
