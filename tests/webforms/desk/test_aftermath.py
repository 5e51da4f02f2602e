"""After an event: thanks with each guest's own sheets, contacts handed over, the documentation."""

import io

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask

from bot.courier.ledger import Ledger
from models import audiences, clock, filling, groups, people, registrations, updates_sending
from models.audiences import Audience
from models.changes import Author
from models.db import Database
from models.groups import WorkingGroup
from models.memberships import Membership, MembershipState, Role
from models.people import ChannelKind
from models.registrations import Registration
from models.settings import Release, Settings
from models.submissions import Submission
from models.updates import Update, UpdateState
from tests.models.workshops import Hall, hall
from tests.webforms.desk.people import AMINA, Officer, confirm, name_contact, send


@pytest.fixture
def here(app: Flask, paderborn: Database) -> Hall:
    """A conference with two workshops."""
    return hall(paderborn)


@pytest.fixture
def office(app: Flask, here: Hall) -> Officer:
    """Somebody of the office, logged in."""
    found = Officer(app.test_client(), here.olga.email)
    assert found.log_in().status_code == 303
    return found


def guest(db: Database, here: Hall, name: str, *workshops: int, came: bool = True) -> int:
    """Let somebody register, and come."""
    with db.transaction() as session:
        number, _known = people.meet(session, name=name, language="ar", email=f"{name}@example.org")
        people.confirm_email(session, session.get_one(people.Person, number))
        registrations.register(session, number, here.event_id, workshops=workshops)
        if came:
            session.execute(
                sa.update(Registration)
                .where(Registration.person_id == number)
                .values(arrived_at=clock.now(), arrived_seats=1)
            )
        return number


def test_one_click_writes_the_thanks_to_those_who_came(
    office: Officer, paderborn: Database, here: Hall
) -> None:
    came, _away = guest(paderborn, here, "amina"), guest(paderborn, here, "boris", came=False)
    place = f"/desk/events/{here.event_id}/after"
    assert place in office.open(f"/desk/events/{here.event_id}").links
    first = office.post(f"{place}/thanks")
    again = office.post(f"{place}/thanks")
    assert first.headers["Location"] == again.headers["Location"]
    with paderborn.reading() as session:
        update = session.scalars(sa.select(Update)).one()
        assert update.state is UpdateState.DRAFT
        assert len(update.body.words) == len(update.title.words) == 12
        chosen = Audience.unpack(update.audience)
        assert session.scalars(audiences.people_of(chosen)).all() == [came]
    page = office.open(f"/desk/updates/{update.id}/recipients")
    assert page.fields["arrived"] == "yes"
    assert office.open(f"/desk/updates/{update.id}").fields["button"] == "sheets"
    sent = office.post(f"/desk/updates/{update.id}/recipients", **{**page.fields, "csrf": office.csrf})
    assert sent.status_code == 303
    with paderborn.reading() as session:
        assert Audience.unpack(session.get_one(Update, update.id).audience) == chosen


def test_each_guest_gets_the_sheets_of_their_own_groups(
    office: Officer, paderborn: Database, here: Hall, settings: Settings
) -> None:
    chose, member = guest(paderborn, here, "amina", here.workshop_id), guest(paderborn, here, "boris")
    neither = guest(paderborn, here, "clara")
    office.post(f"/desk/events/{here.event_id}/after/thanks")
    with paderborn.transaction() as session:
        session.add(
            Membership(
                person_id=member, group_id=here.group_id, role=Role.MEMBER, state=MembershipState.ASKED,
                asked_at=clock.now(), changed_at=clock.now(),
            )
        )  # fmt: skip
        update = session.scalars(sa.select(Update)).one()
        by = Author(staff_id=here.olga.id)
        updates_sending.send(session, update.id, by=by, version=update.version, rule=Release.NONE)
    assert filling.fill(paderborn, settings)
    ledger = Ledger(paderborn, settings, ChannelKind.EMAIL, "test")
    parcels = [ledger.claim(one) for one in ledger.due([], [])]
    first = {one.person_id: one.addresses[0] for one in parcels if one and one.kind == "update"}
    own = "http://mitwirken.example/ar/groups/7.49"
    event = f"http://mitwirken.example/ar/events/{update.button_target}#workshops"
    assert first == {chose: own, member: own, neither: event}


def test_contacts_are_handed_over_together_and_each_by_itself(office: Officer, paderborn: Database) -> None:
    first = send(paderborn, "join-group", AMINA)
    confirm(paderborn, AMINA["email"])
    other = {**AMINA, "group": "2.21", "email": "clara@example.org", "name": "Clara Muster"}
    second = send(paderborn, "join-group", other)
    silent = {**AMINA, "email": "dora@example.org", "name": "Dora Muster"}
    del silent["pass_on"]
    send(paderborn, "join-group", silent)
    name_contact(paderborn)
    with paderborn.transaction() as session:
        group_id = groups.directory(session).get("2.21").id
        session.get_one(WorkingGroup, group_id).contact_id = None
    page = office.open("/desk/contacts")
    assert "Amina Beispiel" in page.text
    assert "Clara Muster" in page.text  # her group has nobody yet: shown, and not to be ticked
    assert "Dora Muster" not in page.text
    assert (page.fields.get("entry"), f"version-{second}" in page.fields) == (str(first), False)
    done = office.post("/desk/contacts", entry=[str(first), str(second)], **{f"version-{first}": "1"})
    assert done.status_code == 409
    with paderborn.reading() as session:
        handed = {one.id: one.handed_over_at is not None for one in session.scalars(sa.select(Submission))}
    assert (handed[first], handed[second]) == (True, False)
    assert "Amina Beispiel" not in office.open("/desk/contacts").text
    assert "/desk/contacts" in office.open("/desk/groups").links


def test_the_documentation_is_there_in_every_language_and_format(
    office: Officer, paderborn: Database, here: Hall
) -> None:
    guest(paderborn, here, "amina", here.workshop_id)
    place = f"/desk/events/{here.event_id}/after/documentation"
    word = office.client.get(f"{place}.docx?language=de")
    assert word.status_code == 200
    assert "Musterkonferenz" in [one.text for one in Document(io.BytesIO(word.data)).paragraphs]
    assert office.client.get(f"{place}.pdf?language=ar").data.startswith(b"%PDF")
    assert office.client.get(f"{place}.pdf?language=xx").status_code == 422
