"""Privacy, imprint, accessibility, help: what a public office has to say, in plain words."""

from flask import Response

from models import processing
from models.periods import KINDS
from webforms import pages
from webforms.site import site

blueprint = pages.blueprint("legal")


@blueprint.get("/privacy")
def privacy() -> Response:
    """Say what is stored, why, for how long, and what one can do about it."""
    settings = site().settings
    said = settings.periods.said
    purposes = [
        (one, [(KINDS[key], said(key)) for key in processing.periods_of(one, settings)])
        for one in processing.in_use(settings)
    ]
    return pages.show(
        "privacy.html", purposes=purposes, recipients=processing.recipients(settings),
        abroad=processing.abroad(settings), bases=processing.BASIS_WORDS, measures=processing.MEASURES,
    )  # fmt: skip


@blueprint.get("/imprint")
def imprint() -> Response:
    """Say who answers for these pages."""
    return pages.show("imprint.html")


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """Say how accessible the pages are and where to report a barrier."""
    return pages.show("accessibility.html")
