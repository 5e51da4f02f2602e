"""Logging in and out: the password, then a code where one is needed."""

import threading
from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import audit, devices, factors, periods, sessions, staff, staff_letters, tries
from models.audit import Kind, Verb
from models.errors import InvalidAnswer
from models.staff import StaffMember
from translations import Text, _
from webforms import tokens
from webforms.desk import guard, showing, trail
from webforms.site import DEVICE_COOKIE, STAFF_COOKIE, drop_cookie, set_cookie, site, tag

blueprint = Blueprint("login", __name__)
# The same words for an unknown address and a wrong password: nobody learns who works here.
REFUSED = _("The e-mail address or the password is not right.")
BEGIN_AGAIN = _("Please log in once more: this took too long, or the code was wrong too often.")
_LONGEST_PASSWORD = 200
# A hash takes 19 MiB and a processor: more than two at once would only slow each other down.
_hashing = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an address and a password. `is_hammered`: so many fail just now that a code decides."""

    member: StaffMember | None
    is_hammered: bool

    @property
    def needs_code(self) -> bool:
        """Whether the second step follows; where many fail it always does, and the first tells nothing."""
        return self.is_hammered or (self.member is not None and self.member.totp_secret is not None)


def _device_token() -> str:
    return request.cookies.get(site().cookie(DEVICE_COOKIE), "")[:100]


def _keys(email: str) -> tuple[str, ...]:
    return (
        tries.key(tries.ACCOUNT, email),
        tries.key(tries.ADDRESS, request.remote_addr or ""),
        tries.key(tries.ALL),
    )


@blueprint.get("/login")
def ask() -> Response:
    """Show the log-in form."""
    again = BEGIN_AGAIN if "again" in request.args else None
    return form(guard.own_path(request.args.get("next", "")), error=again)


def form(onwards: str, status: int = 200, *, email: str = "", error: Text | None = None) -> Response:
    """Show the log-in with all ways in that are offered here."""
    provider = site().provider
    return showing.show(
        "desk/login.html", status, onwards=onwards, email=email, error=error,
        has_passkeys=site().party is not None, sign_on=provider.name if provider is not None else "",
    )  # fmt: skip


@blueprint.post("/login")
def enter() -> AnyResponse:
    """Begin a session with a fresh token, ask for a code, or say that something was not right."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400)
    onwards = guard.own_path(request.form.get("next", ""))
    email, password = request.form.get("email", "")[:254], request.form.get("password", "")
    try:
        tokens.check(site().secret, request.form.get("csrf", ""))
    except InvalidAnswer as expired:
        return form(onwards, 400, email=email, error=expired.text)
    attempt = _tried(email, password)
    if attempt.needs_code:
        return ask_second_step(attempt.member, onwards)
    if attempt.member is None:
        return form(onwards, 422, email=email, error=REFUSED)
    with site().db.transaction() as session:
        return begin(session, attempt.member, onwards)


def _tried(email: str, password: str) -> Attempt:
    """Find out whose address and password these are. Hashing happens outside of any transaction."""
    with site().db.reading() as session:
        member = staff.by_email(session, email)
        is_known = member is not None and devices.find(session, member.id, _device_token()) is not None
        is_hammered = not is_known and tries.are_many(session, *_keys(email))
    with _hashing:
        hashed = member.password_hash if member is not None and member.disabled_at is None else None
        is_right = len(password) <= _LONGEST_PASSWORD and staff.fits(password, hashed)
    if is_right:
        return Attempt(member, is_hammered)
    with site().db.transaction() as session:
        if is_known and member is not None:
            devices.note_failure(session, member.id, _device_token())
        else:
            tries.note(session, *_keys(email))
    return Attempt(None, is_hammered)


def ask_second_step(member: StaffMember | None, onwards: str) -> AnyResponse:
    """Lead on to the second step; who has none set up gets a code by e-mail, if the password was right."""
    with site().db.transaction() as session:
        code = ""
        if member is not None and member.totp_secret is None and site().settings.has_mail:
            code = staff_letters.send_code(session, member)
        _end_present(session)
        token = sessions.await_code(
            session, member.id if member else None, device=_device_name(), mailed_code=code
        )
    response = redirect(url_for("desk.login.ask_code", next=onwards, lang=tag()), 303)
    set_cookie(response, STAFF_COOKIE, token, span=sessions.CODE_SPAN)
    return response


def _device_name() -> str:
    return devices.name_of(request.headers.get("User-Agent", ""))


def _end_present(session: Session) -> None:
    if guard.ticket():
        sessions.end(session, guard.ticket())


def begin(session: Session, member: StaffMember, onwards: str) -> AnyResponse:
    """Begin a session under a new token; the owner hears of a browser that is new to the account."""
    _end_present(session)
    token = sessions.start(session, staff_id=member.id, device=_device_name())
    fresh = devices.note(session, member.id, _device_token())
    if fresh:
        staff_letters.tell_of_device(session, member, _device_name())
    audit.note(session, member.id, Verb.LOG_IN, Kind.SESSION)
    response = redirect(guard.path_for(member, onwards), 303)
    set_cookie(response, STAFF_COOKIE, token, span=sessions.STAFF_SPAN)
    if fresh:
        set_cookie(response, DEVICE_COOKIE, fresh, span=periods.of(session)["browsers"])
    return response


@blueprint.get("/login/code")
def ask_code() -> AnyResponse:
    """Ask for the code, right after a password."""
    with site().db.reading() as session:
        if sessions.awaiting(session, guard.ticket()) is None:
            return redirect(url_for(".ask"), 303)
    return _code_form(guard.own_path(request.args.get("next", "")))


def _code_form(onwards: str, status: int = 200, error: Text | None = None) -> Response:
    g.desk_ticket = guard.ticket()
    return showing.show("desk/login_code.html", status, onwards=onwards, error=error)


@blueprint.post("/login/code")
def enter_code() -> AnyResponse:
    """Begin the session if the code is right; after some wrong ones the password is asked for again."""
    onwards = guard.own_path(request.form.get("next", ""))
    if not guard.ticket():
        return redirect(url_for(".ask"), 303)
    guard.must_be_our_form(guard.ticket())
    with site().db.transaction() as session:
        waiting = sessions.awaiting(session, guard.ticket())
        if waiting is None or waiting.tries >= sessions.CODE_TRIES:
            return redirect(url_for(".ask", again=1), 303)
        waiting.tries += 1
        member = staff.get(session, waiting.staff_id) if waiting.staff_id else None
        if member is not None and _is_right(session, member, waiting, request.form.get("code", "")[:60]):
            return begin(session, member, onwards)
        is_lost = member is not None and factors.is_lost(session, member)
    return _code_form(onwards, 422, factors.LOST if is_lost else factors.WRONG)


def _is_right(session: Session, member: StaffMember, waiting: sessions.LogIn, code: str) -> bool:
    if factors.take_recovery_code(session, member.id, code) or sessions.is_mailed_code(waiting, code):
        return True
    # Six digits can be guessed by who has the password, unless only few are looked at from unknown browsers.
    key = tries.key(tries.CODE, str(member.id))
    is_known = devices.find(session, member.id, _device_token()) is not None
    if not is_known and tries.are_many(session, key):
        return False
    if factors.take_code(session, member.id, code):
        return True
    tries.note(session, key)
    return False


@blueprint.post("/logout")
def leave() -> AnyResponse:
    """End the session in this browser."""
    with trail.acting(Verb.LOG_OUT, Kind.SESSION) as session:
        sessions.end(session, g.desk_ticket)
    response = redirect(url_for(".ask"), 303)
    drop_cookie(response, STAFF_COOKIE)
    return response
