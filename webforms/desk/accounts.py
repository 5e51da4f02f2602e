"""Accounts of the office: one's own, and all of them for admins."""

import secrets

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import factors, groups, passkeys, sessions, staff, staff_letters
from models.audit import Kind, Verb
from models.errors import InvalidAnswer, NotAllowed, NotFound
from models.forms.questions import Context, Email, Name
from models.staff import StaffMember, StaffRole
from translations import LANGUAGES, Localised, Text, _
from webforms.desk import guard, showing, trail
from webforms.site import site, tag

blueprint = Blueprint("accounts", __name__)
ROLE_WORDS = {
    StaffRole.OFFICER: _("Officer"),
    StaffRole.TRANSLATOR: _("Translator"),
    StaffRole.REVIEWER: _("Reviewer of certain fields"),
    StaffRole.MODERATOR: _("Moderator of meetings"),
    StaffRole.ADMIN: _("Admin"),
}
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0/o, 1/i/l: it is read out and typed
WRONG_PASSWORD = _("Your present password is not right.")
_SAVED = {
    "password": _("Your new password is set."),
    "disabled": _("The account is closed."),
    "reset": _(
        "The second step is reset, passkeys are removed. The next log-in asks for a new one if needed."
    ),
    "passkey": _("The passkey is added. You can log in with it from now on."),
    "passkey-gone": _("The passkey is removed."),
    "ended": _("The session has ended."),
    "off": _("The second step is off."),
}


def new_password() -> str:
    """Return a random password of about 99 bits, in groups that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _group in range(4))


def saved() -> Text | None:
    """Return what the page that sent somebody here has done."""
    return _SAVED.get(request.args.get("saved", ""))


@blueprint.get("/account")
def own() -> Response:
    """Show one's own account."""
    return _own()


def _own(status: int = 200, error: Text | None = None) -> Response:
    with site().db.reading() as session:
        held = [
            (one, sessions.is_of(one, guard.ticket())) for one in sessions.of_member(session, guard.me().id)
        ]
        return showing.show(
            "desk/account.html",
            status,
            error=error,
            saved=saved(),
            least=staff.MIN_PASSWORD,
            sessions=held,
            passkeys=len(passkeys.of_member(session, guard.me().id)),
        )


@blueprint.post("/account/language")
def set_language() -> AnyResponse:
    """Remember the language in which one works, and go back to where one was."""
    wanted = request.form.get("language", "")
    if wanted not in {entry.tag for entry in showing.offered()}:
        abort(400)
    with site().db.transaction() as session:
        staff.set_language(session, guard.me().id, wanted)
    return redirect(guard.path_for(guard.me(), request.form.get("next", "")), 303)


@blueprint.post("/account/password")
def set_password() -> AnyResponse:
    """Change one's own password; the present one has to be known."""
    old, new = request.form.get("old", "")[:200], request.form.get("new", "")[:200]
    try:
        if not staff.fits(old, guard.me().password_hash):
            raise InvalidAnswer(WRONG_PASSWORD)
        hashed = staff.hash_password(new)
    except InvalidAnswer as refusal:
        return _own(422, refusal.text)
    with trail.acting(Verb.CHANGE, Kind.ACCOUNT, guard.me().id) as session:
        staff.set_password(session, guard.me().id, hashed)
        sessions.end_others(session, guard.me().id, guard.ticket())
        staff_letters.tell_of_change(session, guard.me(), _SAVED["password"])
    return redirect(url_for(".own", saved="password"), 303)


def _all(
    status: int = 200, *, wrong: dict[str, Text] | None = None, fresh: tuple[str, str] | None = None
) -> Response:
    typed = request.form if wrong else {}
    with site().db.reading() as session:
        return showing.show(
            "desk/staff.html", status, everyone=staff.everyone(session, tag()), roles=ROLE_WORDS,
            wrong=wrong or {}, typed=typed, fresh=fresh, saved=saved(),
            passkey_owners=passkeys.owners(session), own_names={one.tag: one.own_name for one in LANGUAGES},
            chosen=request.form.getlist("language") if wrong else (), fields=_fields(session),
            chosen_fields=request.form.getlist("field") if wrong else (),
        )  # fmt: skip


def _fields(session: Session) -> dict[int, Localised]:
    return {card.field_number: card.field_name for card in groups.directory(session).cards}


@blueprint.get("/staff")
def listed() -> Response:
    """Show all accounts."""
    return _all()


@blueprint.post("/staff")
def add() -> AnyResponse:
    """Open an account and show its password, this once: only a hash of it is kept."""
    role = request.form.get("role", "")
    if role not in set(StaffRole):
        abort(400)
    wrong, read = _read_account()
    languages = request.form.getlist("language")
    if role == StaffRole.TRANSLATOR and not set(languages) & {entry.tag for entry in LANGUAGES}:
        wrong["language"] = staff.NO_LANGUAGE
    with site().db.reading() as session:
        fields = [number for number in _fields(session) if str(number) in request.form.getlist("field")]
    if role == StaffRole.REVIEWER and not fields:
        wrong["field"] = staff.NO_FIELD
    if wrong:
        return _all(422, wrong=wrong)
    password = new_password()
    hashed = staff.hash_password(password)
    with site().db.transaction() as session:
        made = staff.add(
            session, read["email"], name=read["name"], role=StaffRole(role), password_hash=hashed,
            languages=languages, fields=fields,
        )  # fmt: skip
        trail.note(session, Verb.ADD, Kind.ACCOUNT, made.id)
    return _all(fresh=(read["email"], password))


def _read_account() -> tuple[dict[str, Text], dict[str, str]]:
    wrong: dict[str, Text] = {}
    read: dict[str, str] = {}
    with site().db.reading() as session:
        context = Context(session, tag())
        for name, question in (("name", Name(_("Name"))), ("email", Email(_("E-mail")))):
            try:
                raw = request.form.get(name, "").strip()
                if not raw:
                    raise InvalidAnswer(question.missing)
                read[name] = question.read(raw, context)
            except InvalidAnswer as refusal:
                wrong[name] = refusal.text
    return wrong, read


@blueprint.post("/staff/<int:number>/disable")
def disable(number: int) -> AnyResponse:
    """Close an account at once, though never one's own."""
    if number == guard.me().id:
        raise NotAllowed(_("You cannot close your own account."))
    with trail.acting(Verb.CLOSE, Kind.ACCOUNT, number) as session:
        staff.disable(session, _account(staff.everyone(session), number).email)
    return redirect(url_for(".listed", saved="disabled"), 303)


@blueprint.post("/staff/<int:number>/reset-factor")
def reset_factor(number: int) -> AnyResponse:
    """Forget the second step of somebody else who has lost it; one's own is changed with a code."""
    if number == guard.me().id:
        raise NotAllowed(_("You cannot reset your own second step here."))
    with trail.acting(Verb.RESET, Kind.FACTOR, number) as session:
        member = _account(staff.everyone(session), number)
        factors.reset(session, member.id)
        sessions.end_others(session, number)
        staff_letters.tell_of_reset(session, member)
    return redirect(url_for(".listed", saved="reset"), 303)


def _account(everyone: list[StaffMember], number: int) -> StaffMember:
    found = next((one for one in everyone if one.id == number), None)
    if found is None:
        raise NotFound(_("There is no such account."))
    return found
