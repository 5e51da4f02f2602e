"""Events for everybody: what is ahead, the plan of one, its calendar file, and where its code leads."""

from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import ballots, clock, event_calendars, event_cards, event_letters
from models.errors import DomainError
from models.event_cards import EventCard
from models.events import EventState
from webforms import pages
from webforms.calendar import TYPE
from webforms.home import for_this_reader, take_language
from webforms.site import site, tag

blueprint = pages.blueprint("events")
codes = Blueprint("event_codes", __name__)
blueprint.add_app_template_global(event_letters.when_said, "event_when")
blueprint.add_app_template_global(event_letters.spoken, "spoken_names")


@blueprint.app_template_global("events_ahead")
def ahead() -> list[EventCard]:
    """Return the events that are still to come; from memory, as every page asks."""
    with site().db.reading() as session:
        return event_cards.published(session).ahead(clock.today(site().settings.zone))


@blueprint.get("/events")
def listed() -> Response:
    """Show what is ahead, and what is over."""
    today = clock.today(site().settings.zone)
    with site().db.reading() as session:
        cards = event_cards.published(session).cards
    coming = [card for card in cards if card.is_ahead(today)]
    over = [card for card in reversed(cards) if not card.is_ahead(today)]
    return pages.show("events.html", coming=coming, over=over)


def _day(session: Session, card: EventCard) -> dict[str, Any]:
    """Return what people can do from the day of an event on: give feedback, vote."""
    hears = card.hears(clock.today(site().settings.zone))
    return {"hears": hears, "votes": ballots.seen_at(session, card.id) if hears else ()}


@blueprint.get("/events/<code>")
def one(code: str) -> AnyResponse:
    """Show an event with its plan and its workshops."""
    with site().db.reading() as session:
        card = event_cards.published(session).get(code)
        day = _day(session, card)
    if card.public().code != code:
        return redirect(url_for(".one", code=card.public().code), 302 if card.is_hall else 301)
    today = clock.today(site().settings.zone)
    return pages.show(
        "event.html", card=card, takes_people=card.takes_people(today), is_ahead=card.is_ahead(today),
        is_off=card.state is EventState.CANCELLED, **day,
    )  # fmt: skip


@blueprint.get("/events/<code>.ics")
def file(code: str) -> Response:
    """Hand out an event as a calendar file; 304 to who has it already."""
    settings = site().settings
    with site().db.reading() as session:
        card = event_cards.published(session).get(code).public()
    body = event_calendars.file(card, tag=tag(), zone=settings.zone, address=settings.address)
    response = Response(body, content_type=TYPE)
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Content-Disposition"] = f'attachment; filename="{card.code}.ics"'
    response.headers["Content-Language"] = tag()
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


@codes.get("/e/<code>")
def scanned(code: str) -> Response:
    """Show the event of a code, in the suggested language, with all languages to choose from."""
    take_language()
    with site().db.reading() as session:
        try:
            card = event_cards.published(session).get(code)
        except DomainError:
            return pages.show("landing_unknown.html", 404, code=code[:20])
        day = _day(session, card)
    takes_people = card.takes_people(clock.today(site().settings.zone))
    response = pages.show("event_landing.html", card=card, takes_people=takes_people, **day)
    return for_this_reader(response)
