"""Goal sheets at the desk: the office edits them as leads do, and more."""

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import groups
from models.changes import Author
from models.groups import GroupCard
from webforms import sheet_page
from webforms.desk import guard, showing
from webforms.sheet_page import Sent
from webforms.site import site

blueprint = Blueprint("sheets", __name__)


def _card(number: str) -> GroupCard:
    with site().db.reading() as session:
        return groups.directory(session).get(number)


@blueprint.get("/groups/<number>/sheet")
def edit(number: str) -> Response:
    """Show a group's goal sheet for editing."""
    return _page(_card(number), Sent(), 200)


@blueprint.post("/groups/<number>/sheet/<act>")
def save(number: str, act: str) -> AnyResponse:
    """Save one of the page's forms."""
    card = _card(number)
    return sheet_page.save(
        card, act, Author(staff_id=guard.me().id), office=True, page=url_for(".edit", number=card.number),
        show=lambda sent, status: _page(card, sent, status),
    )  # fmt: skip


def _page(card: GroupCard, sent: Sent, status: int) -> Response:
    base = url_for(".edit", number=card.number)
    with site().db.reading() as session:
        values = sheet_page.values(session, card, sent, office=True)
        return showing.show("desk/sheet.html", status, base=base, **values)
