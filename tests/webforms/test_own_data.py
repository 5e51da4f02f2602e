"""One's own page: each consent by itself, everything to read and to take along, photos included."""

import io
import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from models import attachments, consents, people, registrations, sessions, submissions
from models.cleaning import clean
from models.consents import Consent
from models.db import Database
from models.files import Store
from models.forms import FORMS
from models.forms.form import Sender
from models.forms.questions import Context
from models.people import Person
from models.settings import Settings
from tests.models.test_registrations import conference
from tests.webforms.conftest import Browser
from tests.webforms.desk.people import AMINA, send
from webforms import create_app
from webforms.site import PERSON_COOKIE


def amina(db: Database) -> Person:
    """Amina, once she has written."""
    with db.reading() as session:
        found = people.by_email(session, "amina@example.org")
    assert found is not None
    return found


def client_of(settings: Settings, db: Database) -> FlaskClient:
    """Her browser, with her page open."""
    with db.transaction() as session:
        ticket = sessions.start(session, person_id=amina(db).id)
    client = create_app(settings, db).test_client()
    client.set_cookie(PERSON_COOKIE, ticket, domain="localhost")
    return client


def all_of(db: Database) -> list[Consent]:
    """Her consents."""
    with db.reading() as session:
        return consents.of_person(session, amina(db).id)


def test_each_consent_is_seen_as_it_was_given_and_taken_back_by_itself(
    settings: Settings, paderborn: Database
) -> None:
    send(paderborn, "join-group", AMINA, language="ar", key="one")
    send(paderborn, "join-group", AMINA | {"group": "1.5"}, language="de", key="two")
    browser = Browser(client_of(settings, paderborn))
    page = browser.open("/de/me")
    mine = all_of(paderborn)
    assert len(mine) == 4
    for one in mine:
        assert one.wording in page.text
        assert f'value="{one.id}"' in page.response.get_data(as_text=True)
    assert '<p lang="ar" dir="auto">' in page.response.get_data(as_text=True)
    chosen = mine[0]
    assert browser.send(page, "/de/me/withdraw", consent=str(chosen.id)).status == 200
    left = {one.id: one.withdrawn_at for one in all_of(paderborn)}
    assert left[chosen.id] is not None
    assert [number for number, moment in left.items() if moment is None] == [one.id for one in mine[1:]]
    again = browser.open("/de/me")
    html = again.response.get_data(as_text=True)
    assert f'name="consent" value="{chosen.id}"' not in html
    assert chosen.wording in again.text.partition("zurückgenommen habe")[2]


def test_nobody_takes_back_what_somebody_else_agreed_to(settings: Settings, paderborn: Database) -> None:
    send(paderborn, "join-group", AMINA, key="one")
    send(paderborn, "join-group", AMINA | {"email": "boris@example.org"}, key="two")
    browser = Browser(client_of(settings, paderborn))
    with paderborn.reading() as session:
        theirs = session.scalars(sa.select(Consent).where(Consent.person_id != amina(paderborn).id)).first()
    assert theirs is not None
    page = browser.open("/de/me")
    assert browser.send(page, "/de/me/withdraw", consent=str(theirs.id)).status == 404
    with paderborn.reading() as session:
        assert session.get_one(Consent, theirs.id).withdrawn_at is None


def test_who_takes_back_that_needs_may_be_noted_needs_are_noted_no_more(
    settings: Settings, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        event = conference(session)
        raw = {
            "event": event.code, "name": "Amina Beispiel", "company": "alone", "needs": "ramp",
            "may_use": "yes", "needs_words": "Eine Rampe", "reach": "email", "email": "amina@example.org",
        }  # fmt: skip
        form = FORMS["register-event"](raw, Context(session, "de"), complete=True)
        assert not form.errors
        form.submit(session, Sender("page", "de", "needs"))
        event_id = event.id
    browser = Browser(client_of(settings, paderborn))
    (given,) = all_of(paderborn)
    browser.send(browser.open("/de/me"), "/de/me/withdraw", consent=str(given.id))
    with paderborn.reading() as session:
        mine = registrations.of(session, amina(paderborn).id, event_id)
        assert mine is not None
        assert mine.needs == ""
        (sent,) = submissions.of_person(session, amina(paderborn).id)
        assert "Rampe" not in json.dumps(sent.answers)


@pytest.fixture
def photo(settings: Settings, paderborn: Database, tmp_path: Path) -> bytes:
    """Amina has sent a form and a photo; return it as it is kept."""
    settings.files = str(tmp_path / "files")
    send(paderborn, "join-group", AMINA, key="one")
    out = io.BytesIO()
    Image.new("RGB", (32, 16), "teal").save(out, "JPEG")
    store = Store(settings.files)
    with paderborn.transaction() as session:
        cleaned = clean(out.getvalue(), name="bild.jpg")
        made = attachments.take_upload(session, store, cleaned, name="bild.jpg")
        made.person_id = amina(paderborn).id
        return store.read(made.stored)


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_everything_is_in_one_packet_to_read_for_machines_and_with_photos(
    settings: Settings, paderborn: Database, photo: bytes, tag: str
) -> None:
    client = client_of(settings, paderborn)
    packet = zipfile.ZipFile(io.BytesIO(client.get(f"/{tag}/me/data.zip").data))
    assert packet.namelist() == ["mitwirken.html", "mitwirken.json", "files/001-bild.jpg"]
    assert packet.read("files/001-bild.jpg") == photo
    told = json.loads(packet.read("mitwirken.json"))
    assert told["person"]["email"] == "amina@example.org"
    alone = packet.read("mitwirken.html").decode()
    shown = client.get(f"/{tag}/me/data").get_data(as_text=True)
    wording = told["consents"][0]["wording"]
    for text in (alone, shown):
        for known in (
            "Amina Beispiel",
            "amina@example.org",
            "Elternverein Muster",
            "7.49",
            "bild.jpg",
            wording,
        ):
            assert known in text.replace("&#39;", "'")
    assert 'href="files/001-bild.jpg"' in alone
    assert "src=" not in alone, "it needs nothing from anywhere"


@pytest.mark.parametrize("page", ["data", "data.json", "data.zip"])
def test_a_stranger_gets_none_of_it(browser: Browser, page: str) -> None:
    answer = browser.client.get(f"/de/me/{page}")
    assert answer.status_code == 403
    assert "Content-Disposition" not in answer.headers
