"""Encrypted mail: STARTTLS and TLS with login, and no letter to a server that cannot prove who it is."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import SecretStr

from models.db import Database
from models.settings import Settings
from tests.bot.courier import house
from tests.bot.courier.house import Postbox, courier, mail_settings, states, until
from tests.bot.courier.test_email_lane import by_mail, post

pytestmark = [
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),  # it sees STARTTLS only
]
PASSWORD = "ein langes Passwort"


@dataclass(frozen=True)
class Paper:
    """A certificate for 127.0.0.1 that its own issuer signed."""

    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    folder = tmp_path_factory.mktemp("paper")
    made = Paper(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(made.key), "-out", str(made.certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


@contextmanager
def secure_server(paper: Paper, kind: str) -> Iterator[Postbox]:
    """A mail server that takes letters only over an encrypted line and after a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(paper.certificate, paper.key)

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data == LoginPassword(b"office", PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    @asynccontextmanager
    async def listening() -> Any:
        box = Postbox()
        loop = asyncio.get_running_loop()

        def line() -> SMTP:
            return SMTP(
                box,
                loop=loop,
                tls_context=context if kind == "starttls" else None,
                require_starttls=kind == "starttls",
                auth_required=True,
                auth_require_tls=kind == "starttls",
                authenticator=check,
            )

        server = await loop.create_server(line, "127.0.0.1", 0, ssl=context if kind == "tls" else None)
        box.port = server.sockets[0].getsockname()[1]
        yield box
        server.close()

    with house.served(listening()) as box:
        yield box


def secured(db: Database, port: int, kind: str, password: str = PASSWORD) -> Settings:
    return mail_settings(db, port, smtp_tls=kind, smtp_user="office", smtp_password=SecretStr(password))


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_a_letter_goes_over_an_encrypted_line_after_a_login(
    db: Database, paper: Paper, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(paper.certificate))
    post(db, by_mail(db), "Hallo")
    with secure_server(paper, kind) as box, courier(secured(db, box.port, kind), db):
        until(lambda: states(db) == ["sent"])
    assert len(box.got) == 1


@pytest.mark.parametrize("kind", ["starttls", "tls"])
def test_no_letter_to_a_server_that_nobody_vouches_for(db: Database, paper: Paper, kind: str) -> None:
    post(db, by_mail(db), "Hallo")
    with secure_server(paper, kind) as box, courier(secured(db, box.port, kind), db):
        until(lambda: "SSLCertVerificationError" in house.deliveries(db)[0].error)
    assert box.got == []
    assert states(db) == ["queued"]


def test_no_login_goes_over_a_line_that_turned_out_not_to_be_encrypted(db: Database) -> None:
    post(db, by_mail(db), "Hallo")
    with house.mail_server() as box, courier(secured(db, box.port, "starttls"), db):
        until(lambda: "SMTPNotSupportedError" in house.deliveries(db)[0].error)
    assert box.got == []


def test_a_wrong_password_is_said_without_the_password_and_letters_wait(
    db: Database, paper: Paper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(paper.certificate))
    post(db, by_mail(db), "Hallo")
    with (
        secure_server(paper, "starttls") as box,
        courier(secured(db, box.port, "starttls", "falsch-und-geheim"), db),
    ):
        until(lambda: house.deliveries(db)[0].error)
    assert house.deliveries(db)[0].error == "no connection: SMTPAuthenticationError 535"
    assert "SMTPAuthenticationError 535" in caplog.text
    assert "geheim" not in caplog.text
