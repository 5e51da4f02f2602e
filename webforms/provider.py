"""The single sign-on of the office's house (OpenID Connect): what is asked of its provider, what it attests.

Nothing is fetched but what the settings name, and what the provider found there names in its own document.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from models.ceremonies import Ceremony
from models.settings import Settings
from models.sign_on import is_safe

try:
    import httpx2
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.httpx_client import OAuth2Client
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry
except ImportError:  # an optional part of the program; `sign_on.fault` tells before it is missed
    pass

PATIENCE = 5.0  # seconds for each answer of the provider
_KEPT = 3600.0  # seconds for which its document and its keys are good
_MOST_AT_ONCE = 4  # threads that may wait for it; the others serve everybody else
_LEEWAY = 120  # seconds by which its clock may be off
_SIGNED_WITH = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Down(Exception):
    """The provider does not answer, or not as one does; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Exception):
    """The provider attests nothing that counts; `reason` is for the log and tells of nobody."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attested:
    """Who somebody is at the provider; `email` is empty where the provider does not vouch for it."""

    issuer: str
    subject: str
    email: str


class Provider:
    """One provider, as the settings name it. Its document and keys are asked for once an hour."""

    def __init__(self, settings: Settings, back: str) -> None:
        self._issuer = settings.oidc_issuer
        self._id, self._secret = settings.oidc_client_id, settings.oidc_client_secret.get_secret_value()
        self._back = back
        self.name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""
        self._waiting = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._document: tuple[float, dict[str, Any]] = (0.0, {})
        self._keys: tuple[float, dict[str, Any]] = (0.0, {})

    def address(self, begun: Ceremony) -> str:
        """Return where a browser goes to be asked who it is."""
        with self._asking() as client:
            url, _state = client.create_authorization_url(
                self._known(client)["authorization_endpoint"], state=begun.challenge, nonce=begun.nonce,
                code_verifier=begun.verifier,
            )  # fmt: skip
        return str(url)

    def lacks(self) -> str:
        """Return what is wrong with the provider, "" where it answers as one does."""
        try:
            with self._asking() as client:
                self._known(client)
        except (Down, Refused) as fault:
            return fault.reason
        return ""

    def attest(self, begun: Ceremony, code: str, issuer: str = "") -> Attested:
        """Return who has come back with a code; Refused for what is not for us, not for this browser."""
        with self._asking() as client:
            known = self._known(client)
            if issuer and issuer != known["issuer"]:
                raise Refused("answer of another provider")
            token = client.fetch_token(
                known["token_endpoint"], code=code, code_verifier=begun.verifier,
                grant_type="authorization_code", timeout=PATIENCE,
            )  # fmt: skip
            claims = self._claims(client, known, dict(token), begun.nonce)
            if "email" not in claims and is_safe(known.get("userinfo_endpoint")):
                more = _read(client, known["userinfo_endpoint"], as_them=True)
                claims |= more if more.get("sub") == claims["sub"] else {}
        email = claims.get("email") if claims.get("email_verified") is True else ""
        return Attested(known["issuer"], str(claims["sub"]), email if isinstance(email, str) else "")

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """Open a line to the provider; what goes wrong on it is Down or Refused."""
        if not self._waiting.acquire(timeout=1):
            raise Down("others wait for it already")
        try:
            with OAuth2Client(
                self._id, self._secret or None, token_endpoint_auth_method=self._method(),
                scope="openid email", redirect_uri=self._back, code_challenge_method="S256",
                timeout=PATIENCE, follow_redirects=False,
            ) as client:  # fmt: skip
                yield client
        except AuthlibBaseError as error:
            raise Refused(f"refused by the provider: {error.error}") from error
        except JoseError as error:
            raise Refused(f"wrong token: {error.error}") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise Down(type(error).__name__) from error
        finally:
            self._waiting.release()

    def _method(self) -> str:
        """Return how we show the provider who we are."""
        if not self._secret:
            return "none"
        taken = self._document[1].get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_basic" if "client_secret_basic" in taken else "client_secret_post"

    def _known(self, client: Any) -> dict[str, Any]:
        """Return the provider's document, which must speak of itself and of safe addresses only."""
        until, document = self._document
        if time.monotonic() < until:
            return document
        issuer = self._issuer.rstrip("/")
        document = _read(client, f"{issuer}/.well-known/openid-configuration")
        if str(document.get("issuer", "")).rstrip("/") != issuer:
            raise Down("it gives itself out as another one")
        if not all(is_safe(document.get(name)) for name in _NEEDED):
            raise Down("an address of it is not safe")
        self._document = (time.monotonic() + _KEPT, document)
        client.token_endpoint_auth_method = self._method()
        return document

    def _key_set(self, client: Any, known: dict[str, Any], *, anew: bool = False) -> Any:
        until, keys = self._keys
        if anew or time.monotonic() >= until:
            keys = _read(client, known["jwks_uri"])
            self._keys = (time.monotonic() + _KEPT, keys)
        return KeySet.import_key_set(keys)  # type: ignore[arg-type]

    def _claims(
        self, client: Any, known: dict[str, Any], token: dict[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return what the provider says, once signature, addressee, time and nonce are right."""
        said = known.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(
            algorithms=[one for one in _SIGNED_WITH if one in said], strict_check_header=False
        )
        try:
            read = jwt.decode(token["id_token"], key=self._key_set(client, known), registry=registry)
        except InvalidKeyIdError:  # they have new keys
            keys = self._key_set(client, known, anew=True)
            read = jwt.decode(token["id_token"], key=keys, registry=registry)
        issuer, us = ({"essential": True, "value": value} for value in (known["issuer"], self._id))
        claims = CodeIDToken(
            read.claims, read.header, {"iss": issuer, "aud": us},
            {"nonce": nonce, "client_id": self._id, "access_token": token.get("access_token")},
        )  # fmt: skip
        claims.validate(leeway=_LEEWAY)
        return dict(claims)


def _read(client: Any, address: str, *, as_them: bool = False) -> dict[str, Any]:
    """Return what the provider has at an address of its own; an error for what is no answer."""
    answer = client.request("GET", address, withhold_token=not as_them)
    answer.raise_for_status()
    if answer.status_code != 200:
        raise ValueError("not an answer")
    read = answer.json()
    if not isinstance(read, dict):
        raise ValueError("not an answer")
    return read
