"""Where a QR code leads: no language yet, and three ways in; or to feedback on a goal, or a vote."""

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import groups
from models.errors import DomainError
from models.exporting.print_words import FEEDBACK_FORM
from models.forms import FORMS
from webforms import kept, pages
from webforms.home import for_this_reader, suggested_tag, take_language, to_front
from webforms.site import signed_in, site

blueprint = Blueprint("landing", __name__)
blueprint.add_url_rule("/", view_func=to_front)


@blueprint.get("/f/<code>")
def feedback(code: str) -> AnyResponse:
    """Lead from the code for feedback on a goal to its form, in the suggested language."""
    take_language()
    with site().db.reading() as session:
        try:
            card = groups.directory(session).get(code)
        except DomainError:
            return pages.show("landing_unknown.html", 404, code=code[:20])
    if FEEDBACK_FORM not in FORMS:
        return pages.show("landing_no_feedback.html", 404, card=card)
    response = redirect(url_for("forms.ask", slug=FEEDBACK_FORM, group=card.code), 302)
    return for_this_reader(response)


@blueprint.get("/v/<code>")
def vote(code: str) -> AnyResponse:
    """Lead from the code of a vote to its page, in the suggested language."""
    g.tag = suggested_tag()
    response = redirect(url_for("dots.show", code=code), 302)
    return for_this_reader(response)


@blueprint.get("/j/<code>")
def scanned(code: str) -> Response:
    """Show the group of a code, in the suggested language, with all languages to choose from."""
    take_language()
    with site().db.reading() as session:
        try:
            card = groups.directory(session).get(code)
        except DomainError:
            return pages.show("landing_unknown.html", 404, code=code[:20])
    response = for_this_reader(pages.show("landing.html", card=card, code=card.code))
    if (
        signed_in() is None
        and not request.query_string
        and request.path == url_for(".scanned", code=card.code)
    ):
        kept.keep(response)
    return response
