"""The single sign-on of the office's house, at a real provider in a process of its own."""

import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from models import audit, clock, factors, identities, sessions, staff
from models import sign_on as sign_ons
from models.ceremonies import Ceremony
from models.db import Database
from models.settings import SecondStep, Settings
from models.staff import StaffRole
from tests.webforms.conftest import Page
from tests.webforms.desk import people
from tests.webforms.desk.people import TOTP_SECRET, said
from tests.webforms.desk.test_passkeys import letters
from webforms import create_app
from webforms.desk import sign_on

ROOT = Path(__file__).parent.parent.parent.parent
REFUSED, DOWN = sign_on.REFUSED.to("de"), sign_on.DOWN.to("de")


@pytest.fixture(scope="module")
def house() -> Iterator[str]:
    """The address of the provider."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.webforms.desk.house_provider"]
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{int(running.stdout.readline())}"
        running.kill()


def _app(settings: Settings, db: Database, issuer: str, **more: object) -> Flask:
    own = {
        "oidc_issuer": issuer, "oidc_client_id": "mitwirken", "oidc_client_secret": SecretStr("tests only"),
        "oidc_name": "Haus Muster", **more,
    }  # fmt: skip
    app = create_app(settings.model_copy(update=own), db)
    app.testing = False
    return app


@pytest.fixture
def app(settings: Settings, paderborn: Database, house: str) -> Flask:
    """The pages of an installation that trusts the provider."""
    people.employ(paderborn, "olga@example.org")
    return _app(settings, paderborn, house)


def _know(house: str, subject: str, **claims: object) -> None:
    """Let the provider know somebody."""
    httpx2.put(f"{house}/users/{quote(subject)}", json=claims, trust_env=False).raise_for_status()


def _go(client: FlaskClient, subject: str = "s-1", onwards: str = "/desk/groups") -> str:
    """Go to the provider and say there who one is; return the address that it sends one back to."""
    there = client.get("/desk/login/sign-on", query_string={"next": onwards}).headers["Location"]
    back = httpx2.post(there, data={"sub": subject}, trust_env=False, follow_redirects=False)
    assert back.headers["Location"].startswith("http://mitwirken.example/desk/login/sign-on/back?")
    return str(back.headers["Location"]).removeprefix("http://mitwirken.example")


def _come(client: FlaskClient, subject: str = "s-1") -> TestResponse:
    return client.get(_go(client, subject))


def _is_refused(answer: TestResponse, client: FlaskClient) -> bool:
    is_out = client.get("/desk/").status_code == 303
    return answer.status_code == 403 and REFUSED in Page(answer).text and is_out


def _noted(db: Database) -> list[tuple[str, str]]:
    with db.reading() as session:
        return [(one.verb, one.kind) for one in reversed(audit.page(session))]


def test_who_is_vouched_for_opens_their_account_and_stays_bound_to_it(
    app: Flask, house: str, paderborn: Database
) -> None:
    _know(house, "s-1", email="Olga@Example.org", email_verified=True)
    client = app.test_client()
    assert "Haus Muster" in Page(client.get("/desk/login")).text
    answer = _come(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/groups")
    assert client.get("/desk/").status_code == 200
    _know(house, "s-1", email="olga.neu@example.org", email_verified=False)  # her address there is another
    again = app.test_client()
    assert _come(again).status_code == 303
    with paderborn.reading() as session:
        assert len(sessions.of_member(session, 1)) == 2
        assert len(staff.everyone(session)) == 1
    assert letters(paderborn) == [said("Your account now opens with {name}, too.", name="Haus Muster")]
    assert _noted(paderborn) == [
        ("add", "single-sign-on"), ("log-in", "session"), ("log-in", "session"),
    ]  # fmt: skip
    with paderborn.transaction() as session:
        staff.disable(session, "olga@example.org")
    assert _is_refused(_come(app.test_client()), app.test_client())


def test_nobody_gets_an_account_by_it_and_all_refusals_sound_the_same(
    app: Flask, house: str, caplog: pytest.LogCaptureFixture
) -> None:
    _know(house, "s-2", email="nobody@example.org", email_verified=True)
    _know(house, "s-3", email="olga@example.org", email_verified=False)
    _know(house, "s-4", email="olga@example.org")
    _know(house, "s-5", email="olga@example.org", email_verified="true")  # a word is no yes
    _know(house, "s-6")
    for subject in ("s-2", "s-3", "s-4", "s-5", "s-6"):
        client = app.test_client()
        assert _is_refused(_come(client, subject), client), subject
    reasons = [record.getMessage().partition(": ")[2] for record in caplog.records if "refused" in record.msg]
    assert reasons == ["no such account, or another identity's"] + ["no address that is vouched for"] * 4


def test_another_identity_does_not_take_an_account_over(app: Flask, house: str, paderborn: Database) -> None:
    for subject in ("s-1", "s-7"):
        _know(house, subject, email="olga@example.org", email_verified=True)
    assert _come(app.test_client()).status_code == 303
    client = app.test_client()
    assert _is_refused(_come(client, "s-7"), client)
    with paderborn.transaction() as session:
        factors.reset(session, 1)
    assert _come(app.test_client(), "s-7").status_code == 303


def test_an_answer_counts_once_in_the_browser_that_asked(app: Flask, house: str, paderborn: Database) -> None:
    _know(house, "s-1", email="olga@example.org", email_verified=True)
    client, other = app.test_client(), app.test_client()
    back = _go(client)
    _go(other)
    assert _is_refused(other.get(back), other)  # the state is not theirs
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert client.get(back).status_code == 303
    for address in (back, f"/desk/login/sign-on/back?state={state}", "/desk/login/sign-on/back"):
        late = app.test_client()
        assert _is_refused(late.get(address), late)
    client = app.test_client()
    assert _is_refused(client.get(_go(client).replace("code=", "code=x")), client)
    client = app.test_client()
    back = _go(client)
    assert _is_refused(client.get(f"{back}&iss=https://other.example"), client)
    for column in ("nonce", "verifier"):
        client = app.test_client()
        back = _go(client)
        with paderborn.transaction() as session:
            session.execute(
                sa.update(Ceremony).values({column: "another-one-that-is-as-long-as-it-has-to-be-1"})
            )
        assert _is_refused(client.get(back), client), column


def test_our_second_step_is_asked_for_unless_the_settings_trust_theirs(
    settings: Settings, app: Flask, house: str, paderborn: Database
) -> None:
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    _know(house, "s-8", email="ada@example.org", email_verified=True)
    client = app.test_client()
    answer = _come(client, "s-8")
    assert answer.headers["Location"].startswith("/desk/login/code")
    assert client.get("/desk/staff").status_code == 303
    form = Page(client.get("/desk/login/code")).fields
    code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
    assert client.post("/desk/login/code", data={**form, "code": code}).headers["Location"] == "/desk/"
    assert client.get("/desk/staff").status_code == 200
    trusting = _app(settings, paderborn, house, oidc_second_step=SecondStep.PROVIDER).test_client()
    assert _come(trusting, "s-8").headers["Location"] == "/desk/groups"
    assert trusting.get("/desk/staff").status_code == 200
    csrf = Page(trusting.get("/desk/account")).fields["csrf"]
    assert trusting.post("/desk/logout", data={"csrf": csrf}).status_code == 303
    assert trusting.get("/desk/").status_code == 303


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9", "{house}/liar", "{house}/nowhere"])
def test_where_it_is_down_or_another_one_the_password_still_opens(
    settings: Settings, paderborn: Database, house: str, issuer: str
) -> None:
    people.employ(paderborn, "olga@example.org")
    app = _app(settings, paderborn, issuer.format(house=house))
    client = app.test_client()
    answer = client.get("/desk/login/sign-on?next=/desk/groups")
    assert answer.status_code == 503
    assert DOWN in Page(answer).text
    data = {**Page(answer).fields, "email": "olga@example.org", "password": people.PASSWORD}
    assert client.post("/desk/login", data=data).headers["Location"] == "/desk/groups"


def test_it_goes_down_while_somebody_is_there(app: Flask, house: str, paderborn: Database) -> None:
    _know(house, "s-1", email="olga@example.org", email_verified=True)
    client = app.test_client()
    back = _go(client)
    known = app.extensions["mitwirken"].provider
    until, document = known._document
    known._document = until, {**document, "token_endpoint": "http://127.0.0.1:9/token"}
    answer = client.get(back)
    assert (answer.status_code, DOWN in Page(answer).text) == (503, True)
    with paderborn.reading() as session:
        assert identities.find(session, house, "s-1") is None


def test_without_the_setting_there_is_no_such_way_in(settings: Settings, paderborn: Database) -> None:
    client = create_app(settings, paderborn).test_client()
    assert client.get("/desk/login/sign-on").status_code == 404
    assert client.get("/desk/login/sign-on/back?code=1&state=2").status_code == 404
    assert "sign-on" not in client.get("/desk/login").get_data(as_text=True)


def test_what_cannot_work_is_said_before_it_starts(
    settings: Settings, paderborn: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="CLIENT_ID"):
        _app(settings, paderborn, "https://sso.example", oidc_client_id="")
    with pytest.raises(ValueError, match="https://"):
        _app(settings, paderborn, "http://sso.example")
    _app(settings, paderborn, "https://sso.example")
    monkeypatch.setitem(sys.modules, "authlib.integrations.httpx_client", None)
    runpy.run_path(str(ROOT / "webforms" / "provider.py"))  # is loaded without it, too
    monkeypatch.setattr(sign_ons, "_PARTS", ("authlib", "a-part-that-nobody-has"))
    with pytest.raises(ValueError, match="--extra sso"):
        _app(settings, paderborn, "https://sso.example")
    create_app(settings, paderborn)  # who wants none misses nothing
