"""Form tokens: each form that is served gets its own key, signed and dated.

The key makes a form that is posted twice one submission; the signature shows that we served it. A public
form acts for nobody who is signed in, so nothing needs a cookie before it is sent. Where somebody is
signed in, their session is part of what is signed.
"""

import hmac
import secrets
import time

from models.errors import InvalidAnswer
from translations import _

SPAN = 24 * 3600  # seconds that a form may lie open on a table
_KEPT = 60


def _sign(secret: bytes, key: str, stamp: str, bound_to: str) -> str:
    text = f"{key}.{stamp}.{bound_to}".encode()
    return hmac.digest(secret, text, "sha256").hex()[:32]


def issue(secret: bytes, *, bound_to: str = "") -> str:
    """Return a fresh token `key.time.signature` for one form in one browser."""
    key, stamp = secrets.token_urlsafe(16), format(int(time.time()), "x")
    return f"{key}.{stamp}.{_sign(secret, key, stamp, bound_to)}"


def age(token: str) -> float:
    """Return for how many seconds the form of a checked token has been open."""
    return time.time() - int(token.split(".")[1], 16)


def renew(secret: bytes, token: str, *, bound_to: str = "") -> str:
    """Return a token with the same key and a date of now, for showing a form again.

    A minute of its age stays: who mends one word and sends at once has had the form open for long.
    """
    key = token.split(".", 1)[0]
    if not key or not _is_ours(secret, token, bound_to):
        return issue(secret, bound_to=bound_to)
    stamp = format(int(time.time() - min(max(age(token), 0), _KEPT)), "x")
    return f"{key}.{stamp}.{_sign(secret, key, stamp, bound_to)}"


def _is_ours(secret: bytes, token: str, bound_to: str) -> bool:
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        return False
    return hmac.compare_digest(_sign(secret, parts[0], parts[1], bound_to), parts[2])


def check(secret: bytes, token: str, *, bound_to: str = "") -> str:
    """Return the form's key; InvalidAnswer when the token is not ours or too old."""
    if not _is_ours(secret, token, bound_to):
        raise InvalidAnswer(_("This form could not be checked. Please send it once more."))
    key, stamp, _signature = token.split(".")
    if int(stamp, 16) + SPAN < time.time():
        raise InvalidAnswer(_("This form was open for a long time. Please send it once more."))
    return key
