"""Who may do what at the desk. What is not in the table is open to nobody."""

from typing import cast

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from models import factors, sessions
from models.errors import DomainError, InvalidAnswer
from models.staff import OFFICE, StaffMember, StaffRole
from translations import Language, Text, suggest
from webforms import composing_words, errors, tokens
from webforms.desk import showing
from webforms.site import STAFF_COOKIE, site

ANYBODY: frozenset[StaffRole] = frozenset()
REVIEWING = OFFICE | {StaffRole.REVIEWER}  # what they see is narrowed by `models.reach`
MEETING = OFFICE | {StaffRole.MODERATOR}
TRANSLATING = OFFICE | {StaffRole.TRANSLATOR}
EVERYBODY = frozenset(StaffRole)
ADMINS = frozenset({StaffRole.ADMIN})
ROLES: dict[str, frozenset[StaffRole]] = {
    "desk.login.ask": ANYBODY,
    "desk.login.enter": ANYBODY,
    "desk.login.ask_code": ANYBODY,  # they look for the right password themselves
    "desk.login.enter_code": ANYBODY,
    "desk.passkeys.ask_known": ANYBODY,
    "desk.passkeys.enter": ANYBODY,
    "desk.sign_on.begin": ANYBODY,
    "desk.sign_on.back": ANYBODY,
    "desk.login.leave": EVERYBODY,
    "desk.entries.listed": REVIEWING,
    "desk.entries.entry": REVIEWING,
    "desk.entries.act": REVIEWING,
    "desk.entries.take": REVIEWING,
    "desk.bulk.look": REVIEWING,
    "desk.bulk.accept": REVIEWING,
    "desk.groups.listed": MEETING,
    "desk.groups.group": OFFICE,
    "desk.groups.show_to_all": OFFICE,
    "desk.groups.set_contact": OFFICE,
    "desk.groups.set_open": OFFICE,
    "desk.measures.measure": OFFICE,
    "desk.measures.take": OFFICE,
    "desk.measures.remove": OFFICE,
    "desk.measures.set_target": OFFICE,
    "desk.groups.appoint": OFFICE,
    "desk.groups.dismiss": OFFICE,
    "desk.groups.end_chat": OFFICE,
    "desk.meetings.listed": MEETING,
    "desk.meetings.one": MEETING,
    "desk.meetings.plan": MEETING,
    "desk.meetings.act": MEETING,
    "desk.feedback.listed": MEETING,
    "desk.feedback.one": MEETING,
    "desk.feedback.sort": MEETING,
    "desk.feedback.topics": MEETING,
    "desk.feedback.release": OFFICE,
    "desk.feedback.ask": MEETING,
    "desk.feedback.type_in": MEETING,
    "desk.feedback.sheet": MEETING,
    "desk.feedback.export": OFFICE,
    "desk.dots.listed": MEETING,
    "desk.dots.begin": MEETING,
    "desk.dots.one": MEETING,
    "desk.dots.board": MEETING,
    "desk.dots.phase": MEETING,
    "desk.dots.move": MEETING,
    "desk.dots.word": MEETING,
    "desk.dots.add_cards": MEETING,
    "desk.dots.topics": MEETING,
    "desk.dots.paper": MEETING,
    "desk.dots.slips": MEETING,
    "desk.dots.export": MEETING,
    "desk.dots.goals": OFFICE,
    "desk.sheets.edit": OFFICE,
    "desk.sheets.save": OFFICE,
    "desk.groups.code_svg": OFFICE,
    "desk.groups.code_png": OFFICE,
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
    "desk.events.listed": OFFICE,
    "desk.events.create": OFFICE,
    "desk.events.edit": OFFICE,
    "desk.events.save": OFFICE,
    "desk.events.plan": OFFICE,
    "desk.events.workshops": OFFICE,
    "desk.events.act": OFFICE,
    "desk.events.invite": OFFICE,
    "desk.guests.listed": OFFICE,
    "desk.guests.cancel": OFFICE,
    "desk.guests.download": OFFICE,
    "desk.aftermath.show": OFFICE,
    "desk.aftermath.thank": OFFICE,
    "desk.aftermath.download": OFFICE,
    "desk.aftermath.contacts": OFFICE,
    "desk.aftermath.hand_over": OFFICE,
    "desk.workshops.listed": MEETING,
    "desk.workshops.desk": MEETING,  # whose own it is, models.workshop_sheets decides
    "desk.workshops.write": MEETING,
    "desk.workshops.state": MEETING,
    "desk.workshops.save": MEETING,
    "desk.workshops.add_step": MEETING,
    "desk.workshops.set_step": MEETING,
    "desk.workshops.take_picture": MEETING,
    "desk.workshops.show_picture": OFFICE,
    "desk.workshops.remove_picture": MEETING,
    "desk.workshops.put": MEETING,
    "desk.deliveries.listed": OFFICE,
    "desk.deliveries.again": OFFICE,
    "desk.exports.download": OFFICE,
    "desk.kept.show": OFFICE,
    "desk.kept.take": OFFICE,
    "desk.papers.choose": OFFICE,
    "desk.papers.download": OFFICE,
    "desk.papers.template": OFFICE,
    "desk.prints.choose": OFFICE,
    "desk.prints.paper": OFFICE,
    "desk.prints.page": OFFICE,
    "desk.workbook.ask": OFFICE,
    "desk.workbook.download": OFFICE,
    "desk.workbook.look": OFFICE,
    "desk.workbook.apply": OFFICE,
    "desk.door.show": OFFICE,
    "desk.door.let_in": OFFICE,
    "desk.door.undo": OFFICE,
    "desk.door.everybody": OFFICE,
    "desk.door.take_queue": OFFICE,
    "desk.hall.show": OFFICE,
    "desk.hall.act": OFFICE,
    "desk.hall.badges": OFFICE,
    "desk.stacks.choose": OFFICE,
    "desk.stacks.take_in": OFFICE,
    "desk.translations.listed": TRANSLATING,
    "desk.translations.one": TRANSLATING,
    "desk.translations.act": TRANSLATING,
    "desk.translation_files.ask": TRANSLATING,
    "desk.translation_files.download": TRANSLATING,
    "desk.translation_files.look": TRANSLATING,
    "desk.translation_files.apply": TRANSLATING,
    "desk.translation_files.catalogue": TRANSLATING,
    "desk.accounts.own": EVERYBODY,
    "desk.accounts.set_language": EVERYBODY,
    "desk.accounts.set_password": EVERYBODY,
    "desk.sessions.end": EVERYBODY,
    "desk.sessions.end_others": EVERYBODY,
    "desk.second_step.ask": EVERYBODY,
    "desk.second_step.set_up": EVERYBODY,
    "desk.second_step.renew": EVERYBODY,
    "desk.second_step.turn_off": EVERYBODY,
    "desk.passkeys.listed": EVERYBODY,
    "desk.passkeys.ask_new": EVERYBODY,
    "desk.passkeys.add": EVERYBODY,
    "desk.passkeys.remove": EVERYBODY,
    "desk.accounts.reset_factor": ADMINS,
    "desk.audit.listed": ADMINS,
    "desk.accounts.listed": ADMINS,
    "desk.accounts.add": ADMINS,
    "desk.accounts.disable": ADMINS,
}
# What an admin can do before the second step is set up, which all else waits for.
WITHOUT_FACTOR = (
    "desk.second_step.ask", "desk.second_step.set_up", "desk.login.leave", "desk.accounts.set_language",
)  # fmt: skip
HOMES = {
    StaffRole.TRANSLATOR: "desk.translations.listed",
    StaffRole.MODERATOR: "desk.groups.listed",
}  # where not with the entries
ALSO_OWN = {StaffRole.MODERATOR: ("/desk/workshops",)}  # addresses they may be led to by a log-in
UPLOADS = {
    "desk.workbook.look": 6_000_000,
    "desk.translation_files.look": 6_000_000,
    "desk.updates.save": composing_words.MOST_TOGETHER,
    "desk.updates.correct": composing_words.MOST_TOGETHER,
    "desk.workshops.take_picture": composing_words.MOST_TOGETHER,
}  # bytes of a request with a file; others are bound by the app
MANY_FIELDS = ("desk.events.plan", "desk.events.workshops")  # tables of a whole day


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


def home_of(member: StaffMember) -> str:
    """Return where somebody's work begins."""
    return url_for(HOMES.get(member.role, "desk.entries.listed"))


def path_for(member: StaffMember, raw: str) -> str:
    """Return an address of the desk to go on to; who may see little always comes to what they may see."""
    onwards, home = own_path(raw), home_of(member)
    own = (home, "/desk/account", *ALSO_OWN.get(member.role, ()))
    may_go = member.role not in HOMES or onwards.startswith(own)
    return onwards if may_go else home


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
    if request.endpoint in MANY_FIELDS:
        request.max_form_parts = 1_000
    request.max_content_length = UPLOADS.get(request.endpoint or "", request.max_content_length)
    roles = ROLES.get(request.endpoint or "")
    if roles is ANYBODY:
        return None
    token = ticket()
    with site().db.reading() as session:
        found = sessions.of_staff(session, token) if token else None
    if found is None:
        return _to_login()
    member, login = found
    g.staff, g.tag, g.desk_ticket = member, member.language, token
    g.desk_home = home_of(member)
    if factors.is_due(member) and request.endpoint not in WITHOUT_FACTOR:
        return redirect(url_for("desk.second_step.ask"), 303)
    if roles is None or member.role not in roles:
        abort(403)
    if request.method == "POST":
        must_be_our_form(token)
    if sessions.is_to_be_noted(login):
        with site().db.transaction() as session:
            sessions.note_use(session, token)
    return None


def must_be_our_form(token: str) -> None:
    """Refuse a form that we did not serve to this session."""
    try:
        tokens.check(site().secret, request.form.get("csrf", ""), bound_to=token)
    except InvalidAnswer:
        abort(400)


def _refused(error: DomainError) -> Response:
    status = next((code for kind, code in errors.STATUS.items() if isinstance(error, kind)), 400)
    return _said(status, error.text)


def _failed(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return _said(status, errors.WORDS.get(status, errors.WORDS[400]))


def _said(status: int, words: Text) -> Response:
    """Say it with the desk's look, or without where the database is away."""
    try:
        return showing.show("desk/error.html", status, words=words)
    except SQLAlchemyError:
        return errors.bare(status, words)


def protect(blueprint: Blueprint) -> None:
    """Put everything of the blueprint behind the log-in, the table of roles and the form check."""
    blueprint.before_request(_admit)
    blueprint.register_error_handler(DomainError, _refused)
    blueprint.register_error_handler(HTTPException, _failed)
