"""Naming at the desk who leads a group, and letting them go."""

import sqlalchemy as sa

from models import changes, groups, leads, memberships, people, privacy
from models.changes import Subject
from models.db import Database
from models.letters import Letter
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, Message
from models.people import Person
from tests.webforms.desk.people import AMINA, Officer, said, send


def _leads(db: Database, number: str = "7.49") -> list[str]:
    """Return who leads a group beside the demo's contact person."""
    with db.reading() as session:
        found = leads.of_group(session, groups.directory(session).get(number).id)
        return [one.name for one in found if "(erfunden)" not in one.name]


def _member(db: Database) -> int:
    """Let Amina be in group 7.49; return their id."""
    send(db, "join-group", AMINA)
    with db.transaction() as session:
        one = session.scalars(sa.select(Membership)).one()
        one.state = MembershipState.ACTIVE
        return one.person_id


def test_a_member_is_made_a_lead_and_dismissed_and_the_history_tells_without_storing_a_name(
    olga: Officer, paderborn: Database
) -> None:
    amina = _member(paderborn)
    assert "Amina Beispiel" in olga.open("/desk/groups/7.49").text
    answer = olga.post("/desk/groups/7.49/leads", person=amina)
    assert answer.status_code == 303
    assert said("The lead has been saved.") in olga.open(answer.headers["Location"]).text
    assert _leads(paderborn) == ["Amina Beispiel"]
    assert "Amina Beispiel" in olga.open("/desk/groups/7.49/sheet").text.split("What has changed")[-1]
    assert "leads the group" not in olga.open("/en/groups/7.49/timeline").text
    answer = olga.post("/desk/groups/7.49/leads/dismiss", person=amina)
    assert said("This person no longer leads the group.") in olga.open(answer.headers["Location"]).text
    assert _leads(paderborn) == []
    with paderborn.reading() as session:
        told = changes.of_group(session, groups.directory(session).get("7.49").id)
        assert [(one.subject, one.before, one.after, one.about) for one in told] == [
            (Subject.LEAD, "leads", "", f"person/{amina}"), (Subject.LEAD, "", "leads", f"person/{amina}"),
        ]  # fmt: skip
        assert {one.staff_id for one in told} != {None}


def test_whoever_has_an_address_can_be_named(olga: Officer, paderborn: Database) -> None:
    typed = {"lead-name": "Boris Muster", "lead-email": "Boris@Example.org", "lead-phone": ""}
    assert olga.post("/desk/groups/7.49/leads", **typed).status_code == 303
    assert olga.post("/desk/groups/7.49/leads", **typed).status_code == 303  # once more changes nothing
    assert _leads(paderborn) == ["Boris Muster"]
    with paderborn.reading() as session:
        boris = people.by_email(session, "boris@example.org")
        assert boris is not None
        assert boris.email_confirmed_at is not None
        told = session.scalars(sa.select(Message.words).join(Delivery).where(Delivery.person_id == boris.id))
        letters = [Letter.unpack(words) for words in told]
    assert [one.buttons[0].page for one in letters] == ["/{lang}/me/{link}?group=7.49"]  # told once


def test_what_is_wrong_is_said_beside_the_field(olga: Officer, paderborn: Database) -> None:
    answer = olga.post("/desk/groups/7.49/leads", **{"lead-name": "Boris Muster", "lead-email": "boris"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'aria-describedby="e-lead-email"' in html
    assert 'value="boris"' in html
    assert _leads(paderborn) == []


def test_somebody_of_another_group_is_not_taken_by_number(olga: Officer, paderborn: Database) -> None:
    amina = _member(paderborn)
    assert olga.post("/desk/groups/1.5/leads", person=amina).status_code == 404
    assert olga.post("/desk/groups/7.49/leads", person=2**31 - 1).status_code == 404
    assert olga.post("/desk/groups/7.49/leads", person=0).status_code == 404
    assert _leads(paderborn, "1.5") == []


def test_a_contact_person_who_no_longer_leads_is_no_contact_person_either(
    olga: Officer, paderborn: Database
) -> None:
    olga.post("/desk/groups/7.49/contact", name="Karla Beispiel", email="karla@example.org", phone="")
    assert _leads(paderborn) == ["Karla Beispiel"]
    with paderborn.reading() as session:
        karla = people.by_email(session, "karla@example.org")
        assert karla is not None
    olga.post("/desk/groups/7.49/leads/dismiss", person=karla.id)
    assert _leads(paderborn) == []


def test_a_lead_who_is_erased_is_gone_from_sheet_and_history(olga: Officer, paderborn: Database) -> None:
    amina = _member(paderborn)
    olga.post("/desk/groups/7.49/leads", person=amina)
    page = olga.open("/desk/groups/7.49/sheet")
    typed = {"version": page.fields["version"], "name": "Amina Beispiel", "kind": "person"}
    assert olga.post("/desk/groups/7.49/sheet/participant-add", **typed).status_code == 303
    assert "Amina Beispiel" in olga.open("/desk/groups/7.49/sheet").text
    with paderborn.transaction() as session:
        assert memberships.of_person(session, amina)
        privacy.erase(session, session.get_one(Person, amina))
    assert "Amina Beispiel" not in olga.open("/desk/groups/7.49/sheet").text
    assert "Amina Beispiel" not in olga.open("/en/groups/7.49").text
