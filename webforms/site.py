"""What every page needs: settings, database, the reader's language, who is signed in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from models import opening, passkeys, sessions, sign_on
from models.db import Database
from models.passkeys import Party
from models.people import Person
from models.settings import Settings
from translations import Language, language
from webforms.provider import Provider

PERSON_COOKIE = "mitwirken-me"
STAFF_COOKIE = "mitwirken-desk"
DOTS_COOKIE = "mitwirken-dots"  # the code with which somebody votes who is not signed in
BACK = "/desk/login/sign-on/back"  # where a single sign-on sends a browser back to
DOTS_SPAN = timedelta(days=1)
CEREMONY_COOKIE = "mitwirken-desk-begun"  # what a log-in with a passkey or a single sign-on has begun
DEVICE_COOKIE = "mitwirken-desk-browser"  # tells a browser that staff have used before


@dataclass(frozen=True, slots=True)
class Site:
    """The installation that serves this page."""

    settings: Settings
    db: Database
    secret: bytes
    party: Party | None  # whom passkeys are for; None where they cannot be offered
    provider: Provider | None  # the single sign-on of the house

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by https; then cookies are bound to it."""
        return self.settings.base_url.startswith("https://")

    def cookie(self, name: str) -> str:
        """Return the cookie's name, with the browser's strictest prefix where https allows it."""
        return f"__Host-{name}" if self.is_secure else name


def set_cookie(response: AnyResponse, name: str, value: str, *, span: timedelta) -> None:
    """Let this browser alone keep a secret for a while; no script reads it, no foreign form sends it."""
    response.set_cookie(
        site().cookie(name), value, max_age=int(span.total_seconds()), path="/", httponly=True,
        secure=site().is_secure, samesite="Lax",
    )  # fmt: skip


def drop_cookie(response: AnyResponse, name: str) -> None:
    """Let the browser forget it; with the same flags, or a cookie bound to https would stay."""
    response.delete_cookie(
        site().cookie(name), path="/", httponly=True, secure=site().is_secure, samesite="Lax"
    )


def install(app: Flask, settings: Settings, db: Database) -> None:
    """Make the installation known to the app."""
    opening.prepare(db, settings)
    if wrong := sign_on.fault(settings):
        raise ValueError(wrong)
    app.extensions["mitwirken"] = Site(
        settings, db, settings.secret.get_secret_value().encode(), passkeys.party_of(settings.base_url),
        Provider(settings, settings.address(BACK)) if settings.has_sign_on else None,
    )  # fmt: skip


def site() -> Site:
    """Return the installation of the current request."""
    return cast(Site, current_app.extensions["mitwirken"])


def tag() -> str:
    """Return the language tag of the current page."""
    return cast(str, g.get("tag", "de"))


def reader() -> Language:
    """Return the language of the current page."""
    return language(tag())


def signed_in() -> Person | None:
    """Return the person whose own page is open in this browser, if any; asks the database once."""
    token = request.cookies.get(site().cookie(PERSON_COOKIE))
    if not token:
        return None
    if "person" not in g:
        with site().db.reading() as session:
            g.person = sessions.person_of(session, token)
    return cast("Person | None", g.person)
