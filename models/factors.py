"""The second step of a log-in: a code from an app on somebody's phone, or one of eight written down."""

import hashlib
import hmac
import re
import secrets

import pyotp
from sqlalchemy.orm import Session

from models import clock
from models.errors import Conflict, InvalidAnswer
from models.staff import StaffMember, StaffRole
from translations import _

STEP = 30  # seconds that a code of the app is good for
RECOVERY_CODES = 8
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0/o, 1/i/l: it is written down and typed
_SECRET = re.compile(r"[A-Z2-7]{32}")
WRONG = _("This code is not right. Each code works once; please take the one that is shown now.")
ALREADY = _("This account has a second step already.")


def new_secret() -> str:
    """Return a fresh secret of 160 bits, as authenticator apps take it."""
    return pyotp.random_base32()


def is_secret(words: str) -> bool:
    """Return whether words are such a secret."""
    return _SECRET.fullmatch(words) is not None


def address(member: StaffMember, secret: str, issuer: str) -> str:
    """Return what the QR code for the app holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=issuer)


def is_due(member: StaffMember) -> bool:
    """Return whether somebody has to set up a second step before anything else."""
    return member.role is StaffRole.ADMIN and member.totp_secret is None


def _plain(code: str) -> str:
    """Return a code as typed, without the spaces and dashes that help the eye."""
    return "".join(sign for sign in code.lower() if sign.isalnum())[:40]


def _hash(code: str) -> str:
    return hashlib.sha256(_plain(code).encode()).hexdigest()


def _step_of(secret: str, code: str, last: int) -> int | None:
    """Return the time step after `last` that a code belongs to; clocks may be apart by one step."""
    plain, now = _plain(code), int(clock.now().timestamp()) // STEP
    fitting = [
        step
        for step in (now - 1, now, now + 1)
        if hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP).encode(), plain.encode())
    ]
    return next((step for step in fitting if step > last), None)


def _held(session: Session, staff_id: int) -> StaffMember:
    """Return the account as it is now; two who send the same code at once come one after the other."""
    return session.get_one(StaffMember, staff_id, with_for_update=True, populate_existing=True)


def take_code(session: Session, staff_id: int, code: str) -> bool:
    """Use up a code of the app; False for a wrong one, and for one that was used before."""
    member = _held(session, staff_id)
    if member.totp_secret is None:
        return False
    step = _step_of(member.totp_secret, code, member.factor_step or 0)
    if step is None:
        return False
    member.factor_step = step
    session.flush()
    return True


def take_recovery_code(session: Session, staff_id: int, code: str) -> bool:
    """Use up one of the codes that were written down."""
    member = _held(session, staff_id)
    if member.totp_secret is None or _hash(code) not in member.recovery_codes:
        return False
    member.recovery_codes = [one for one in member.recovery_codes if one != _hash(code)]
    session.flush()
    return True


def set_up(session: Session, staff_id: int, secret: str, code: str) -> list[str]:
    """Turn the second step on once the app shows the right code; return recovery codes, this once."""
    member = _held(session, staff_id)
    if member.totp_secret is not None:
        raise Conflict(ALREADY)
    step = _step_of(secret, code, member.factor_step or 0) if is_secret(secret) else None
    if step is None:
        raise InvalidAnswer(WRONG)
    member.totp_secret, member.factor_step = secret, step
    return renew_recovery_codes(session, member)


def renew_recovery_codes(session: Session, member: StaffMember) -> list[str]:
    """Make eight new recovery codes, about 74 bits each; only their hashes are kept."""
    codes = [_recovery_code() for _number in range(RECOVERY_CODES)]
    member.recovery_codes = [_hash(code) for code in codes]
    session.flush()
    return codes


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _group in range(3))


def turn_off(session: Session, staff_id: int) -> None:
    """Forget somebody's second step, so that they can set it up anew."""
    member = _held(session, staff_id)
    member.totp_secret, member.recovery_codes = None, []  # the last step stays: no code works twice
    session.flush()
