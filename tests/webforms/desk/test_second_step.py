"""The second step at the log-in: who must have one, what it opens, and that hammering locks nobody out."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from models import clock, factors, sessions, staff, tries
from models.db import Database
from models.letters import Letter
from models.outbox import Delivery, Message
from models.staff import StaffMember, StaffRole
from tests.webforms.conftest import Page
from tests.webforms.desk import people
from tests.webforms.desk.people import HASHED, PASSWORD, TOTP_SECRET, Officer, said
from tests.webforms.desk.test_passkeys import letters
from webforms.site import DEVICE_COOKIE


def _letters(db: Database, kind: str) -> list[str]:
    with db.reading() as session:
        packed = session.scalars(
            sa.select(Message.words)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Message.kind == kind, Delivery.staff_id.is_not(None))
        ).all()
    return [" ".join(str(p.to("en")) for p in Letter.unpack(one).paragraphs) for one in packed]


def _fresh_admin(app: Flask, db: Database) -> Officer:
    with db.transaction() as session:
        staff.add(
            session, "nora@example.org", name="Nora Neu", role=StaffRole.ADMIN, password_hash=HASHED
        ).language = "en"
    return Officer(app.test_client(), "nora@example.org")


def _hammer(app: Flask, email: str, times: int = 6) -> None:
    stranger = Officer(app.test_client(), email)
    for _try in range(times):
        page = Page(stranger.client.get("/desk/login"))
        stranger.client.post("/desk/login", data={**page.fields, "email": email, "password": "a wrong one"})


def test_an_admin_without_it_sets_it_up_before_anything_else(app: Flask, paderborn: Database) -> None:
    nora = _fresh_admin(app, paderborn)
    nora.log_in()
    for address in ("/desk/", "/desk/staff", "/desk/export/members.csv", "/desk/account"):
        answer = nora.client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/account/second-step")
    page = nora.open("/desk/account/second-step")
    nora.csrf = page.fields["csrf"]
    assert nora.post("/desk/staff", name="X", email="x@example.org", role="officer").status_code == 303
    with paderborn.reading() as session:
        assert staff.by_email(session, "x@example.org") is None
    secret = page.fields["secret"]
    assert secret[:4] in page.text
    wrong = nora.post("/desk/account/second-step", secret=secret, code="12345")
    assert wrong.status_code == 422
    assert f'value="{secret}"' in wrong.get_data(as_text=True)
    done = nora.post("/desk/account/second-step", secret=secret, code=pyotp.TOTP(secret).at(clock.now()))
    codes = re.findall(r'<code dir="ltr">([a-z0-9-]{17})</code>', done.get_data(as_text=True))
    assert len(codes) == factors.RECOVERY_CODES
    assert nora.open("/desk/staff").status == 200
    assert codes[0] not in nora.client.get("/desk/account/second-step").get_data(as_text=True)
    again = Officer(app.test_client(), "nora@example.org")
    again.client.post(
        "/desk/login",
        data={**Page(again.client.get("/desk/login")).fields, "email": again.email, "password": PASSWORD},
    )
    assert again.enter_code(codes[0]).status_code == 303
    assert again.open("/desk/staff").status == 200


def test_the_password_alone_opens_nothing(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    client = app.test_client()
    page = Page(client.get("/desk/login"))
    answer = client.post(
        "/desk/login", data={**page.fields, "email": "ada@example.org", "password": PASSWORD}
    )
    assert answer.headers["Location"].startswith("/desk/login/code")
    for address in ("/desk/", "/desk/account", "/desk/account/second-step", "/desk/staff"):
        assert client.get(address).headers["Location"].startswith("/desk/login")
    waiting = client.get_cookie("mitwirken-desk")
    assert waiting is not None
    form = Page(client.get("/desk/login/code")).fields
    assert client.post("/desk/login/code", data={"code": "1"}).status_code == 400
    code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
    assert client.post("/desk/login/code", data={**form, "code": "000000"}).status_code == 422
    assert client.post("/desk/login/code", data={**form, "code": code}).status_code == 303
    inside = client.get_cookie("mitwirken-desk")
    assert inside is not None
    assert inside.value != waiting.value
    assert client.get("/desk/staff").status_code == 200
    with paderborn.reading() as session:
        assert sessions.awaiting(session, waiting.value) is None


def test_after_five_wrong_codes_the_password_is_asked_for_again(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    client = app.test_client()
    page = Page(client.get("/desk/login"))
    client.post("/desk/login", data={**page.fields, "email": "ada@example.org", "password": PASSWORD})
    form = Page(client.get("/desk/login/code")).fields
    for _try in range(sessions.CODE_TRIES):
        assert client.post("/desk/login/code", data={**form, "code": "000000"}).status_code == 422
    code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
    answer = client.post("/desk/login/code", data={**form, "code": code})
    assert answer.headers["Location"] == "/desk/login?again=1"
    assert (
        said("Please log in once more: this took too long, or the code was wrong too often.")
        in Page(client.get("/desk/login?again=1&lang=en")).text
    )


def test_hammering_on_an_account_locks_its_owner_out_of_nothing(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    people.employ(paderborn, "olga@example.org")
    known = Officer(app.test_client(), "olga@example.org")
    assert known.log_in().status_code == 303
    _hammer(app, "ada@example.org")
    _hammer(app, "olga@example.org")
    assert known.log_in().headers["Location"] == "/desk/"  # in a known browser nothing changes
    assert Officer(app.test_client(), "ada@example.org").log_in().status_code == 303
    olga = Officer(app.test_client(), "olga@example.org")  # without a second step, in a new browser
    assert olga.log_in().status_code == 422  # the code that this helper knows is not the one that was sent
    (letter,) = _letters(paderborn, "log-in-code")
    code = re.search(r"\d{8}", letter)
    assert code is not None
    assert olga.enter_code(code[0]).headers["Location"] == "/desk/"
    assert olga.open("/desk/").status == 200


def test_while_many_fail_the_answer_does_not_tell_which_password_is_right(
    app: Flask, paderborn: Database
) -> None:
    people.employ(paderborn, "olga@example.org")
    for email in ("olga@example.org", "nobody@example.org"):
        _hammer(app, email)
    seen = []
    for email, password in (
        ("olga@example.org", PASSWORD), ("olga@example.org", "wrong one"), ("nobody@example.org", "x"),
    ):  # fmt: skip
        client = app.test_client()
        page = Page(client.get("/desk/login"))
        answer = client.post("/desk/login", data={**page.fields, "email": email, "password": password})
        form = Page(client.get("/desk/login/code"))
        wrong = client.post("/desk/login/code", data={**form.fields, "code": "00000000"})
        seen.append((answer.status_code, answer.headers["Location"], form.text, wrong.status_code))
    assert len(set(seen)) == 1
    assert len(_letters(paderborn, "log-in-code")) == 1  # nobody is bombed with mails by who guesses


def test_hammering_ends_by_itself(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "olga@example.org")
    _hammer(app, "olga@example.org")
    with paderborn.transaction() as session:
        session.execute(sa.update(tries.Tries).values(since=clock.now() - tries.SPAN))
    assert Officer(app.test_client(), "olga@example.org").log_in().headers["Location"] == "/desk/"


@pytest.mark.parametrize("kind", [tries.ADDRESS, tries.ALL])
def test_many_accounts_from_one_address_count_together(app: Flask, paderborn: Database, kind: str) -> None:
    people.employ(paderborn, "olga@example.org")
    what = "127.0.0.1" if kind == tries.ADDRESS else ""
    with paderborn.transaction() as session:
        for _try in range(tries.MOST[kind]):
            tries.note(session, tries.key(kind, what))
    assert Officer(app.test_client(), "olga@example.org").log_in().status_code == 422
    assert len(_letters(paderborn, "log-in-code")) == 1


def test_who_has_the_password_cannot_guess_the_code(app: Flask, paderborn: Database) -> None:
    number = people.employ(paderborn, "ada@example.org", StaffRole.ADMIN)
    with paderborn.transaction() as session:
        for _try in range(tries.MOST[tries.CODE]):
            tries.note(session, tries.key(tries.CODE, str(number)))
        codes = factors.renew_recovery_codes(session, session.get_one(StaffMember, number))
    ada = Officer(app.test_client(), "ada@example.org")
    assert ada.log_in().status_code == 422
    assert ada.enter_code(codes[0]).status_code == 303  # the owner still gets in
    assert ada.log_in().status_code == 303  # and from now on with the app: this browser is known


def test_a_new_browser_is_told_to_the_owner_once(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "olga@example.org")
    olga = Officer(app.test_client(), "olga@example.org")
    olga.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0"
    olga.log_in()
    olga.log_in()
    (letter,) = _letters(paderborn, "new-device")
    assert "Firefox · Linux" in letter
    cookie = olga.client.get_cookie(DEVICE_COOKIE)
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    other = Officer(app.test_client(), "olga@example.org")
    other.log_in()
    assert len(_letters(paderborn, "new-device")) == 2


def test_sessions_are_listed_and_ended(app: Flask, olga: Officer, ada: Officer, paderborn: Database) -> None:
    elsewhere = Officer(app.test_client(), "olga@example.org")
    elsewhere.log_in()
    with paderborn.reading() as session:
        hers = sessions.of_member(session, 1)
        adas = sessions.of_member(session, 2)
    assert (len(hers), len(adas)) == (2, 1)
    assert olga.post("/desk/account/sessions/end", session=adas[0].token_hash).status_code == 404
    assert ada.open("/desk/").status == 200
    page = olga.client.get("/desk/account").get_data(as_text=True)
    assert page.count('name="session"') == 1
    other = re.search(r'name="session" value="(\w+)"', page)
    assert other is not None
    assert olga.post("/desk/account/sessions/end", session=other[1]).status_code == 303
    assert elsewhere.open("/desk/").status == 303
    elsewhere.log_in()
    assert olga.post("/desk/account/sessions/end-others").status_code == 303
    assert elsewhere.open("/desk/").status == 303
    assert olga.open("/desk/").status == 200


def test_a_new_password_ends_the_other_sessions(app: Flask, olga: Officer) -> None:
    elsewhere = Officer(app.test_client(), "olga@example.org")
    elsewhere.log_in()
    new = "another long sentence"
    assert olga.post("/desk/account/password", old=PASSWORD, new=new).status_code == 303
    assert olga.open("/desk/").status == 200
    assert elsewhere.open("/desk/").status == 303


def test_that_a_session_is_used_is_noted_every_few_minutes(olga: Officer, paderborn: Database) -> None:
    def seen() -> object:
        with paderborn.reading() as session:
            return sessions.of_member(session, 1)[0].seen_at

    first = seen()
    olga.open("/desk/")
    assert seen() == first
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        olga.open("/desk/")
        assert seen() == clock.now()


def test_an_admin_resets_what_somebody_has_lost(ada: Officer, app: Flask, paderborn: Database) -> None:
    number = people.employ(paderborn, "nora@example.org", StaffRole.ADMIN)
    nora = Officer(app.test_client(), "nora@example.org")
    assert nora.log_in().status_code == 303
    assert ada.post("/desk/staff/1/reset-factor").status_code == 403  # not one's own
    assert ada.post(f"/desk/staff/{number}/reset-factor").status_code == 303
    assert nora.open("/desk/").status == 303
    nora.log_in()
    assert nora.client.get("/desk/").headers["Location"] == "/desk/account/second-step"


def test_turning_it_off_and_new_codes_need_a_code(ada: Officer, paderborn: Database) -> None:
    for act in ("codes", "off"):
        assert ada.post(f"/desk/account/second-step/{act}", code="000000").status_code == 422
    with clock.frozen(clock.now() + timedelta(seconds=60)):
        code = pyotp.TOTP(TOTP_SECRET).at(clock.now())
        answer = ada.post("/desk/account/second-step/codes", code=code)
    written = re.findall(r'<code dir="ltr">([a-z0-9-]{17})</code>', answer.get_data(as_text=True))
    assert len(written) == 8
    assert letters(paderborn)[-1] == said(
        "New codes to write down were made for your second step. The old ones no longer work."
    )
    assert ada.post("/desk/account/second-step/off", code=written[0]).status_code == 303
    assert ada.client.get("/desk/").headers["Location"] == "/desk/account/second-step"
