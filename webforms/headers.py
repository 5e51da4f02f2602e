"""Headers that every answer carries: nothing foreign is loaded, nothing leaks, nothing is framed."""

from flask import Flask, Response, request

# Script only for the desk's own files; public pages work without any.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


def _add(response: Response) -> Response:
    for name, value in _ALWAYS:
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        # Pages hold forms with keys of their own and people's data: no cache keeps them.
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def install(app: Flask) -> None:
    """Add the headers to all answers of the app."""
    app.after_request(_add)
