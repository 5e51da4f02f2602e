"""Nobody gets past the desk's door without a log-in, the right role, and a form of their own."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from models import sessions, staff
from models.db import Database
from tests.webforms.desk import people
from tests.webforms.desk.people import PASSWORD, Officer
from webforms.desk import guard

SAMPLES = {"number": "1", "act": "ask", "kind": "members", "ending": "csv", "report": "1", "into": "uk"}


def _rules(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/desk")]
    assert len(found) > 15
    return found


OTHER_WAYS_IN = ("desk.passkeys.ask_known", "desk.passkeys.enter", "desk.sign_on.begin", "desk.sign_on.back")


def _address(rule: Rule) -> str:
    return re.sub(r"<(?:([^:<>]*):)?(\w+)>", _sample, rule.rule).replace("/groups/1", "/groups/7.49")


def _sample(part: re.Match[str]) -> str:
    """Return something that fits into a place of an address: one of its own words, where it lists them."""
    listed = re.match(r"any\('([^']+)'", part[1] or "")
    return listed[1] if listed else SAMPLES.get(part[2], "1")


def _methods(rule: Rule) -> set[str]:
    return set(rule.methods or ()) & {"GET", "POST"}


def test_every_address_of_the_desk_has_its_roles(app: Flask) -> None:
    assert {rule.endpoint for rule in _rules(app)} == set(guard.ROLES)


def test_nothing_but_the_login_opens_to_a_stranger(app: Flask) -> None:
    client = app.test_client()
    for rule in _rules(app):
        if rule.endpoint in ("desk.login.ask", "desk.login.enter"):
            continue
        if rule.endpoint in OTHER_WAYS_IN:
            for method in _methods(rule):
                assert client.open(_address(rule), method=method).status_code in (400, 404), rule
            continue
        for method in _methods(rule):
            answer = client.open(_address(rule), method=method)
            assert answer.status_code == 303, rule
            assert answer.headers["Location"].startswith("/desk/login"), rule


def test_no_form_works_without_its_token(app: Flask, ada: Officer, olga: Officer) -> None:
    for rule in _rules(app):
        if "POST" not in _methods(rule):
            continue
        address = _address(rule)
        assert ada.client.post(address).status_code == 400, rule
        assert ada.client.post(address, data={"csrf": "a.b.c"}).status_code == 400, rule
        if not rule.endpoint.startswith(("desk.login.enter", *OTHER_WAYS_IN)):
            assert ada.client.post(address, data={"csrf": olga.csrf}).status_code == 400, rule


def test_officers_do_not_reach_what_is_for_admins(app: Flask, olga: Officer) -> None:
    only_admins = [rule for rule in _rules(app) if guard.ROLES[rule.endpoint] == guard.ADMINS]
    assert len(only_admins) == 5
    for rule in only_admins:
        for method in _methods(rule):
            answer = olga.client.open(_address(rule), method=method, data={"csrf": olga.csrf})
            assert answer.status_code == 403, rule
    assert "/desk/staff" not in olga.open("/desk/").links


def test_unknown_address_and_wrong_password_sound_the_same(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "olga@example.org")
    wrong = Officer(app.test_client(), "olga@example.org").log_in("not the password")
    unknown = Officer(app.test_client(), "nobody@example.org").log_in("not the password")
    assert wrong.status_code == unknown.status_code == 422
    said = [re.search(r'role="alert".*?</div>', one.get_data(as_text=True), re.S) for one in (wrong, unknown)]
    assert said[0] is not None
    assert said[1] is not None
    assert said[0][0] == said[1][0]
    assert "Set-Cookie" not in wrong.headers


def test_each_login_begins_a_new_session_and_logging_out_ends_it(olga: Officer, paderborn: Database) -> None:
    cookie = olga.client.get_cookie("mitwirken-desk")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    first = cookie.value
    olga.log_in()
    again = olga.client.get_cookie("mitwirken-desk")
    assert again is not None
    assert again.value != first
    with paderborn.reading() as session:
        assert sessions.staff_of(session, first) is None
        assert sessions.staff_of(session, again.value) is not None
    assert olga.post("/desk/logout").status_code == 303
    olga.client.set_cookie("mitwirken-desk", again.value, domain="localhost")
    assert olga.open("/desk/").status == 303


def test_a_closed_account_is_out_at_once(olga: Officer, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        staff.disable(session, "olga@example.org")
    assert olga.open("/desk/").status == 303
    assert olga.log_in().status_code == 422


@pytest.mark.parametrize(
    ("wish", "goes_to"),
    [
        ("/desk/entries/7?show=all", "/desk/entries/7?show=all"),
        ("https://evil.example/desk/", "/desk/"),
        ("//evil.example/desk/", "/desk/"),
        ("/desk/../de/", "/desk/"),
        ("/desk/\\evil.example", "/desk/"),
        ("/de/", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_after_the_login_one_goes_on_inside_the_desk_only(
    app: Flask, paderborn: Database, wish: str, goes_to: str
) -> None:
    people.employ(paderborn, "olga@example.org")
    answer = Officer(app.test_client(), "olga@example.org").log_in(PASSWORD, wish)
    assert answer.status_code == 303
    assert answer.headers["Location"] == goes_to


def test_the_login_remembers_where_one_wanted_to_go(app: Flask, paderborn: Database) -> None:
    people.employ(paderborn, "olga@example.org")
    client = app.test_client()
    answer = client.get("/desk/groups/7.49?below=9")
    assert "next=/desk/groups/7.49?below%3D9" in answer.headers["Location"]


def test_a_login_form_of_another_site_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/desk/login", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
