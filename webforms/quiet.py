"""Keeping machines out of public forms without puzzles: a field that nobody sees, and a least time.

Whoever falls in gets the form back with everything that was typed, and sends it once more. So a person whose
browser fills in what it should not, or who is very quick, loses nothing.
"""

from flask import request

from translations import _
from webforms import tokens
from webforms.site import site

LURE = "website"  # plausible to a machine; no question may be called so
ONCE_MORE = _("Please look at your answers once more and send them again.")


def is_suspect(token: str) -> bool:
    """Return whether this form looks as if a machine had filled it in; `token` is one of ours."""
    return bool(request.form.get(LURE)) or tokens.age(token) < site().settings.least_seconds
