"""A lead writes to their own group, from their own page: to no other, and not past the office."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import groups, leads, links, people, updates, updates_writing
from models.audiences import Audience, Part
from models.changes import Author
from models.db import Database
from models.links import Purpose
from models.people import Person
from models.settings import Release, Settings
from models.updates import UpdateState
from tests.webforms.conftest import Page
from tests.webforms.desk import people as desk_people
from tests.webforms.desk.people import Officer, said
from webforms import create_app

BASE = "/en/groups/7.49/write"
WORDS = {"title-de": "Treffen", "body-de": "Bitte *alle* kommen.", "button": "none"}


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    app = create_app(settings, paderborn)
    app.testing = False  # refusals are pages here as in life
    return app


@pytest.fixture
def karla(app: Flask, paderborn: Database) -> FlaskClient:
    """The browser of who leads 7.49, come from the chat by the one-time link."""
    with paderborn.transaction() as session:
        person_id, _ = people.meet(session, name="Karla Beispiel", language="de", email="karla@example.org")
        person = session.get_one(Person, person_id)
        people.confirm_email(session, person)
        leads.appoint(session, groups.directory(session).get("7.49").id, person)
        token = links.issue(session, Purpose.ME, person_id=person_id)
    client = app.test_client()
    answer = client.post(f"/en/me/{token}?group=7.49&to=write")
    assert answer.headers["Location"] == BASE
    return client


def post(client: FlaskClient, address: str, **data: object) -> TestResponse:
    """Send one of the forms, with the token of the list."""
    csrf = Page(client.get(BASE)).fields["csrf"]
    return client.post(address, data={"csrf": csrf, **data})


def begin(client: FlaskClient) -> int:
    """Begin an update and write it."""
    answer = post(client, f"{BASE}/new", source="de")
    assert answer.status_code == 303
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert post(client, f"{BASE}/{number}/save", version=1, **WORDS).status_code == 303
    return number


def state(db: Database, number: int) -> UpdateState:
    """Return where an update stands."""
    with db.reading() as session:
        return updates.get(session, number).state


def test_a_lead_writes_and_the_office_releases(app: Flask, karla: FlaskClient, paderborn: Database) -> None:
    assert f"{BASE}" in Page(karla.get("/en/groups/7.49/edit")).links
    assert f"{BASE}" in Page(karla.get("/en/me")).links
    number = begin(karla)
    chosen = post(
        karla, f"{BASE}/{number}/recipients", version=2, group="12.71", field="3", part="members", chats="yes"
    )
    assert chosen.status_code == 303
    with paderborn.reading() as session:
        own = groups.directory(session).get("7.49").id
        audience = Audience.unpack(updates.get(session, number).audience)
    assert audience == Audience(frozenset({own}), parts=frozenset({Part.MEMBERS}))
    look = Page(karla.get(f"{BASE}/{number}/look?lang=ar"))
    assert look.status == 200
    assert "Treffen" in look.text
    assert post(karla, f"{BASE}/{number}/send/now", version=3, sure="yes").status_code == 403
    assert post(karla, f"{BASE}/{number}/send/ask", version=3, at="").status_code == 303
    assert state(paderborn, number) is UpdateState.WAITING
    assert post(karla, f"{BASE}/{number}/send/release", version=4, sure="yes").status_code in (404, 405)

    desk_people.employ(paderborn, "olga@example.org")
    olga = Officer(app.test_client(), "olga@example.org")
    olga.log_in()
    assert "Treffen" in olga.open("/desk/updates").text
    assert olga.post(f"/desk/updates/{number}/send/release", version=4, sure="yes").status_code == 303
    assert state(paderborn, number) is UpdateState.SENDING
    page = Page(karla.get(f"{BASE}/{number}/send"))
    assert page.status == 200
    assert said("Each recipient") not in page.text, "who else hears of the group is nothing for its lead"
    assert said("Name") not in Page(karla.get(f"{BASE}/{number}/recipients")).text


def test_a_lead_does_not_reach_what_is_not_theirs(
    app: Flask, karla: FlaskClient, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        staff_id = desk_people.staff.add(
            session, "omar@example.org", name="Omar", role=desk_people.StaffRole.OFFICER, password_hash="-"
        ).id
        office = updates_writing.begin(session, by=Author(staff_id=staff_id)).id
    for part in ("", "/recipients", "/look", "/mail", "/send"):
        assert karla.get(f"{BASE}/{office}{part}").status_code == 403
    assert post(karla, f"{BASE}/{office}/save", version=1, **WORDS).status_code == 403
    other = karla.get("/en/groups/12.71/write")
    assert (other.status_code, other.headers["Location"]) == (303, "/en/groups/12.71/edit")
    number = begin(karla)
    assert karla.get(f"/en/groups/12.71/write/{number}").status_code == 303
    stranger = app.test_client()
    assert stranger.get(f"{BASE}/{number}").status_code == 303
    assert stranger.post(f"{BASE}/{number}/save", data=WORDS).status_code == 303
    assert karla.post(f"{BASE}/{number}/save", data={"version": "2", **WORDS}).status_code in (400, 422)
    assert karla.get("/en/groups/99.99/write").status_code == 404
    with paderborn.transaction() as session:
        person = people.by_email(session, "karla@example.org")
        assert person is not None
        leads.dismiss(session, groups.directory(session).get("7.49").id, person.id)
    assert karla.get(f"{BASE}/{number}").status_code == 303


def test_where_nobody_has_to_release_a_lead_sends(karla: FlaskClient, paderborn: Database) -> None:
    settings = karla.application.extensions["mitwirken"].settings
    settings.release = Release.NONE
    number = begin(karla)
    assert post(karla, f"{BASE}/{number}/send/now", version=2, sure="yes").status_code == 303
    assert state(paderborn, number) is UpdateState.SENDING


def test_the_page_is_right_in_arabic_without_a_script(karla: FlaskClient) -> None:
    number = begin(karla)
    for part in ("", "/recipients", "/look", "/send"):
        answer = karla.get(BASE.replace("/en/", "/ar/") + f"/{number}{part}")
        page = Page(answer)
        assert (page.status, page.lang, page.direction) == (200, "ar", "rtl")
        assert not re.search(r"<script(?! src)", answer.get_data(as_text=True))
