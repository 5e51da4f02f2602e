"""The second step of a log-in: a code from an app on somebody's phone, or one of eight written down."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, identities, passkeys, vault
from models.errors import Conflict, InvalidAnswer
from models.staff import StaffMember, StaffRole
from translations import _

STEP = 30  # seconds that a code of the app is good for
RECOVERY_CODES = 8
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0/o, 1/i/l: it is written down and typed
_SECRET = re.compile(r"[A-Z2-7]{32}")
WRONG = _("This code is not right. Each code works once; please take the one that is shown now.")
LOST = _(
    "Your second step can no longer be read here. Please use a code that you wrote down, or ask an admin of"
    " your office."
)
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


def keep(session: Session, member: StaffMember, secret: str) -> None:
    """Keep the secret of somebody's app, sealed for this account alone."""
    member.totp_secret = vault.seal(session, secret, _place(member))


def _place(member: StaffMember) -> str:
    return f"second step of {member.id}"


def _secret_of(session: Session, member: StaffMember) -> str | None:
    """Return the secret of somebody's app; None for none, and for one that cannot be read any more."""
    try:
        return vault.unseal(session, member.totp_secret, _place(member)) if member.totp_secret else None
    except vault.Unreadable:
        return None


def is_lost(session: Session, member: StaffMember) -> bool:
    """Return whether somebody's second step cannot be read, because the settings' secret is another one."""
    return member.totp_secret is not None and _secret_of(session, member) is None


@dataclass(frozen=True, slots=True)
class Kept:
    """How the second steps of all accounts rest: `lost` ones cannot be read, `open` ones by everybody."""

    all: int
    lost: int
    open: int


def kept(session: Session) -> Kept:
    """Return how the second steps rest."""
    found = _with_secret(session)
    is_open = [one for one in found if not vault.is_sealed(one.totp_secret or "")]
    return Kept(len(found), len(lost(session)), len(is_open))


def lost(session: Session) -> list[StaffMember]:
    """Return the accounts whose second step cannot be read."""
    return [one for one in _with_secret(session) if is_lost(session, one)]


def _with_secret(session: Session) -> Sequence[StaffMember]:
    wanted = sa.select(StaffMember).where(StaffMember.totp_secret.is_not(None))
    return session.scalars(wanted.order_by(StaffMember.email)).all()


def seal_all(session: Session) -> int:
    """Seal the secrets that rest readable, from before they were sealed; return how many."""
    if not vault.can_seal(session):
        return 0
    found = [one for one in _with_secret(session) if not vault.is_sealed(one.totp_secret or "")]
    for one in found:
        keep(session, one, one.totp_secret or "")
    session.flush()
    return len(found)


def take_code(session: Session, staff_id: int, code: str) -> bool:
    """Use up a code of the app; False for a wrong one, and for one that was used before."""
    member = _held(session, staff_id)
    secret = _secret_of(session, member)
    step = _step_of(secret, code, member.factor_step or 0) if secret is not None else None
    if secret is None or step is None:
        return False
    member.factor_step = step
    if member.totp_secret == secret:
        keep(session, member, secret)  # from before secrets were sealed, or out of an older backup
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
    keep(session, member, secret)
    member.factor_step = step
    return renew_recovery_codes(session, member)


def renew_recovery_codes(session: Session, member: StaffMember) -> list[str]:
    """Make eight new recovery codes, about 74 bits each; only their hashes are kept."""
    codes = [_recovery_code() for _number in range(RECOVERY_CODES)]
    member.recovery_codes = [_hash(code) for code in codes]
    session.flush()
    return codes


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _group in range(3))


def reset(session: Session, staff_id: int) -> None:
    """Forget all that opens an account beside its password, for somebody who has lost it."""
    turn_off(session, staff_id)
    passkeys.remove_all(session, staff_id)
    identities.unbind(session, staff_id)


def turn_off(session: Session, staff_id: int) -> None:
    """Forget somebody's second step, so that they can set it up anew."""
    member = _held(session, staff_id)
    member.totp_secret, member.recovery_codes = None, []  # the last step stays: no code works twice
    session.flush()
