"""Telegram groups on pages: a lead links their group's chat by a one-time code, or ends the link."""

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import group_chats, groups, leads, links
from models.errors import NotAllowed
from models.groups import GroupCard
from models.links import Purpose
from models.people import Person
from translations import _
from webforms import numbers, pages, tokens
from webforms.forms import bound_to
from webforms.site import signed_in, site

blueprint = pages.blueprint("gatherings")


def _leading(number: str) -> tuple[GroupCard, Person]:
    """Return the group and who leads it; NotAllowed for everybody else, 404 where there is no Telegram."""
    if not site().settings.has_telegram:
        abort(404)
    person = signed_in()
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        if person is None or not leads.is_lead(session, person, card.id):
            raise NotAllowed(_("Only whoever leads the group can do this."))
    return card, person


def _show(card: GroupCard, code: str = "") -> Response:
    with site().db.reading() as session:
        linked = group_chats.linked(session, [card.id])
    settings = site().settings
    return pages.show(
        "group_chats.html", card=card, linked=linked, code=code,
        csrf=tokens.issue(site().secret, bound_to=bound_to()),
        command=f"/start@{settings.bot_username} {code}", ended=request.args.get("ended") == "1",
        address=settings.telegram_group_address(code) if code else "",
    )  # fmt: skip


@blueprint.get("/groups/<number>/chats")
def look(number: str) -> Response:
    """Show which chats are linked."""
    card, _person = _leading(number)
    return _show(card)


@blueprint.post("/groups/<number>/chats/link")
def link(number: str) -> Response:
    """Give out a one-time code and show it, this once."""
    card, person = _leading(number)
    tokens.check(site().secret, request.form.get("csrf", ""), bound_to=bound_to())
    with site().db.transaction() as session:
        code = links.issue(session, Purpose.CHAT, person_id=person.id, target_id=card.id)
    return _show(card, code)


@blueprint.post("/groups/<number>/chats/end")
def end(number: str) -> AnyResponse:
    """End the link of a chat."""
    card, _person = _leading(number)
    tokens.check(site().secret, request.form.get("csrf", ""), bound_to=bound_to())
    with site().db.transaction() as session:
        group_chats.unlink(session, numbers.number(request.form.get("chat", "")) or 0, card.id)
    return redirect(url_for(".look", number=card.number, ended=1), 303)
