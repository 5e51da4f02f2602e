"""The front page: a language is suggested, then the way in."""

from typing import TypeVar

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from models import groups, news
from translations import find, suggest
from webforms import pages
from webforms.site import signed_in, site

Answer = TypeVar("Answer", bound=AnyResponse)
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


def take_language() -> None:
    """Show an address without a language in the one that was asked for, else in the suggested one."""
    chosen = find(request.args.get("lang", ""))
    g.tag = chosen.tag if chosen else suggested_tag()


def for_this_reader(response: Answer) -> Answer:
    """Say that an answer is in the language of who asked, so that no cache gives it to others."""
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def to_front() -> Response:
    """Send somebody without a language to the suggested one."""
    response = redirect(f"/{suggested_tag()}/", 302)
    response.headers["Vary"] = "Accept-Language"
    return response  # type: ignore[return-value]
