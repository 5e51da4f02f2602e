"""Asking servers whether they answer."""

import http.client
import ipaddress
import json
import smtplib
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address answered: its JSON, or why there is none; and the server's date."""

    body: dict[str, Any] | None
    date: str = ""
    failure: str = ""


def opener_for(url: str) -> urllib.request.OpenerDirector:
    """Return what opens an address: a proxy of the environment is not asked for this machine's own."""
    if _is_local(urlsplit(url).hostname or ""):
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener()


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def page_answers(url: str) -> bool:
    """Return whether an address answers with 200."""
    try:
        with opener_for(url).open(url, timeout=_TIMEOUT) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException, ValueError):
        return False


def ask(url: str, *, timeout: float = _TIMEOUT) -> Asked:
    """Return the JSON object at an address, also when it comes with an error status."""
    try:
        with opener_for(url).open(url, timeout=timeout) as response:
            return _read(response.read(), response.headers.get("Date", ""))
    except urllib.error.HTTPError as error:
        return _read(error.read(), error.headers.get("Date", ""))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Asked(None, failure=str(getattr(error, "reason", error)))


def _read(raw: bytes, date: str) -> Asked:
    try:
        body = json.loads(raw)
    except ValueError:
        return Asked(None, date, "the answer is not JSON")
    return Asked(body, date) if isinstance(body, dict) else Asked(None, date, "the answer is no object")


def mail_answers(host: str, port: int) -> bool:
    """Return whether a mail server greets us."""
    try:
        with smtplib.SMTP(host, port, timeout=_TIMEOUT) as server:
            return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False
