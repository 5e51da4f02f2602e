"""Ending the messages about changes in a group by the link that older ones of them carry."""

from flask import Response, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import groups, links, stopping, subscriptions
from models.errors import gone
from models.links import Link, Purpose
from models.people import Person
from models.preferences import Topic
from webforms import one_click, pages
from webforms.site import site

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
    if one_click.is_asked():
        return one_click.answer(token, Purpose.STOP, _end)
    with site().db.transaction() as session:
        link = links.look(session, token, Purpose.STOP)
        _end(session, link, links.owner(session, link))
    return redirect(url_for(".ask", token=token), 303)


def _end(session: Session, link: Link, person: Person) -> None:
    stopping.stop(session, person.id, Topic.CHANGES, link.target_id or 0)
