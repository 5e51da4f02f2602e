"""Documents for committees: the half-year documentation and goal sheets, in any language."""

import io

from flask import Blueprint, Response, request, send_file

from models import clock, groups
from models.errors import InvalidAnswer
from models.exporting import documentation, docx_template
from models.exporting.documents import DOCUMENT_MIME, DOCUMENTATION, GOAL_SHEETS, write_document
from translations import _, catalogues
from webforms.desk import showing
from webforms.site import site, tag

blueprint = Blueprint("papers", __name__)


@blueprint.get("/documents")
def choose() -> Response:
    """Offer the documents, with their languages."""
    with site().db.reading() as session:
        cards = groups.directory(session).cards
    return showing.show(
        "desk/documents.html", cards=cards, tongues_offered=catalogues.offered(), names=docx_template.NAMES
    )


@blueprint.get("/documents/docx", defaults={"ending": "docx"})
@blueprint.get("/documents/pdf", defaults={"ending": "pdf"})
def download(ending: str) -> Response:
    """Hand out the documentation, or with `?group=` one goal sheet, in the language of `?language=`."""
    language = request.args.get("language", tag())
    if language not in {entry.tag for entry in catalogues.offered()}:
        raise InvalidAnswer(_("Please choose one of the languages."))
    number, settings = request.args.get("group", ""), site().settings
    with site().db.reading() as session:
        card = groups.directory(session).get(number) if number else None
        today = clock.today(settings.zone)
        doc = documentation.read(session, today=today, group_id=card.id if card else None)
    kind = GOAL_SHEETS if card else DOCUMENTATION
    whole = write_document(kind, ending, doc, language, settings.templates)
    name = "-".join((kind, card.number, language) if card else (kind, language))
    return _file(whole, ending, f"{name}-{doc.today.isoformat()}.{ending}")


@blueprint.get("/documents/template/documentation.docx", defaults={"name": docx_template.DOCUMENTATION})
@blueprint.get("/documents/template/goal-sheets.docx", defaults={"name": docx_template.GOAL_SHEETS})
@blueprint.get("/documents/template/conference.docx", defaults={"name": docx_template.CONFERENCE})
def template(name: str) -> Response:
    """Hand out one of our Word templates, to be changed in Word."""
    return _file(docx_template.built_in(name), "docx", name)


def _file(whole: bytes, ending: str, name: str) -> Response:
    return send_file(
        io.BytesIO(whole), mimetype=DOCUMENT_MIME[ending], as_attachment=True, download_name=name
    )
