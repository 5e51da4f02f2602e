"""A lead links a Telegram group from their page; the office sees it and can end it."""

import pytest
from flask.testing import FlaskClient

from models import group_chats, groups, leads, links, people
from models.db import Database
from models.links import Purpose
from models.settings import Settings
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer, employ
from webforms import create_app

CHATS = "/de/groups/7.49/chats"


@pytest.fixture
def lead(paderborn: Database, settings: Settings) -> FlaskClient:
    """A browser in which a lead of 7.49 has opened their own page."""
    with paderborn.transaction() as session:
        person_id, _known = people.meet(
            session, name="Lena Beispiel", language="de", email="lena@example.org"
        )
        person = people.get(session, person_id)
        assert person is not None
        leads.appoint(session, groups.directory(session).get("7.49").id, person)
        token = links.issue(session, Purpose.ME, person_id=person_id)
    client = create_app(settings, paderborn).test_client()
    page = Page(client.get(f"/de/me/{token}"))
    client.post(f"/de/me/{token}", data=page.fields)
    return client


def link_one(db: Database) -> None:
    with db.transaction() as session:
        group_id = groups.directory(session).get("7.49").id
        group_chats.link(session, group_id, -77, title="Nachbarn <b>", language="de", by=None)


def test_a_lead_makes_a_link_that_works_once(lead: FlaskClient, paderborn: Database) -> None:
    page = Page(lead.get(CHATS))
    made = Page(lead.post(f"{CHATS}/link", data={"csrf": page.fields["csrf"]}))
    address = next(one for one in made.links if "startgroup=" in one)
    code = address.rpartition("=")[2]
    assert f"/start@beispiel_bot {code}" in made.text
    with paderborn.transaction() as session:
        assert links.use(session, code, Purpose.CHAT).target_id == groups.directory(session).get("7.49").id
    assert lead.post(f"{CHATS}/link", data={"csrf": "wrong"}).status_code == 422


def test_a_lead_ends_a_link(lead: FlaskClient, paderborn: Database) -> None:
    link_one(paderborn)
    page = Page(lead.get(CHATS))
    assert "Nachbarn <b>" in page.text
    data = {"csrf": page.fields["csrf"], "chat": page.fields["chat"]}
    assert lead.post(f"{CHATS}/end", data=data).status_code == 303
    with paderborn.reading() as session:
        assert group_chats.linked(session) == []


def test_strangers_see_nothing_of_it(paderborn: Database, settings: Settings) -> None:
    client = create_app(settings, paderborn).test_client()
    assert client.get(CHATS).status_code == 403
    assert client.post(f"{CHATS}/link").status_code == 403
    without = settings.model_copy(update={"telegram": "off"})
    assert create_app(without, paderborn).test_client().get(CHATS).status_code == 404


def test_the_office_ends_a_link(paderborn: Database, settings: Settings) -> None:
    link_one(paderborn)
    employ(paderborn, "olga@example.org")
    officer = Officer(create_app(settings, paderborn).test_client(), "olga@example.org")
    officer.log_in()
    page = Page(officer.client.get("/desk/groups/7.49"))
    assert "Nachbarn <b>" in page.text
    data = {"csrf": page.fields["csrf"], "chat": page.fields["chat"]}
    assert officer.client.post("/desk/groups/7.49/chats/end", data=data).status_code == 303
    with paderborn.reading() as session:
        assert group_chats.linked(session) == []
