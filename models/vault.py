"""What must not be readable in the database: sealed with a key that comes from the settings' secret.

Each seal is good for one place only (`place` is part of what is proved), so that who can write to the
database cannot move a secret from one account to another. Without a lasting secret nothing is sealed: what is
sealed with a key that is made up at each start could not be read after the next one.
"""

import base64
import os
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from models.settings import Settings

_MARK = "v1."  # before what is sealed; no secret that we keep has a dot
_NONCE = 12  # bytes


class Unreadable(Exception):
    """What was sealed cannot be read: the secret is another one, or somebody has changed it."""


def key_of(settings: Settings) -> bytes:
    """Return the key that comes from the settings' secret, neither tells of the other; b"" without one."""
    secret = settings.secret.get_secret_value().encode()
    if not secret or "secret" not in settings.model_fields_set:
        return b""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mitwirken vault 1").derive(secret)


def _key(session: Session) -> bytes:
    return cast(bytes, session.info["vault_key"])


def seal(session: Session, words: str, place: str) -> str:
    """Return words as they may rest in the database; as they are where there is no lasting key."""
    key = _key(session)
    if not key:
        return words
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, words.encode(), place.encode())
    return _MARK + base64.urlsafe_b64encode(sealed).decode()


def unseal(session: Session, kept: str, place: str) -> str:
    """Return words that were sealed for this place, or that never were; Unreadable with a wrong key."""
    if not is_sealed(kept):
        return kept
    try:
        raw = base64.urlsafe_b64decode(kept.removeprefix(_MARK))
        return AESGCM(_key(session)).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def is_sealed(kept: str) -> bool:
    """Return whether something rests sealed."""
    return kept.startswith(_MARK)


def can_seal(session: Session) -> bool:
    """Return whether there is a lasting key."""
    return bool(_key(session))
