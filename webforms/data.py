"""Open data: the goals and milestones of the region, for everybody to use."""

import io

from flask import Blueprint, Response, g, request

from models import clock, exporting
from translations import find
from webforms import pages
from webforms.home import suggested_tag
from webforms.site import site

blueprint = Blueprint("data", __name__, url_prefix="/data")


def _tag() -> str:
    chosen = find(request.args.get("lang", ""))
    return chosen.tag if chosen else suggested_tag()


@blueprint.get("/")
def index() -> Response:
    """Show which tables there are, with their licence and day."""
    g.tag = _tag()
    today = clock.today(site().settings.zone)
    return pages.show("data.html", kinds=exporting.OPEN, endings=exporting.WRITERS, today=today)


@blueprint.get("/<any('goals', 'milestones'):kind>.<any('xlsx', 'csv', 'json'):ending>")
def download(kind: str, ending: str) -> Response:
    """Hand out a table as it is today; headings and words in the language of `?lang=`, else in German."""
    chosen = find(request.args.get("lang", "de"))
    tag = chosen.tag if chosen else "de"
    target = io.BytesIO()
    zone = site().settings.zone
    with site().db.reading() as session:
        exporting.WRITERS[ending](exporting.OPEN[kind](session, tag), target, tag=tag, zone=zone)
    response = Response(target.getvalue(), content_type=exporting.MIME[ending])
    name = f"{kind}-{clock.today(zone).isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Link"] = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    return response
