"""Groups, codes, files and accounts at the desk."""

import io

import sqlalchemy as sa
import zxingcpp
from flask import Flask
from openpyxl import load_workbook
from PIL import Image

from models import groups, people, staff
from models.db import Database
from models.groups import WorkingGroup
from models.settings import Settings
from tests.webforms.desk.people import AMINA, PASSWORD, Officer, said, send
from tests.webforms.desk.test_passkeys import letters
from webforms import create_app

KARLA = {"name": "Karla Beispiel", "email": "Karla@Example.org", "phone": "+49 5251 12345"}


def _address(db: Database, settings: Settings) -> str:
    with db.reading() as session:
        return settings.address(f"/j/{groups.directory(session).get('7.49').code}")


def test_groups_show_who_has_asked(olga: Officer, paderborn: Database) -> None:
    send(paderborn, "join-group", AMINA)
    page = olga.open("/desk/groups")
    assert page.text.count("7.49") == 1
    assert "/desk/?group=7.49" in page.links
    page = olga.open("/desk/groups/7.49")
    assert "Amina Beispiel" in page.text
    assert "Elternverein Muster" in page.text


def test_the_code_holds_the_groups_address(olga: Officer, paderborn: Database, settings: Settings) -> None:
    address = _address(paderborn, settings)
    png = olga.client.get("/desk/groups/7.49/qr.png")
    assert png.mimetype == "image/png"
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(png.data))).text == address  # type: ignore[union-attr]
    svg = olga.client.get("/desk/groups/7.49/qr.svg")
    assert svg.mimetype == "image/svg+xml"
    assert svg.get_data(as_text=True).startswith("<svg")
    page = olga.open("/desk/groups/7.49")
    assert address in page.text
    assert "/desk/prints?group=7.49" in page.links
    assert olga.open("/desk/groups/99.99").status == 404


def test_a_contact_person_is_named_and_counts_as_confirmed(olga: Officer, paderborn: Database) -> None:
    answer = olga.post("/desk/groups/7.49/contact", **KARLA)
    assert answer.status_code == 303
    page = olga.open(answer.headers["Location"])
    assert said("The contact person has been saved.") in page.text
    assert page.fields["email"] == "karla@example.org"
    with paderborn.reading() as session:
        karla = people.by_email(session, "karla@example.org")
        assert karla is not None
        assert karla.email_confirmed_at is not None
        group = session.scalars(sa.select(WorkingGroup).where(WorkingGroup.contact_id == karla.id)).one()
        assert group.id == groups.directory(session).get("7.49").id


def test_somebody_known_becomes_contact_person_and_stays_one_person(
    olga: Officer, paderborn: Database
) -> None:
    send(paderborn, "join-group", AMINA)
    olga.post("/desk/groups/7.49/contact", name="Amina Beispiel", email="amina@example.org", phone="")
    with paderborn.reading() as session:
        found = session.scalars(
            sa.select(people.Person).where(people.Person.email == "amina@example.org")
        ).all()
        assert len(found) == 1
        assert found[0].language == "de"


def test_a_wrong_address_of_a_contact_person_is_said_beside_the_field(
    olga: Officer, paderborn: Database
) -> None:
    answer = olga.post("/desk/groups/7.49/contact", name="Karla Beispiel", email="karla", phone="")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'aria-describedby="e-email"' in html
    assert 'value="karla"' in html
    assert olga.post("/desk/groups/7.49/contact", name="", email="", phone="").status_code == 422


def test_a_group_is_closed_and_opened(olga: Officer, paderborn: Database) -> None:
    answer = olga.post("/desk/groups/7.49/open", open="no")
    assert said("The group takes no new people now.") in olga.open(answer.headers["Location"]).text
    with paderborn.reading() as session:
        assert not groups.directory(session).get("7.49").is_open
    olga.post("/desk/groups/7.49/open", open="yes")
    with paderborn.reading() as session:
        assert groups.directory(session).get("7.49").is_open


def test_files_hold_what_the_filters_show(olga: Officer, paderborn: Database) -> None:
    send(paderborn, "join-group", AMINA, language="ar")
    send(paderborn, "join-group", {**AMINA, "group": "2.21", "email": "b@example.org", "name": "=1+1"})
    book = load_workbook(io.BytesIO(olga.client.get("/desk/export/members.xlsx?group=7.49").data))
    assert book.active is not None
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[2] for row in rows] == [said("Name"), "Amina Beispiel"]
    answer = olga.client.get("/desk/export/members.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=members-20")
    text = answer.data.decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "'=1+1" in text
    chosen = olga.client.get("/desk/export/submissions.csv?language=ar").data.decode("utf-8-sig")
    assert "Amina Beispiel" in chosen
    assert "1+1" not in chosen
    assert olga.client.get("/desk/export/members.csv?group=99.9").status_code == 404


def test_the_desk_speaks_the_members_language(olga: Officer, paderborn: Database) -> None:
    assert olga.open("/desk/").lang == "en"
    answer = olga.post("/desk/account/language", language="de", next="/desk/groups")
    assert answer.headers["Location"] == "/desk/groups"
    assert olga.open("/desk/").lang == "de"
    assert olga.post("/desk/account/language", language="xx").status_code == 400


def test_one_changes_ones_own_password(olga: Officer, app: Flask, paderborn: Database) -> None:
    new = "another long sentence"
    assert olga.post("/desk/account/password", old="wrong", new=new).status_code == 422
    assert olga.post("/desk/account/password", old=PASSWORD, new="short").status_code == 422
    assert olga.post("/desk/account/password", old=PASSWORD, new=new).status_code == 303
    again = Officer(app.test_client(), "olga@example.org")
    assert again.log_in().status_code == 422
    assert again.log_in(new).status_code == 303
    assert letters(paderborn) == ["Your new password is set."]


def test_an_admin_opens_an_account_whose_password_is_shown_once(
    ada: Officer, app: Flask, paderborn: Database
) -> None:
    answer = ada.post("/desk/staff", name="Nora Neu", email="nora@example.org", role="officer")
    html = answer.get_data(as_text=True)
    password = html.split('<code dir="ltr">')[1].split("<")[0]
    assert Officer(app.test_client(), "nora@example.org").log_in(password).status_code == 303
    assert password not in ada.open("/desk/staff").text
    with paderborn.reading() as session:
        nora = staff.by_email(session, "nora@example.org")
        assert nora is not None
        assert password not in nora.password_hash
    assert ada.post("/desk/staff", name="N", email="nora@example.org", role="officer").status_code == 409
    assert ada.post("/desk/staff", name="", email="x", role="officer").status_code == 422


def test_an_admin_closes_an_account_but_not_their_own(
    ada: Officer, olga: Officer, paderborn: Database
) -> None:
    with paderborn.reading() as session:
        ids = {one.email: one.id for one in staff.everyone(session)}
    assert ada.post(f"/desk/staff/{ids['ada@example.org']}/disable").status_code == 403
    assert ada.post(f"/desk/staff/{ids['olga@example.org']}/disable").status_code == 303
    assert olga.open("/desk/").status == 303
    assert ada.post("/desk/staff/4711/disable").status_code == 404


def test_the_tip_is_there_in_the_demo_only(olga: Officer, settings: Settings, paderborn: Database) -> None:
    demo = create_app(settings.model_copy(update={"demo": True}), paderborn).test_client()
    assert 'class="tip"' in demo.get("/desk/login").get_data(as_text=True)
    assert 'class="tip"' not in olga.open("/desk/").response.get_data(as_text=True)
