"""After an event: thanks to those who came, contacts to hand over, the documentation as Word and PDF."""

import io

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import audiences, clock, event_cards, event_thanks, groups, guests, hand_overs
from models.audiences import Audience
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import DomainError, InvalidAnswer
from models.exporting import conference
from models.exporting.documents import DOCUMENT_MIME, write_conference
from models.forms import review
from translations import LANGUAGES, Text, _, catalogues
from webforms import numbers
from webforms.attachments import store
from webforms.desk import guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("aftermath", __name__)
_PLACE = "/events/<int:number>/after"
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


@blueprint.get(_PLACE)
def show(number: int) -> Response:
    """Show what there is to do after an event."""
    with site().db.reading() as session:
        card = event_cards.card_of(session, guests.event(session, number))
        return showing.show(
            "desk/after.html", card=card, thanks=event_thanks.written(session, card),
            waiting=hand_overs.count(session), tongues_offered=catalogues.offered(),
            reached=audiences.count(session, Audience(events=frozenset({number}), arrived=True)),
        )  # fmt: skip


@blueprint.post(f"{_PLACE}/thanks")
def thank(number: int) -> AnyResponse:
    """Write the thanks and go on to them: they are read once more before they are sent."""
    with trail.acting(Verb.ADD, Kind.UPDATE) as session:
        card = event_cards.card_of(session, guests.event(session, number))
        update = event_thanks.thank(session, card, by=Author(staff_id=guard.me().id)).id
    return redirect(url_for("desk.updates.write", number=update), 303)


@blueprint.get(f"{_PLACE}/documentation.<any('docx', 'pdf'):ending>")
def download(number: int, ending: str) -> Response:
    """Hand out the documentation, in the language of `?language=`."""
    language, settings = request.args.get("language", tag()), site().settings
    if language not in {entry.tag for entry in catalogues.offered()}:
        raise InvalidAnswer(_("Please choose one of the languages."))
    with site().db.reading() as session:
        today = clock.today(settings.zone)
        doc = conference.read(session, guests.event(session, number).code, store(), today=today)
    whole = write_conference(ending, doc, language, settings.templates)
    with trail.acting(Verb.TAKE_OUT, Kind.FILE, f"conference.{ending}"):
        name = f"conference-{doc.code}-{language}.{ending}"
    return send_file(
        io.BytesIO(whole), mimetype=DOCUMENT_MIME[ending], as_attachment=True, download_name=name
    )


@blueprint.get("/contacts")
def contacts() -> Response:
    """Show the contacts that may be handed over and have not been yet."""
    return _contacts()


def _contacts(done: int = 0, failed: tuple[tuple[int, Text], ...] = (), status: int = 200) -> Response:
    with site().db.reading() as session:
        found = hand_overs.listed(session, numbers.number(request.args.get("after", "")) or 0)
        shown = found[: hand_overs.PAGE]
        return showing.show(
            "desk/contacts.html", status, found=shown, directory=groups.directory(session), done=done,
            failed=failed, own_names=OWN_NAMES,
            onward=shown[-1].submission_id if len(found) > hand_overs.PAGE else None,
        )  # fmt: skip


@blueprint.post("/contacts")
def hand_over() -> AnyResponse:
    """Hand over the contacts that are ticked, each in a transaction of its own; tell which could not be."""
    done, failed = 0, list[tuple[int, Text]]()
    for raw in dict.fromkeys(request.form.getlist("entry")):
        number, version = (numbers.number(one) or 0 for one in (raw, request.form.get(f"version-{raw}", "")))
        try:
            with site().db.transaction() as session:
                review.hand_over(session, guard.me(), number, version=version)
            done += 1
        except DomainError as refusal:
            failed.append((number, refusal.text))
    return _contacts(done, tuple(failed), 409 if failed else 200)
