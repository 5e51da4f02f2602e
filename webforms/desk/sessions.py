"""Where one is logged in: ending single sessions, or all others."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import sessions
from models.audit import Kind, Verb
from models.errors import NotFound
from translations import _
from webforms.desk import guard, trail

blueprint = Blueprint("sessions", __name__)


@blueprint.post("/account/sessions/end")
def end() -> AnyResponse:
    """End one of one's own sessions."""
    with trail.acting(Verb.REMOVE, Kind.SESSION) as session:
        if not sessions.revoke(session, guard.me().id, request.form.get("session", "")[:64]):
            raise NotFound(_("This session has ended already."))
    return redirect(url_for("desk.accounts.own", saved="ended"), 303)


@blueprint.post("/account/sessions/end-others")
def end_others() -> AnyResponse:
    """End all sessions but this one."""
    with trail.acting(Verb.REMOVE, Kind.SESSION) as session:
        sessions.end_others(session, guard.me().id, guard.ticket())
    return redirect(url_for("desk.accounts.own", saved="ended"), 303)
