"""One-click unsubscribing (RFC 8058): mail programs post by themselves when their reader presses it.

They come without cookies and follow no redirection. The answer is the same whether a link is known or not.
"""

from collections.abc import Callable
from contextlib import suppress

from flask import Response, request
from sqlalchemy.orm import Session

from models import links
from models.errors import DomainError
from models.links import Link, Purpose
from models.people import Person
from webforms.site import site

End = Callable[[Session, Link, Person], None]


def is_asked() -> bool:
    """Return whether this request is such a press."""
    return request.form.get("List-Unsubscribe") == "One-Click"


def answer(token: str, purpose: Purpose, end: End) -> Response:
    """End at once what the link is for, and say that it was heard."""
    with suppress(DomainError), site().db.transaction() as session:
        link = links.look(session, token, purpose)
        end(session, link, links.owner(session, link))
    return Response("", 200, mimetype="text/plain")
