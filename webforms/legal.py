"""Privacy, imprint, accessibility, help: what a public office has to say, in plain words."""

from flask import Response

from webforms import pages

blueprint = pages.blueprint("legal")


@blueprint.get("/privacy")
def privacy() -> Response:
    """Say what is stored, why, for how long, and what one can do about it."""
    return pages.show("privacy.html")


@blueprint.get("/imprint")
def imprint() -> Response:
    """Say who answers for these pages."""
    return pages.show("imprint.html")


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """Say how accessible the pages are and where to report a barrier."""
    return pages.show("accessibility.html")
