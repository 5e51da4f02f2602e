"""Logging in and out."""

import threading

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import sessions, staff
from models.errors import InvalidAnswer
from models.staff import StaffMember
from translations import Text, _
from webforms import tokens
from webforms.desk import guard, showing
from webforms.site import STAFF_COOKIE, drop_cookie, set_cookie, site

blueprint = Blueprint("login", __name__)
# The same words for an unknown address, a wrong password and too many tries: nobody learns who works here.
REFUSED = _(
    "The e-mail address or the password is not right. After several tries, please wait for half a minute."
)
SECOND_FACTOR = _("This account needs a second step that cannot be asked for here yet.")
_LONGEST_PASSWORD = 200
# A hash takes 19 MiB and a processor: more than two at once would only slow each other down.
_hashing = threading.BoundedSemaphore(2)


def second_factor_needed(member: StaffMember) -> bool:
    """Return whether the account has a second factor; the step that asks for it belongs here."""
    return member.totp_secret is not None


@blueprint.get("/login")
def ask() -> Response:
    """Show the log-in form."""
    return _form(guard.own_path(request.args.get("next", "")))


def _form(onwards: str, status: int = 200, *, email: str = "", error: Text | None = None) -> Response:
    return showing.show("desk/login.html", status, onwards=onwards, email=email, error=error)


@blueprint.post("/login")
def enter() -> AnyResponse:
    """Begin a session with a fresh token, or say that something was not right."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400)
    onwards = guard.own_path(request.form.get("next", ""))
    email, password = request.form.get("email", "")[:254], request.form.get("password", "")
    try:
        tokens.check(site().secret, request.form.get("csrf", ""))
    except InvalidAnswer as expired:
        return _form(onwards, 400, email=email, error=expired.text)
    member = _known(email, password)
    if member is None:
        return _form(onwards, 422, email=email, error=REFUSED)
    if second_factor_needed(member):
        return _form(onwards, 403, email=email, error=SECOND_FACTOR)
    return _begin(member, onwards)


def _known(email: str, password: str) -> StaffMember | None:
    """Return whose address and password these are. Hashing happens outside of any transaction."""
    with site().db.reading() as session:
        member = staff.by_email(session, email)
    is_tried = member is not None and member.disabled_at is None and staff.may_try(member)
    with _hashing:
        hashed = member.password_hash if member is not None and is_tried else None
        is_right = len(password) <= _LONGEST_PASSWORD and staff.fits(password, hashed)
    if member is None or not is_tried:
        return None
    with site().db.transaction() as session:
        present = staff.get(session, member.id)
        if present is None:
            return None
        staff.note_attempt(session, present, succeeded=is_right)
    return present if is_right else None


def _begin(member: StaffMember, onwards: str) -> AnyResponse:
    old = guard.ticket()
    with site().db.transaction() as session:
        if old:
            sessions.end(session, old)
        token = sessions.start(session, staff_id=member.id)
    response = redirect(guard.path_for(member, onwards), 303)
    set_cookie(response, STAFF_COOKIE, token, span=sessions.STAFF_SPAN)
    return response


@blueprint.post("/logout")
def leave() -> AnyResponse:
    """End the session in this browser."""
    with site().db.transaction() as session:
        sessions.end(session, g.desk_ticket)
    response = redirect(url_for(".ask"), 303)
    drop_cookie(response, STAFF_COOKIE)
    return response
