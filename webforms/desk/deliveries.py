"""Messages that did not arrive or still wait."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import troubles
from models.audit import Kind, Verb
from models.forms.contact import REACH_WORDS
from translations import _
from webforms.desk import showing, trail
from webforms.site import site

blueprint = Blueprint("deliveries", __name__)


@blueprint.get("/deliveries")
def listed() -> Response:
    """Show what was lost, with reasons, and what still waits."""
    with site().db.reading() as session:
        return showing.show(
            "desk/deliveries.html", lost=troubles.lost(session), delayed=troubles.delayed(session),
            delivery_words=troubles.DELIVERY_WORDS, message_words=troubles.MESSAGE_WORDS,
            reaches=REACH_WORDS, shown=troubles.SHOWN,
            saved=_("The message goes out once more.") if request.args.get("saved") == "again" else None,
        )  # fmt: skip


@blueprint.post("/deliveries/<int:number>/again")
def again(number: int) -> AnyResponse:
    """Send a lost message once more."""
    with trail.acting(Verb.SEND, Kind.MESSAGE, number) as session:
        troubles.try_again(session, number)
    return redirect(url_for(".listed", saved="again"), 303)
