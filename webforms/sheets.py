"""The goal sheet's editing page for those who lead a group, signed in by the link to their own page."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import groups, leads
from models.changes import Author
from models.groups import GroupCard
from models.people import Person
from webforms import pages, sheet_page, tokens
from webforms.forms import bound_to
from webforms.sheet_page import Sent
from webforms.site import signed_in, site

blueprint = pages.blueprint("sheets")


def _card(number: str) -> GroupCard:
    with site().db.reading() as session:
        return groups.directory(session).get(number)


def _leads(person: Person | None, card: GroupCard) -> bool:
    if person is None:
        return False
    with site().db.reading() as session:
        return leads.is_lead(session, person, card.id)


@blueprint.get("/groups/<number>/edit")
def edit(number: str) -> Response:
    """Show the goal sheet for editing, or how a lead gets there."""
    card = _card(number)
    if not _leads(signed_in(), card):
        return _how_to_get_here(card)
    return _page(card, Sent(), 200)


@blueprint.post("/groups/<number>/edit/<act>")
def save(number: str, act: str) -> AnyResponse:
    """Save one of the page's forms."""
    card, person = _card(number), signed_in()
    if person is None or not _leads(person, card):
        return _how_to_get_here(card)
    tokens.check(site().secret, request.form.get("csrf", ""), bound_to=bound_to())
    return sheet_page.save(
        card, act, Author(person_id=person.id), office=False, page=url_for(".edit", number=card.number),
        show=lambda sent, status: _page(card, sent, status),
    )  # fmt: skip


def _page(card: GroupCard, sent: Sent, status: int) -> Response:
    with site().db.reading() as session:
        values = sheet_page.values(session, card, sent, office=False)
    base = url_for(".edit", number=card.number)
    token = tokens.issue(site().secret, bound_to=bound_to())
    return pages.show("sheet.html", status, csrf=token, base=base, **values)


def _how_to_get_here(card: GroupCard) -> Response:
    """Tell strangers how a lead gets the link, and members who leads the group that this is not for them."""
    return pages.show(
        "sheet_closed.html", 403, card=card, person=signed_in(), csrf=tokens.issue(site().secret)
    )
