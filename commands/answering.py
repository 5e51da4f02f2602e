"""Asking servers on this machine whether they answer yet."""

import http.client
import json
import smtplib
import urllib.request
from typing import Any

# A proxy set in the environment must not be asked for addresses of this machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_TIMEOUT = 3.0


def page_answers(url: str) -> bool:
    """Return whether an address answers with 200."""
    try:
        with _DIRECT.open(url, timeout=_TIMEOUT) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def read_json(url: str) -> Any:
    """Return what an address answers, None when it does not answer or not in JSON."""
    try:
        with _DIRECT.open(url, timeout=_TIMEOUT) as response:
            return json.load(response)
    except (OSError, http.client.HTTPException, ValueError):
        return None


def mail_answers(host: str, port: int) -> bool:
    """Return whether a mail server greets us."""
    try:
        with smtplib.SMTP(host, port, timeout=_TIMEOUT) as server:
            return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False
