"""Whether the single sign-on of the settings can be offered; told before any page is loaded."""

from importlib.util import find_spec
from urllib.parse import urlsplit

from models.settings import Settings

_PARTS = ("authlib", "httpx2")  # what the optional part `sso` of the program brings


def is_installed() -> bool:
    """Return whether the optional part of the program is there."""
    return all(find_spec(name) is not None for name in _PARTS)


def fault(settings: Settings) -> str:
    """Return in words what hinders the single sign-on of the settings, "" for nothing."""
    if not settings.has_sign_on:
        return ""
    if not is_installed():
        return (
            "MITWIRKEN_OIDC_ISSUER is set, but the part of the program for it is missing: "
            "`uv sync --frozen --no-dev --extra sso`."
        )
    if not settings.oidc_client_id:
        return "MITWIRKEN_OIDC_ISSUER needs MITWIRKEN_OIDC_CLIENT_ID beside it."
    if not is_safe(settings.oidc_issuer):
        return "MITWIRKEN_OIDC_ISSUER must begin with https://."
    return ""


def is_safe(address: object) -> bool:
    """Return whether nobody can listen in on the way to an address."""
    parts = urlsplit(address if isinstance(address, str) else "")
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))
