"""Ending the messages about a group: by the link in each of them, or on one's own page."""

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import groups, links, sessions, subscriptions
from models.errors import gone
from models.links import Purpose
from webforms import pages, tokens
from webforms.forms import bound_to
from webforms.site import PERSON_COOKIE, site

blueprint = pages.blueprint("following")


@blueprint.get("/stop/<token>")
def ask(token: str) -> Response:
    """Show what ends; looking alone ends nothing, as mail programs look ahead."""
    with site().db.reading() as session:
        link = links.look(session, token, Purpose.STOP)
        card = groups.directory(session).by_id(link.target_id or 0)
        if card is None or link.person_id is None:
            raise gone()
        follows = link.target_id in subscriptions.of_person(session, link.person_id)
    return pages.show("stop.html", card=card, follows=follows)


@blueprint.post("/stop/<token>")
def stop(token: str) -> AnyResponse:
    """End it: once, signed in or not. Whoever has the link may, so there is nothing else to check.

    A mail program may send this by itself when its reader presses "unsubscribe" (RFC 8058).
    """
    with site().db.transaction() as session:
        link = links.look(session, token, Purpose.STOP)
        person = links.owner(session, link)
        subscriptions.stop(session, person.id, link.target_id or 0)
    return redirect(url_for(".ask", token=token), 303)


@blueprint.post("/me/unfollow")
def stop_own() -> AnyResponse:
    """End it from one's own page."""
    tokens.check(site().secret, request.form.get("csrf", ""), bound_to=bound_to())
    with site().db.transaction() as session:
        person = sessions.person_of(session, request.cookies.get(site().cookie(PERSON_COOKIE), ""))
        if person is None:
            abort(403)
        card = groups.directory(session).get(request.form.get("group", ""))
        subscriptions.stop(session, person.id, card.id)
    return redirect(url_for("me.own"), 303)
