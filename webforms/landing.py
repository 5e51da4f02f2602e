"""Where a QR code leads: no language yet, and three ways in."""

from flask import Blueprint, Response, g, request

from models import groups
from models.errors import DomainError
from translations import find
from webforms import pages
from webforms.home import suggested_tag, to_front
from webforms.site import site

blueprint = Blueprint("landing", __name__)
blueprint.add_url_rule("/", view_func=to_front)


@blueprint.get("/j/<code>")
def scanned(code: str) -> Response:
    """Show the group of a code, in the suggested language, with all languages to choose from."""
    chosen = find(request.args.get("lang", ""))
    g.tag = chosen.tag if chosen else suggested_tag()
    with site().db.reading() as session:
        try:
            card = groups.directory(session).get(code)
        except DomainError:
            return pages.show("landing_unknown.html", 404, code=code[:20])
    response = pages.show("landing.html", card=card, code=card.code)
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
