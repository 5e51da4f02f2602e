"""Headers that every answer carries: nothing foreign is loaded, nothing leaks, nothing is framed."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

# Script only for the desk's own files; public pages work without any.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),  # for browsers that do not know frame-ancestors
    ("Referrer-Policy", "no-referrer"),
    (
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Pages hold forms with keys of their own and people's data: no cache keeps them.
    ("Cache-Control", "no-store"),
]
_OVER_HTTPS = [*_ALWAYS, ("Strict-Transport-Security", "max-age=31536000")]
_NAMES = {name for name, _value in _OVER_HTTPS}


def install(app: Flask, *, over_https: bool) -> None:
    """Add the headers to all answers of the app, where an answer has none of its own of that name.

    Whether people come by https is what the settings say: behind a proxy the request itself does not know.
    """
    inner = app.wsgi_app
    ours = _OVER_HTTPS if over_https else _ALWAYS

    def with_headers(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            own = _NAMES.intersection([name for name, _value in headers])
            more = [pair for pair in ours if pair[0] not in own] if own else ours
            return start_response(status, headers + more, *rest)

        return inner(environ, start)

    app.wsgi_app = with_headers  # type: ignore[method-assign]
