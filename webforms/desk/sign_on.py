"""Logging in by way of the single sign-on of the office's house."""

import hmac
import logging

from flask import Blueprint, abort, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import audit, ceremonies, identities, staff_letters
from models.audit import Kind, Verb
from models.ceremonies import Purpose
from models.settings import SecondStep
from models.staff import StaffMember
from translations import _
from webforms.desk import guard, login
from webforms.provider import Attested, Down, Provider, Refused
from webforms.site import CEREMONY_COOKIE, drop_cookie, set_cookie, site

log = logging.getLogger(__name__)
blueprint = Blueprint("sign_on", __name__)
# The same words whatever was wrong: nobody learns who works here.
REFUSED = _(
    "The single sign-on does not open an account here. Log in with your password, or ask an admin of your"
    " office."
)
DOWN = _("The single sign-on does not answer just now. Please log in with your password.")


def _provider() -> Provider:
    found = site().provider
    return found if found is not None else abort(404)


def _ticket() -> str:
    return request.cookies.get(site().cookie(CEREMONY_COOKIE), "")[:100]


@blueprint.get("/login/sign-on")
def begin() -> AnyResponse:
    """Send the browser to the provider, to be asked who it is."""
    provider, onwards = _provider(), guard.own_path(request.args.get("next", ""))
    with site().db.transaction() as session:
        token, begun = ceremonies.begin(session, Purpose.SIGN_ON, onwards=onwards)
    try:
        response = redirect(provider.address(begun), 303)
    except (Down, Refused) as fault:
        return _is_down(fault.reason, onwards)
    set_cookie(response, CEREMONY_COOKIE, token, span=ceremonies.SPAN)
    return response


@blueprint.get("/login/sign-on/back")
def back() -> AnyResponse:
    """Begin a session for who comes back attested, or ask for the second step."""
    provider = _provider()
    with site().db.transaction() as session:
        begun = ceremonies.take(session, Purpose.SIGN_ON, _ticket())
    onwards = begun.onwards if begun is not None else guard.own_path("")
    try:
        if begun is None or not _is_answer_to(begun.challenge):
            raise Refused("not begun in this browser, or too long ago")
        code, issuer = (request.args.get(name, "")[:4000] for name in ("code", "iss"))
        if not code:
            raise Refused("ended at the provider")
        member = _opened(provider, provider.attest(begun, code, issuer))
    except Down as fault:
        return _is_down(fault.reason, onwards)
    except Refused as refusal:
        log.warning("Single sign-on refused: %s", refusal.reason)
        return login.form(onwards, 403, error=REFUSED)
    return _let_in(member, onwards)


def _is_down(reason: str, onwards: str) -> AnyResponse:
    log.warning("The single sign-on does not answer: %s", reason)
    return login.form(onwards, 503, error=DOWN)


def _is_answer_to(state: str) -> bool:
    return hmac.compare_digest(request.args.get("state", "").encode(), state.encode())


def _opened(provider: Provider, attested: Attested) -> StaffMember:
    """Return whose account opens: at first by the address that is vouched for, then by the identity."""
    with site().db.transaction() as session:
        known = identities.find(session, attested.issuer, attested.subject)
        if known is not None:
            return known
        if not attested.email:
            raise Refused("no address that is vouched for")
        member = identities.bind(session, attested.issuer, attested.subject, attested.email)
        if member is None:
            raise Refused("no such account, or another identity's")
        _tell(session, member, provider.name)
        return member


def _tell(session: Session, member: StaffMember, name: str) -> None:
    staff_letters.tell_of_change(session, member, _("Your account now opens with {name}, too.")(name=name))
    audit.note(session, member.id, Verb.ADD, Kind.IDENTITY, member.id)


def _let_in(member: StaffMember, onwards: str) -> AnyResponse:
    is_enough = site().settings.oidc_second_step is SecondStep.PROVIDER
    if member.totp_secret is not None and not is_enough:
        response = login.ask_second_step(member, onwards)
    else:
        with site().db.transaction() as session:
            response = login.begin(session, member, onwards)
    drop_cookie(response, CEREMONY_COOKIE)
    return response
