"""Passkeys: what opens the desk, and everything near it that does not."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page
from webauthn.helpers import base64url_to_bytes
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from models import audit, ceremonies, clock, factors, passkeys, sessions, staff
from models.db import Database
from models.letters import Letter
from models.outbox import Delivery, Message
from models.passkeys import Passkey
from models.settings import Settings
from models.staff import StaffRole
from tests.webforms.conftest import Page as Answer
from tests.webforms.desk import people
from tests.webforms.desk.device import PRESENT, Device
from tests.webforms.desk.people import PASSWORD, Officer, said
from webforms import create_app

HTTPS = "https://mitwirken.example"


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """The pages, at an address for which browsers have passkeys."""
    app = create_app(settings.model_copy(update={"base_url": HTTPS}), paderborn)
    app.testing = False
    return app


def _client(app: Flask) -> Any:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.environ_base["wsgi.url_scheme"] = "https"  # as behind a proxy: cookies are bound to it
    return client


@pytest.fixture
def olga(app: Flask, paderborn: Database) -> Officer:
    """An officer, logged in."""
    people.employ(paderborn, "olga@example.org")
    return _logged_in(app, "olga@example.org")


def _logged_in(app: Flask, email: str) -> Officer:
    officer = Officer(_client(app), email)
    assert officer.log_in().status_code == 303
    return officer


def _ask_new(officer: Officer, **changed: str) -> TestResponse:
    return officer.post(
        "/desk/account/passkeys/begin", **{"name": "Telefon", "password": PASSWORD, **changed}
    )


def _add(officer: Officer, device: Device, name: str = "Telefon") -> TestResponse:
    asked = _ask_new(officer, name=name)
    assert asked.status_code == 200
    return officer.post("/desk/account/passkeys", name=name, answer=device.make(json.loads(asked.data)))


def _ask(client: Any) -> tuple[dict[str, str], dict[str, Any]]:
    form = Answer(client.get("/desk/login")).fields
    return form, json.loads(client.post("/desk/login/passkey/begin", data=form).data)


def _enter(client: Any, device: Device) -> TestResponse:
    form, asked = _ask(client)
    answer: TestResponse = client.post("/desk/login/passkey", data={**form, "answer": device.use(asked)})
    return answer


def letters(db: Database) -> list[str]:
    """What was written to staff of what opens their accounts."""
    with db.reading() as session:
        packed = session.scalars(
            sa.select(Message.words)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Message.kind == "log-in-changed", Delivery.staff_id.is_not(None))
        ).all()
    return [str(Letter.unpack(one).paragraphs[0].to("en")) for one in packed]


def _noted(db: Database) -> list[tuple[str, str]]:
    with db.reading() as session:
        return [(one.verb, one.kind) for one in reversed(audit.page(session))]


def test_a_passkey_is_added_opens_the_desk_and_is_removed(
    app: Flask, olga: Officer, paderborn: Database
) -> None:
    device = Device()
    assert _add(olga, device).headers["Location"] == "/desk/account/passkeys?saved=passkey"
    assert "Telefon" in olga.open("/desk/account/passkeys").text
    client = _client(app)
    assert _enter(client, device).headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    with paderborn.reading() as session:
        (held,) = passkeys.of_member(session, 1)
        assert (held.uses, held.used_at is not None) == (1, True)
        assert len(sessions.of_member(session, 1)) == 2
    assert olga.post(f"/desk/account/passkeys/{held.id}/remove").status_code == 303
    assert client.get("/desk/").status_code == 303  # what it had opened is closed with it
    assert _enter(client, device).status_code == 422
    assert letters(paderborn) == [
        said("A passkey was added: {name}", name="Telefon"),
        said("A passkey was removed: {name}", name="Telefon"),
    ]
    assert _noted(paderborn) == [
        ("log-in", "session"), ("add", "passkey"), ("log-in", "session"), ("remove", "passkey"),
    ]  # fmt: skip


def test_it_is_both_steps_for_an_admin_too(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    device = Device()
    _add(_logged_in(app, "ada@example.org"), device)
    client = _client(app)
    assert _enter(client, device).headers["Location"] == "/desk/"
    assert client.get("/desk/staff").status_code == 200


def test_what_is_not_quite_right_opens_nothing(app: Flask, olga: Officer, paderborn: Database) -> None:
    device = Device()
    _add(olga, device)
    client = _client(app)
    assert _enter(client, device).status_code == 303  # it does where all is right
    client = _client(app)

    def refused() -> bool:
        answer = _enter(client, device)
        is_told = said("This passkey does not open an account here. Please log in with your password.")
        assert is_told in Answer(answer).text
        return answer.status_code == 422 and client.get("/desk/").status_code == 303

    device.origin = "https://mitwirken.example.org"
    assert refused()
    device.origin, device.flags = HTTPS, PRESENT
    assert refused()  # the device has not asked whose finger it is
    device = Device()
    assert refused()  # never added
    device.id = base64url_to_bytes(_held(paderborn).credential)
    assert refused()  # another key under the same number


def _held(db: Database) -> Passkey:
    with db.reading() as session:
        return passkeys.of_member(session, 1)[0]


def test_a_device_that_counts_backwards_is_refused(app: Flask, olga: Officer, paderborn: Database) -> None:
    device = Device()
    device.count = 5
    _add(olga, device)
    assert _enter(_client(app), device).status_code == 303
    device.count -= 1  # as a copy would, that was made before
    assert _enter(_client(app), device).status_code == 422
    assert _held(paderborn).uses == 6
    assert _enter(_client(app), device).status_code == 303


def test_a_question_is_good_once_in_its_browser_and_for_minutes(
    app: Flask, olga: Officer, paderborn: Database
) -> None:
    device = Device()
    _add(olga, device)
    client, other = _client(app), _client(app)
    form, asked = _ask(client)
    elsewhere, _other = _ask(other)
    answer = device.use(asked)
    assert other.post("/desk/login/passkey", data={**elsewhere, "answer": answer}).status_code == 422
    wrong = client.post("/desk/login/passkey", data={**form, "answer": "{}"})
    assert wrong.status_code == 422
    assert client.post("/desk/login/passkey", data={**form, "answer": answer}).status_code == 422  # used up
    form, asked = _ask(client)
    with clock.frozen(clock.now() + ceremonies.SPAN + timedelta(seconds=1)):
        late = client.post("/desk/login/passkey", data={**form, "answer": device.use(asked)})
        assert late.status_code == 422


DEEP = "[" * 19_000


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "{}", '{"id": 1, "response": {}}', '{"response": {"signature": "ü"}}', "9" * 30000, DEEP],
)
def test_nonsense_is_refused_in_words(app: Flask, olga: Officer, answer: str) -> None:
    client = _client(app)
    form, _asked = _ask(client)
    assert client.post("/desk/login/passkey", data={**form, "answer": answer}).status_code == 422
    assert _ask_new(olga).status_code == 200
    assert olga.post("/desk/account/passkeys", name="Telefon", answer=answer).status_code == 422


def test_adding_needs_the_password_a_name_and_the_same_browser(
    app: Flask, olga: Officer, paderborn: Database
) -> None:
    for changed in ({"password": "a wrong one"}, {"name": "  "}):
        assert "error" in json.loads(_ask_new(olga, **changed).data)
    device, ada = Device(), _client(app)
    made = device.make(json.loads(_ask_new(olga).data))
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    other = _logged_in(app, "ada@example.org")
    cookie = olga.client.get_cookie("__Host-mitwirken-desk-begun")
    assert cookie is not None
    other.client.set_cookie("__Host-mitwirken-desk-begun", cookie.value, secure=True)
    assert other.post("/desk/account/passkeys", name="X", answer=made).status_code == 422
    assert ada.post("/desk/account/passkeys", data={"answer": made}).status_code == 303  # to the log-in
    assert olga.post("/desk/account/passkeys", name="X", answer=made).status_code == 303
    assert olga.post("/desk/account/passkeys", name="X", answer=made).status_code == 422
    again = device.make(json.loads(_ask_new(olga).data))
    assert olga.post("/desk/account/passkeys", name="X", answer=again).status_code == 422  # known already
    assert other.post(f"/desk/account/passkeys/{_held(paderborn).id}/remove").status_code == 404
    for _try in range(12):
        words = _ask_new(olga, password="a wrong one")
    assert said("The password was wrong too often. Please wait for a quarter of an hour.") in words.text
    assert _ask_new(olga).status_code == 422


def test_a_closed_account_and_a_reset_one_open_with_no_passkey(
    app: Flask, olga: Officer, paderborn: Database
) -> None:
    device = Device()
    _add(olga, device)
    with paderborn.transaction() as session:
        staff.disable(session, "olga@example.org")
    assert _enter(_client(app), device).status_code == 422
    with paderborn.transaction() as session:
        account = staff.by_email(session, "olga@example.org")
        assert account is not None
        account.disabled_at = None
        factors.reset(session, account.id)
        assert passkeys.of_member(session, account.id) == []
    assert _enter(_client(app), device).status_code == 422


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://mitwirken.example.org", ("mitwirken.example.org", "https://mitwirken.example.org")),
        ("https://Mitwirken.example.org:443/", ("mitwirken.example.org", "https://mitwirken.example.org")),
        ("https://bürger.example:8443", ("xn--brger-kva.example", "https://xn--brger-kva.example:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://mitwirken.example.org", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
        ("", None),
    ],
)
def test_whom_passkeys_are_for_comes_from_the_address(address: str, party: tuple[str, str] | None) -> None:
    found = passkeys.party_of(address)
    assert (found and (found.id, found.origin)) == party


def test_where_browsers_have_none_the_page_says_so(settings: Settings, paderborn: Database) -> None:
    app = create_app(settings, paderborn)
    app.testing = False
    people.employ(paderborn, "olga@example.org")
    olga = Officer(app.test_client(), "olga@example.org")
    olga.log_in()
    page = olga.open("/desk/account/passkeys")
    assert (
        said(
            "Passkeys are not offered here: they need an encrypted address with a name. Your password and the"
            " second step work as ever."
        )[:40]
        in page.text
    )
    assert "password" not in page.fields
    assert _ask_new(olga).status_code == 404
    assert "data-passkey" not in app.test_client().get("/desk/login").get_data(as_text=True)


@pytest.fixture
def served(settings: Settings, paderborn: Database) -> Iterator[str]:
    """The desk at a name for which browsers have passkeys without https."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        app = create_app(settings.model_copy(update={"base_url": f"http://localhost:{port}"}), paderborn)
        server = make_server("127.0.0.1", port, app, threaded=True, fd=held.fileno())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(served: str, chromium: Browser) -> Iterator[Page]:
    """A browser's window at the desk's door."""
    context = chromium.new_context(base_url=served)
    yield context.new_page()
    context.close()


def _phone(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device that asks for its owner, and finds them."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return line, made["authenticatorId"]


def _leave_and_use(page: Page) -> None:
    page.click("header form[action='/desk/logout'] button")
    page.click("form[data-passkey] button")


@pytest.mark.browser
def test_a_browser_adds_uses_and_loses_one(page: Page, paderborn: Database) -> None:
    people.employ(paderborn, "olga@example.org")
    line, phone = _phone(page)
    page.goto("/desk/login")
    page.fill("#email", "olga@example.org")
    page.fill("#password", PASSWORD)
    page.click("main form:not([data-passkey]) button")
    page.wait_for_selector("nav.sections")
    page.goto("/desk/account/passkeys")
    page.fill("#name", "Telefon")
    page.fill("#password", "a wrong one")
    page.click("form[data-passkey] button")
    page.wait_for_selector("[data-failed]:visible")
    page.fill("#password", PASSWORD)
    page.click("form[data-passkey] button")
    page.wait_for_selector(".sessions li")
    _leave_and_use(page)
    page.wait_for_selector(".rows, .empty, nav.sections")
    assert page.url.endswith("/desk/")

    (held,) = line.send("WebAuthn.getCredentials", {"authenticatorId": phone})["credentials"]
    known = {"authenticatorId": phone, "credentialId": held["credentialId"]}
    line.send("WebAuthn.removeCredential", known)
    line.send("WebAuthn.addCredential", {"authenticatorId": phone, "credential": {**held, "signCount": 0}})
    _leave_and_use(page)
    page.wait_for_selector("#problem")  # it counts from the start again, as a copy would
    line.send("WebAuthn.removeCredential", known)
    line.send("WebAuthn.addCredential", {"authenticatorId": phone, "credential": {**held, "signCount": 40}})
    page.click("form[data-passkey] button")
    page.wait_for_selector("nav.sections")

    page.goto("/desk/account/passkeys")
    page.click(".sessions button")
    page.wait_for_selector(".note.good")
    _leave_and_use(page)
    page.wait_for_selector("#problem")
    line.send("WebAuthn.removeCredential", known)
    page.click("form[data-passkey] button")
    page.wait_for_selector("[data-failed]:visible")
