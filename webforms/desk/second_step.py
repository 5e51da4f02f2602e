"""The second step of the log-in: setting it up, new codes to write down, turning it off."""

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import factors, regions, sessions, staff_letters, tries
from models.audit import Kind, Verb
from models.errors import InvalidAnswer
from models.staff import StaffMember
from translations import Text, _
from webforms.desk import guard, showing, trail
from webforms.qr import qr_svg
from webforms.site import site

blueprint = Blueprint("second_step", __name__)
TOO_MANY = _("Too many wrong codes. Please wait for a quarter of an hour, or use a code that you wrote down.")
# Translators: a letter to whose account it is; the codes to write down let them in without their phone
_NEW_CODES = _("New codes to write down were made for your second step. The old ones no longer work.")


@blueprint.get("/account/second-step")
def ask() -> Response:
    """Show how the second step is set up, or that it is on."""
    return _page(factors.new_secret())


def _page(secret: str, status: int = 200, error: Text | None = None) -> Response:
    me = guard.me()
    with site().db.reading() as session:
        issuer = regions.the_region(session).name
    code = qr_svg(factors.address(me, secret, issuer)) if me.totp_secret is None else ""
    return showing.show(
        "desk/second_step.html", status, error=error, secret=secret, code=code, codes=None,
        groups=[secret[at : at + 4] for at in range(0, len(secret), 4)], is_due=factors.is_due(me),
        left=len(me.recovery_codes),
    )  # fmt: skip


@blueprint.post("/account/second-step")
def set_up() -> Response:
    """Turn the second step on, and show the codes to write down, this once."""
    secret = request.form.get("secret", "")[:64]
    try:
        with trail.acting(Verb.ADD, Kind.FACTOR, guard.me().id) as session:
            codes = factors.set_up(session, guard.me().id, secret, request.form.get("code", "")[:60])
            sessions.end_others(session, guard.me().id, guard.ticket())
            staff_letters.tell_of_change(session, guard.me(), _("The second step was turned on."))
    except InvalidAnswer as refusal:
        return _page(secret if factors.is_secret(secret) else factors.new_secret(), 422, refusal.text)
    return _codes(codes)


def _codes(codes: list[str]) -> Response:
    return showing.show("desk/second_step.html", codes=codes, error=None)


def _take(session: Session, me: StaffMember) -> Text | None:
    """Use up the code that was sent along; return what is wrong with it."""
    code, key = request.form.get("code", "")[:60], tries.key(tries.CODE, str(me.id))
    if factors.take_recovery_code(session, me.id, code):
        return None
    if tries.are_many(session, key):
        return TOO_MANY
    if factors.take_code(session, me.id, code):
        return None
    tries.note(session, key)
    return factors.WRONG


@blueprint.post("/account/second-step/codes")
def renew() -> Response:
    """Make new codes to write down; the old ones end. Needs a code, so that an open desk is not enough."""
    me, codes = guard.me(), []
    with site().db.transaction() as session:
        wrong = _take(session, me)
        if wrong is None:
            codes = factors.renew_recovery_codes(session, session.get_one(StaffMember, me.id))
            staff_letters.tell_of_change(session, me, _NEW_CODES)
            trail.note(session, Verb.CHANGE, Kind.FACTOR, me.id)
    return _codes(codes) if wrong is None else _page(factors.new_secret(), 422, wrong)


@blueprint.post("/account/second-step/off")
def turn_off() -> AnyResponse:
    """Turn the second step off, for instance for a new phone; admins set it up again at once."""
    me = guard.me()
    with site().db.transaction() as session:
        wrong = _take(session, me)
        if wrong is None:
            factors.turn_off(session, me.id)
            staff_letters.tell_of_change(session, me, _("The second step was turned off."))
            trail.note(session, Verb.REMOVE, Kind.FACTOR, me.id)
    if wrong is not None:
        return _page(factors.new_secret(), 422, wrong)
    return redirect(url_for("desk.accounts.own", saved="off"), 303)
