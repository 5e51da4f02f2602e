"""Goal sheets to take along, as PDF and Word: what stands in public on the group's page."""

import hashlib
import logging

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import clock, groups
from models.exporting import documentation
from models.exporting.documentation_docx import TemplateUnusable
from models.exporting.documents import DOCUMENT_MIME, GOAL_SHEETS, write_document
from webforms import pages
from webforms.site import site, tag

blueprint = pages.blueprint("papers")
log = logging.getLogger(__name__)


@blueprint.get("/groups/<number>.<any('pdf', 'docx'):ending>")
def goal_sheet(number: str, ending: str) -> AnyResponse:
    """Hand out a group's goal sheet; single persons are not named in it, for files outlive an erasure."""
    settings = site().settings
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        if card.number != number:
            return redirect(url_for(".goal_sheet", number=card.number, ending=ending), 301)
        today = clock.today(settings.zone)
        doc = documentation.read(session, today=today, group_id=card.id, public=True)

    def written() -> bytes:
        try:
            return write_document(GOAL_SHEETS, ending, doc, tag(), settings.templates)
        except TemplateUnusable as error:  # for the office to mend; strangers get ours meanwhile
            log.warning("%s", error.text.to("en"))
            return write_document(GOAL_SHEETS, ending, doc, tag())

    # Kept for seconds and named by its content: the sheet that a whole hall asks for is written once.
    whole = site().db.cache.get(f"paper:{card.id}:{ending}:{tag()}", written)
    response = Response(whole, mimetype=DOCUMENT_MIME[ending])
    name = f"{card.number}-{tag()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Language"] = tag()
    response.headers["Cache-Control"] = "public, max-age=300"
    response.set_etag(hashlib.sha256(whole).hexdigest()[:32])
    return response.make_conditional(request)
