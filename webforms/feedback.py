"""What people say to a goal, for everybody, once the office has released it."""

from flask import Response

from models import feedback_summary, groups
from models.errors import NotFound
from models.feedback import SIDE_WORDS
from translations import _
from webforms import pages
from webforms.site import site

blueprint = pages.blueprint("feedback")


@blueprint.get("/groups/<number>/feedback")
def show(number: str) -> Response:
    """Show topics, points and counts of a goal, the latest event first."""
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        found = feedback_summary.released(session, card.id)
    if not found:
        raise NotFound(_("There is no feedback on this goal yet."))
    return pages.show("feedback.html", card=card, found=found, sides=SIDE_WORDS)
