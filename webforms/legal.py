"""Privacy, imprint, accessibility, help: what a public office has to say, in plain words."""

from datetime import timedelta

from flask import Blueprint, Response

from models import clock, processing, regions
from models.periods import KINDS
from webforms import pages
from webforms.site import site

blueprint = pages.blueprint("legal")
well_known = Blueprint("well_known", __name__, url_prefix="/.well-known")
GOOD_FOR = timedelta(days=180)  # what is older should not be believed, says RFC 9116; less than a year


@well_known.get("/security.txt")
def security() -> Response:
    """Say to whom a hole is reported, as RFC 9116 wants it: to the region's office."""
    address = site().settings.address
    with site().db.reading() as session:
        email = regions.the_region(session).email
    contact = (
        f"mailto:{email}" if email and email.isascii() and email.isprintable() else address("/de/imprint")
    )
    until = (clock.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {contact.replace(' ', '')}",
        f"Expires: {until.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: de, en",
        f"Canonical: {address('/.well-known/security.txt')}",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


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
