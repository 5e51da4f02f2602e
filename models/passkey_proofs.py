"""What a browser is asked about a passkey, and whether its answer proves what it should."""

import json
from typing import Any

import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models import passkeys, staff
from models.ceremonies import SPAN, Ceremony
from models.errors import InvalidAnswer
from models.passkeys import Party, Passkey
from models.staff import StaffMember
from translations import _

MOST_LETTERS = 20_000  # of an answer
AGAIN = _("The passkey was not added. Please try once more.")
_PATIENCE = int(SPAN.total_seconds() * 1000)
# what came is not even an answer
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, OverflowError, RecursionError)


def ask_for_new(session: Session, party: Party, begun: Ceremony, member: StaffMember, region: str) -> str:
    """Return what a browser needs to make a passkey, as JSON; the device must ask for its owner."""
    known = [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
        for one in passkeys.of_member(session, member.id)
    ]
    options = webauthn.generate_registration_options(
        rp_id=party.id, rp_name=region, user_id=passkeys.handle_of(member.id), user_name=member.email,
        user_display_name=member.name, challenge=begun.challenge.encode(), timeout=_PATIENCE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=known,
    )  # fmt: skip
    return webauthn.options_to_json(options)


def ask_for_known(party: Party, begun: Ceremony) -> str:
    """Return what a browser needs to let somebody choose a passkey, as JSON; nobody is named in it."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=begun.challenge.encode(), timeout=_PATIENCE,
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return webauthn.options_to_json(options)


def _read(raw: str) -> dict[str, Any]:
    """Return an answer as it was sent; ValueError for what is none."""
    read = json.loads(raw) if len(raw) <= MOST_LETTERS else None
    if not isinstance(read, dict) or not isinstance(read.get("response"), dict):
        raise ValueError("not an answer")
    if not str(read.get("id")).isprintable():
        raise ValueError("an id that no database takes")
    return read


def take_new(session: Session, party: Party, begun: Ceremony, staff_id: int, raw: str, name: str) -> Passkey:
    """Give an account the passkey that was made; InvalidAnswer for one that proves nothing."""
    try:
        proof = webauthn.verify_registration_response(
            credential=_read(raw), expected_challenge=begun.challenge.encode(), expected_rp_id=party.id,
            expected_origin=party.origin, require_user_verification=True,
        )  # fmt: skip
    except _WRONG as error:
        raise InvalidAnswer(AGAIN) from error
    return passkeys.add(
        session, staff_id, credential=bytes_to_base64url(proof.credential_id),
        public_key=proof.credential_public_key, uses=proof.sign_count, name=name,
    )  # fmt: skip


def take_known(session: Session, party: Party, begun: Ceremony, raw: str) -> StaffMember | None:
    """Return whose passkey has answered; None for an unknown one, a wrong answer, a closed account.

    A device that has counted no further than the last time is refused: it may be a copy.
    """
    try:
        read = _read(raw)
        held = passkeys.by_credential(session, str(read.get("id")))
        if held is None:
            return None
        proof = webauthn.verify_authentication_response(
            credential=read, expected_challenge=begun.challenge.encode(), expected_rp_id=party.id,
            expected_origin=party.origin, credential_public_key=held.public_key,
            credential_current_sign_count=held.uses, require_user_verification=True,
        )  # fmt: skip
        handle = read["response"].get("userHandle")
        if handle and base64url_to_bytes(str(handle)) != passkeys.handle_of(held.staff_id):
            return None
    except _WRONG:
        return None
    member = staff.get(session, held.staff_id)
    if member is not None:
        passkeys.note_use(session, held, proof.new_sign_count)
    return member
