"""The front page: a language is suggested, then the way in."""

from flask import Response, redirect, request

from models import groups, news
from translations import suggest
from webforms import pages
from webforms.site import signed_in, site

blueprint = pages.blueprint("home")
root = blueprint


@blueprint.get("/")
def front() -> Response:
    """Show what one can do here."""
    with site().db.reading() as session:
        cards = groups.directory(session).cards
        headlines = news.headlines(session)
    return pages.show("home.html", cards=cards, headlines=headlines, person=signed_in())


def suggested_tag() -> str:
    """Return the language to begin with: the person's own, else what the browser asks for."""
    person = signed_in()
    return person.language if person else suggest(request.headers.get("Accept-Language")).tag


def to_front() -> Response:
    """Send somebody without a language to the suggested one."""
    response = redirect(f"/{suggested_tag()}/", 302)
    response.headers["Vary"] = "Accept-Language"
    return response  # type: ignore[return-value]
