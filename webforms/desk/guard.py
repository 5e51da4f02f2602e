"""Who may do what at the desk. What is not in the table is open to nobody."""

from typing import cast

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from models import sessions
from models.errors import DomainError, InvalidAnswer
from models.staff import StaffMember, StaffRole
from translations import Language, suggest
from webforms import composing_words, errors, tokens
from webforms.desk import showing
from webforms.site import STAFF_COOKIE, site

ANYBODY: frozenset[StaffRole] = frozenset()
OFFICE = frozenset({StaffRole.OFFICER, StaffRole.ADMIN})
EVERYBODY = frozenset(StaffRole)
ADMINS = frozenset({StaffRole.ADMIN})
ROLES: dict[str, frozenset[StaffRole]] = {
    "desk.login.ask": ANYBODY,
    "desk.login.enter": ANYBODY,
    "desk.login.leave": EVERYBODY,
    "desk.entries.listed": OFFICE,
    "desk.entries.entry": OFFICE,
    "desk.entries.act": OFFICE,
    "desk.entries.take": OFFICE,
    "desk.bulk.look": OFFICE,
    "desk.bulk.accept": OFFICE,
    "desk.groups.listed": OFFICE,
    "desk.groups.group": OFFICE,
    "desk.groups.set_contact": OFFICE,
    "desk.groups.set_open": OFFICE,
    "desk.measures.measure": OFFICE,
    "desk.measures.take": OFFICE,
    "desk.measures.remove": OFFICE,
    "desk.measures.set_target": OFFICE,
    "desk.groups.appoint": OFFICE,
    "desk.groups.dismiss": OFFICE,
    "desk.meetings.listed": OFFICE,
    "desk.meetings.one": OFFICE,
    "desk.meetings.plan": OFFICE,
    "desk.meetings.act": OFFICE,
    "desk.sheets.edit": OFFICE,
    "desk.sheets.save": OFFICE,
    "desk.groups.code_svg": OFFICE,
    "desk.groups.code_png": OFFICE,
    "desk.groups.poster": OFFICE,
    "desk.rounds.listed": OFFICE,
    "desk.rounds.open_now": OFFICE,
    "desk.rounds.one": OFFICE,
    "desk.rounds.choose": OFFICE,
    "desk.rounds.close": OFFICE,
    "desk.call_sheets.show": OFFICE,
    "desk.call_sheets.paper": OFFICE,
    "desk.noting.ask": OFFICE,
    "desk.noting.save": OFFICE,
    "desk.noting.look": OFFICE,
    "desk.noting.hand_over": OFFICE,
    "desk.updates.listed": OFFICE,
    "desk.updates.begin": OFFICE,
    "desk.updates.write": OFFICE,
    "desk.updates.save": OFFICE,
    "desk.updates.correct": OFFICE,
    "desk.updates.recipients": OFFICE,
    "desk.updates.choose": OFFICE,
    "desk.updates.look": OFFICE,
    "desk.updates.mail": OFFICE,
    "desk.updates.try_out": OFFICE,
    "desk.updates.sending": OFFICE,
    "desk.updates.act": OFFICE,
    "desk.deliveries.listed": OFFICE,
    "desk.deliveries.again": OFFICE,
    "desk.exports.download": OFFICE,
    "desk.papers.choose": OFFICE,
    "desk.papers.download": OFFICE,
    "desk.papers.template": OFFICE,
    "desk.workbook.ask": OFFICE,
    "desk.workbook.download": OFFICE,
    "desk.workbook.look": OFFICE,
    "desk.workbook.apply": OFFICE,
    "desk.accounts.own": EVERYBODY,
    "desk.accounts.set_language": EVERYBODY,
    "desk.accounts.set_password": EVERYBODY,
    "desk.accounts.listed": ADMINS,
    "desk.accounts.add": ADMINS,
    "desk.accounts.disable": ADMINS,
}

UPLOADS = {
    "desk.workbook.look": 6_000_000,
    "desk.updates.save": composing_words.MOST_TOGETHER,
    "desk.updates.correct": composing_words.MOST_TOGETHER,
}  # bytes of a request with a file; others are bound by the app


def ticket() -> str:
    """Return the token of this browser's session, "" where there is none."""
    return request.cookies.get(site().cookie(STAFF_COOKIE), "")


def me() -> StaffMember:
    """Return who is logged in; only behind the guard."""
    return cast(StaffMember, g.staff)


def own_path(raw: str) -> str:
    """Return an address to go on to if it is one of the desk's own, else the desk's first page."""
    is_own = raw.startswith("/desk/") and raw.isascii() and raw.isprintable() and "\\" not in raw
    return raw if is_own and "//" not in raw and ".." not in raw else url_for("desk.entries.listed")


def _suggested() -> Language:
    wanted = {entry.tag: entry for entry in showing.offered()}.get(request.args.get("lang", ""))
    return wanted or suggest(request.headers.get("Accept-Language"))


def _to_login() -> AnyResponse:
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    number = (request.view_args or {}).get("number")
    if not back and request.endpoint in ("desk.entries.act", "desk.entries.take"):
        back = url_for("desk.entries.entry", number=number)
    onwards = back if back != url_for("desk.entries.listed") else ""
    return redirect(url_for("desk.login.ask", next=onwards or None), 303)


def _admit() -> AnyResponse | None:
    g.tag = _suggested().tag
    request.max_content_length = UPLOADS.get(request.endpoint or "", request.max_content_length)
    roles = ROLES.get(request.endpoint or "")
    if roles is ANYBODY:
        return None
    token = ticket()
    with site().db.reading() as session:
        member = sessions.staff_of(session, token) if token else None
    if member is None:
        return _to_login()
    g.staff, g.tag, g.desk_ticket = member, member.language, token
    if roles is None or member.role not in roles:
        abort(403)
    if request.method == "POST":
        _must_be_our_form(token)
    return None


def _must_be_our_form(token: str) -> None:
    try:
        tokens.check(site().secret, request.form.get("csrf", ""), bound_to=token)
    except InvalidAnswer:
        abort(400)


def _refused(error: DomainError) -> Response:
    status = next((code for kind, code in errors.STATUS.items() if isinstance(error, kind)), 400)
    return showing.show("desk/error.html", status, words=error.text)


def _failed(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return showing.show("desk/error.html", status, words=errors.WORDS.get(status, errors.WORDS[400]))


def protect(blueprint: Blueprint) -> None:
    """Put everything of the blueprint behind the log-in, the table of roles and the form check."""
    blueprint.before_request(_admit)
    blueprint.register_error_handler(DomainError, _refused)
    blueprint.register_error_handler(HTTPException, _failed)
