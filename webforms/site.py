"""What every page needs: settings, database, the reader's language, who is signed in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from models import sessions
from models.db import Database
from models.people import Person
from models.settings import Settings
from translations import Language, language

PERSON_COOKIE = "mitwirken-me"
STAFF_COOKIE = "mitwirken-desk"
DOTS_COOKIE = "mitwirken-dots"  # the code with which somebody votes who is not signed in
DOTS_SPAN = timedelta(days=1)
DEVICE_COOKIE = "mitwirken-desk-browser"  # tells a browser that staff have used before


@dataclass(frozen=True, slots=True)
class Site:
    """The installation that serves this page."""

    settings: Settings
    db: Database
    secret: bytes

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
    db.seal_with(settings.key_of_audit())
    db.keep_for(settings.periods)
    app.extensions["mitwirken"] = Site(settings, db, settings.secret.get_secret_value().encode())


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
