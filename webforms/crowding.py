"""Machines that come in masses: while too many forms arrive, each has to be worked for, or waited for.

Nobody solves a puzzle and nobody else is asked. A script of ours tries numbers until a hash begins with
zeros, while the form is being filled in; without script one sends again after half a minute. Whoever is held
up gets the form back with everything that was typed. As long as few forms come, no page tells of it.
"""

import hashlib
import threading
import time
from typing import cast

from flask import Flask, current_app, request

from translations import _
from webforms import tokens

FIELD = "proof"  # holds the number; no question may be called so
BITS = 18  # zeros with which the hash begins: a second or two of a phone's work
WAIT = 30  # seconds for which a form without proof must have been open
LASTS = 300.0  # seconds for which this goes on after there were too many
SHARE = 10  # one form in so many of the limit may come by waiting instead of working, each minute
HELD_UP = _("Very many forms are arriving just now. Please send yours again in 30 seconds. Nothing is lost.")
READY = _("You can send it now.")
_MINUTE = 60.0


class Crowd:
    """How many forms this process was sent in this minute; a form that is sent twice counts once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._minute, self._keys, self._waited = -1, set[str](), 0
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether too many came lately."""
        return bool(self._until) and time.monotonic() < self._until

    def note(self, key: str) -> None:
        """Count the form with this key."""
        if not self._most:
            return
        with self._lock:
            self._turn()
            self._keys.add(key)
            if len(self._keys) > self._most:
                self._until = time.monotonic() + LASTS
                self._keys.discard(key)  # enough is known: a flood does not fill the memory

    def lets_wait(self) -> bool:
        """Return whether one more form may come in by having waited."""
        with self._lock:
            self._turn()
            self._waited += 1
            return self._waited <= max(1, self._most // SHARE)

    def _turn(self) -> None:
        minute = int(time.monotonic() // _MINUTE)
        if minute != self._minute:
            self._minute, self._keys, self._waited = minute, set(), 0


def install(app: Flask, most: int) -> None:
    """Let this app count what it is sent."""
    app.extensions["crowd"] = Crowd(most)
    app.jinja_env.globals.update(crowding_bits=BITS, crowding_field=FIELD)


def crowd() -> Crowd:
    """Return what has been counted here."""
    return cast(Crowd, current_app.extensions["crowd"])


def fits(key: str, number: str, bits: int = BITS) -> bool:
    """Return whether this number was worked out for the form with this key."""
    if not (number.isascii() and number.isdecimal() and len(number) <= 15):
        return False
    found = hashlib.sha256(f"{key}.{number}".encode()).digest()
    return int.from_bytes(found[:8]) >> (64 - bits) == 0


def holds_up(key: str, token: str) -> bool:
    """Count a form that was sent by nobody whom we know; return whether it has to be sent once more."""
    here = crowd()
    here.note(key)
    if not here.is_on or fits(key, request.form.get(FIELD, "")):
        return False
    has_waited = tokens.age(token) >= WAIT
    return not (has_waited and here.lets_wait())
