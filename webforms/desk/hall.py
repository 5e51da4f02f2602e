"""What hangs and lies at the entrance of an event: the hall's code for who comes unregistered, and badges."""

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import door, regions, seats
from models.audit import Kind, Verb
from models.door import WALK_IN_WORDS, Guest
from models.errors import InvalidAnswer, NotFound
from models.event_cards import title_of
from models.events import WalkIns
from models.exporting.badges import badges_pdf
from models.registrations import RegistrationState
from translations import Language, _, catalogues
from webforms.desk import showing, trail
from webforms.qr import qr_svg
from webforms.site import site, tag

blueprint = Blueprint("hall", __name__)
_PLACE = "/events/<int:number>/hall"
INVITE = _("Not registered yet? Scan this code, sign up, come in.")
_SAVED = {
    "walk-ins": _("Saved."),
    "renewed": _("The hall has a new code. Please print it anew; the old one opens nothing any more."),
}


@blueprint.get(_PLACE)
def show(number: int) -> Response:
    """Show the hall's code to be printed, who may come by it, and the badges."""
    with site().db.reading() as session:
        event = door.get(session, number)
        fresh = len(_chosen(door.guests(session, number), "new", ""))
    address = site().settings.address(f"/e/{event.hall_code}")
    return showing.show(
        "desk/hall.html", event=event, title=title_of(event), address=address, code=qr_svg(address),
        invite=INVITE, said_in=_said_in(), choices=WALK_IN_WORDS, fresh=fresh,
        saved=_SAVED.get(request.args.get("saved", "")),
    )  # fmt: skip


def _said_in() -> list[Language]:
    """Return the languages of the invitation, one for each wording: plain German says it like German."""
    found: dict[str, Language] = {}
    for entry in catalogues.offered():
        found.setdefault(INVITE.to(entry.tag), entry)
    return list(found.values())


@blueprint.post(_PLACE)
def act(number: int) -> AnyResponse:
    """Decide who may come without having registered, or give the hall a new code."""
    with trail.acting(Verb.CHANGE, Kind.EVENT, number) as session:
        event = door.get(session, number)
        if request.form.get("act") == "renew":
            door.renew_hall_code(session, event)
            saved = "renewed"
        else:
            raw = request.form.get("walk-ins", "")
            if raw not in set(WalkIns):
                raise InvalidAnswer(_("Please choose one of the answers."))
            door.set_walk_ins(session, event, WalkIns(raw))
            saved = "walk-ins"
    return redirect(url_for(".show", number=number, saved=saved), 303)


@blueprint.post(f"{_PLACE}/badges")
def badges(number: int) -> Response:
    """Hand out badges as PDF and note that they are printed: all, the new ones, or that of one code."""
    with trail.acting(Verb.TAKE_OUT, Kind.EVENT, number) as session:
        event = door.get(session, number)
        which, code = (request.form.get(name, "") for name in ("which", "code"))
        found = _chosen(door.guests(session, number), which, code)
        if not found:
            raise NotFound(_("There is no badge to print."))
        door.mark_badges(session, [one.id for one in found])
        each, title = seats.each(session, found), title_of(event).spoken(tag())
        body = badges_pdf(each, event=title, region=regions.the_region(session), tag=tag())
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="badges-{number}.pdf"'
    return response


def _chosen(everybody: Sequence[Guest], which: str, code: str) -> list[Guest]:
    """Return whose badges are wanted; only who has a place gets one."""
    coming = [one for one in everybody if one.state is RegistrationState.REGISTERED]
    if which == "one":
        wanted = door.read_code(code)
        return [one for one in coming if one.code == wanted]
    return [one for one in coming if which != "new" or one.badge_at is None]
