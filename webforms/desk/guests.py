"""The guests of an event at the desk: who comes, who waits, what they need; as a file, too."""

import tempfile
from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import clock, event_cards, exporting, guests, places
from models.audit import Kind, Verb
from models.errors import NotFound
from models.exporting.guests import guests as table_of
from models.forms.contact import REACH_WORDS
from models.registrations import Registration, RegistrationState
from translations import LANGUAGES, _
from webforms import numbers
from webforms.desk import showing, trail
from webforms.site import site, tag

blueprint = Blueprint("guests", __name__)
_PLACE = "/events/<int:number>/guests"
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
NEEDS = "needs"  # of the filter: who needs something
_CANCELLED = _("The registration is cancelled. The person gets a message, and others move up.")


@blueprint.get(_PLACE)
def listed(number: int) -> Response:
    """Show who is registered, in the order in which they came."""
    show, start = request.args.get("show", ""), numbers.number(request.args.get("from", "")) or 0
    state = RegistrationState(show) if show in set(RegistrationState) else None
    with site().db.reading() as session:
        card = event_cards.card_of(session, guests.event(session, number))
        found = guests.listed(session, number, state, with_needs=show == NEEDS, start=start)
        shown = found[: guests.PAGE]
        return showing.show(
            "desk/guests.html", card=card, found=shown, counts=guests.counts(session, number), show=show,
            states=guests.STATE_NAMES, own_names=OWN_NAMES, reaches=REACH_WORDS,
            chosen=guests.workshops_of(session, [one.id for one in shown]),
            workshops={one.id: one for one in card.workshops},
            onward=start + guests.PAGE if len(found) > guests.PAGE else None,
            saved=_CANCELLED if request.args.get("done") == "cancelled" else None,
        )  # fmt: skip


@blueprint.post(f"{_PLACE}/cancel")
def cancel(number: int) -> AnyResponse:
    """Cancel somebody's registration for them, for example after a call."""
    one = numbers.number(request.form.get("registration", "")) or 0
    with trail.acting(Verb.REMOVE, Kind.EVENT, number) as session:
        found = session.get(Registration, one)
        if found is None or found.event_id != number:
            raise NotFound(_("There is no such registration."))
        places.cancel(session, one)
    return redirect(url_for(".listed", number=number, done="cancelled"), 303)


@blueprint.get(f"{_PLACE}.<any('xlsx', 'csv'):ending>")
def download(number: int, ending: str) -> Response:
    """Hand out the whole list as a file."""
    target = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=2 * 1024 * 1024))  # noqa: SIM115 - it is sent
    zone = site().settings.zone
    with site().db.reading() as session:
        code = guests.event(session, number).code
        exporting.WRITERS[ending](table_of(session, tag(), number), target, tag=tag(), zone=zone)
    with trail.acting(Verb.TAKE_OUT, Kind.FILE, f"guests.{ending}"):
        target.seek(0)
    name = f"guests-{code}-{clock.today(zone).isoformat()}.{ending}"
    return send_file(target, mimetype=exporting.MIME[ending], as_attachment=True, download_name=name)
