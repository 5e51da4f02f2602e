"""Passkeys: logging in with one, and adding, looking over and removing one's own.

A script asks the browser for what only the device can make; all else are forms as everywhere.
"""

import json

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import ceremonies, passkey_proofs, passkeys, regions, sessions, staff, staff_letters, tries
from models.audit import Kind, Verb
from models.ceremonies import Purpose
from models.errors import DomainError, InvalidAnswer
from models.forms import clean
from models.passkeys import Party
from translations import Text, _
from webforms import tokens
from webforms.desk import accounts, guard, login, showing, trail
from webforms.site import CEREMONY_COOKIE, set_cookie, site, tag

blueprint = Blueprint("passkeys", __name__)
UNKNOWN = _("This passkey does not open an account here. Please log in with your password.")


def _party() -> Party:
    found = site().party
    return found if found is not None else abort(404)


def _ticket() -> str:
    return request.cookies.get(site().cookie(CEREMONY_COOKIE), "")[:100]


def _question(options: str, token: str) -> Response:
    """Answer the script with what the browser is to be asked."""
    response = Response(options, mimetype="application/json")
    set_cookie(response, CEREMONY_COOKIE, token, span=ceremonies.SPAN)
    return response


@blueprint.post("/login/passkey/begin")
def ask_known() -> Response:
    """Say what a browser needs to let somebody choose a passkey."""
    _must_be_login_form()
    party = _party()
    with site().db.transaction() as session:
        token, begun = ceremonies.begin(session, Purpose.USE_PASSKEY)
        return _question(passkey_proofs.ask_for_known(party, begun), token)


def _must_be_login_form() -> None:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400)
    try:
        tokens.check(site().secret, request.form.get("csrf", ""))
    except InvalidAnswer:
        abort(400)


@blueprint.post("/login/passkey")
def enter() -> AnyResponse:
    """Begin a session for whose passkey has answered: both steps, for the device has asked for its owner."""
    _must_be_login_form()
    party, onwards = _party(), guard.own_path(request.form.get("next", ""))
    with site().db.transaction() as session:
        begun = ceremonies.take(session, Purpose.USE_PASSKEY, _ticket())
        answer = request.form.get("answer", "")
        member = passkey_proofs.take_known(session, party, begun, answer) if begun is not None else None
        if member is not None:
            return login.begin(session, member, onwards)
    return login.form(onwards, 422, error=UNKNOWN)


@blueprint.get("/account/passkeys")
def listed() -> Response:
    """Show one's own passkeys, and how to add one."""
    return _page()


def _page(status: int = 200, error: Text | None = None) -> Response:
    with site().db.reading() as session:
        return showing.show(
            "desk/passkeys.html", status, error=error, keys=passkeys.of_member(session, guard.me().id),
            saved=accounts.saved(), is_offered=site().party is not None, longest=passkeys.LONGEST_NAME,
        )  # fmt: skip


@blueprint.post("/account/passkeys/begin")
def ask_new() -> Response:
    """Say what a browser needs to make a passkey. Needs the password, so that an open desk is not enough."""
    party, me = _party(), guard.me()
    wrong = _wrong_password(request.form.get("password", "")[:200])
    if wrong is None and not _name():
        wrong = passkeys.NO_NAME
    if wrong is not None:
        return _refused(wrong)
    with site().db.transaction() as session:
        token, begun = ceremonies.begin(session, Purpose.ADD_PASSKEY, staff_id=me.id)
        region = regions.the_region(session).name
        return _question(passkey_proofs.ask_for_new(session, party, begun, me, region), token)


def _refused(words: Text) -> Response:
    said = str(words.to(tag()))
    return Response(json.dumps({"error": said}), 422, mimetype="application/json")


def _name() -> str:
    return clean.text(request.form.get("name", "")[:200], longest=passkeys.LONGEST_NAME)


def _wrong_password(password: str) -> Text | None:
    """Return what is wrong with the password that was sent along."""
    key = tries.key(tries.CODE, f"password of {guard.me().id}")
    with site().db.reading() as session:
        if tries.are_many(session, key):
            return _("The password was wrong too often. Please wait for a quarter of an hour.")
    if staff.fits(password, guard.me().password_hash):
        return None
    with site().db.transaction() as session:
        tries.note(session, key)
    return accounts.WRONG_PASSWORD


@blueprint.post("/account/passkeys")
def add() -> AnyResponse:
    """Keep the passkey that the browser has made."""
    party, me, name = _party(), guard.me(), _name()
    with site().db.transaction() as session:
        begun = ceremonies.take(session, Purpose.ADD_PASSKEY, _ticket(), staff_id=me.id)
    if begun is None:
        return _page(422, passkey_proofs.AGAIN)
    answer = request.form.get("answer", "")
    try:
        with site().db.transaction() as session:
            made = passkey_proofs.take_new(session, party, begun, me.id, answer, name)
            what = _("A passkey was added: {name}")(name=made.name)
            staff_letters.tell_of_change(session, me, what)
            trail.note(session, Verb.ADD, Kind.PASSKEY, made.id)
    except DomainError as refusal:
        return _page(422, refusal.text)
    return redirect(url_for(".listed", saved="passkey"), 303)


@blueprint.post("/account/passkeys/<int:number>/remove")
def remove(number: int) -> AnyResponse:
    """Take one of one's own passkeys away; what it has opened elsewhere is closed with it."""
    me = guard.me()
    with trail.acting(Verb.REMOVE, Kind.PASSKEY, number) as session:
        gone = passkeys.remove(session, me.id, number)
        sessions.end_others(session, me.id, guard.ticket())
        staff_letters.tell_of_change(session, me, _("A passkey was removed: {name}")(name=gone.name))
    return redirect(url_for(".listed", saved="passkey-gone"), 303)
