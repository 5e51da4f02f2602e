"""The single sign-on of somebody's house: oidc-provider-mock, in a process of its own, held to PKCE.

The library does not look at PKCE, which providers in real life do; so this stands before it. Below `/liar` it
gives itself out as another provider.
"""

import base64
import hashlib
import io
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from oidc_provider_mock import app
from werkzeug.serving import make_server

Start = Callable[..., Any]


class Strict:
    """A provider that gives tokens only to who can show what was hashed before."""

    def __init__(self, inner: Callable[[dict[str, Any], Start], Iterable[bytes]]) -> None:
        self.inner = inner
        self.challenges: dict[str, str] = {}

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer as the library does, once the proof is right."""
        path = environ["PATH_INFO"]
        if path == "/liar/.well-known/openid-configuration":
            environ["PATH_INFO"] = path.removeprefix("/liar")
        if path == "/oauth2/token" and not self._is_proved(environ):
            start("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']

        def noting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            self._note(environ, dict(headers).get("Location", ""))
            return start(status, headers, *rest)

        return self.inner(environ, noting)

    def _note(self, environ: dict[str, Any], location: str) -> None:
        asked = parse_qs(environ["QUERY_STRING"])
        for code in parse_qs(urlsplit(location).query).get("code", []):
            if asked.get("code_challenge_method") == ["S256"]:
                self.challenges[code] = asked["code_challenge"][0]

    def _is_proved(self, environ: dict[str, Any]) -> bool:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return self.challenges.pop(sent.get("code", ""), None) == made


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, Strict(app(require_nonce=True)), threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
