"""What a link is good for and what it is not; what strangers learn from public files."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document
from PIL import Image

from models import attachments, clock, groups, leads, links, people, sessions, submissions
from models.attachments import Attachment
from models.cleaning import clean
from models.db import Database
from models.files import Store
from models.forms.lead_group import invite
from models.goals import Carrier, Goal, Ownership
from models.groups import WorkingGroup
from models.links import Link, Purpose
from models.outbox import Message
from models.people import ChannelKind, Person
from models.settings import Settings
from models.sheets import GoalSheet, Milestone, MilestoneState
from models.submissions import Arrival, State, Submission
from tests.webforms.conftest import Browser
from tests.webforms.test_rounds import card, hand_over, link_of, request_of
from webforms import create_app

__all__ = ["card"]  # a fixture


def lead_with_both(db: Database, group_id: int) -> Person:
    """The lead of a group, with a chat and an address that they have typed and not confirmed."""
    with db.transaction() as session:
        lead = session.get_one(Person, request_of(db, group_id).person_id)
        lead.telegram_id, lead.prefers = 4711, ChannelKind.TELEGRAM
        lead.email, lead.email_confirmed_at = "somebody-else@example.org", None
        return lead


def test_a_link_out_of_a_chat_does_not_confirm_an_address(
    browser: Browser, paderborn: Database, card: int
) -> None:
    lead = lead_with_both(paderborn, card)
    address = link_of(paderborn, card)
    page = browser.open(address)
    page.fields["to-telegram"] = "1"
    browser.send(page, address)
    with paderborn.transaction() as session:
        draft_id = session.scalar(sa.select(Link.target_id).where(Link.purpose == Purpose.DRAFT))
        token = links.issue(session, Purpose.DRAFT, person_id=lead.id, target_id=draft_id)
    page = browser.open(f"/en/status-round/{token}")
    assert browser.send(page, f"/en/status-round/{token}").status == 200
    with paderborn.reading() as session:
        assert session.get_one(Person, lead.id).email_confirmed_at is None


def test_neither_does_an_older_letter_an_address_that_came_after_it(
    browser: Browser, paderborn: Database, card: int
) -> None:
    address = link_of(paderborn, card)
    lead = lead_with_both(paderborn, card)
    assert browser.send(browser.open(address), address).status == 200
    with paderborn.reading() as session:
        assert session.get_one(Person, lead.id).email_confirmed_at is None


def test_nor_an_answer_by_a_link_out_of_the_chat(browser: Browser, paderborn: Database, card: int) -> None:
    lead = lead_with_both(paderborn, card)
    with paderborn.transaction() as session:
        sent = Arrival("ask-office", "key", lead.id, card, "chat", "de", "Eine Frage", {"question": "Wann?"})
        entry_id = submissions.arrive(session, sent) or 0
        session.get_one(Submission, entry_id).state = State.RETURNED
        token = links.issue(session, Purpose.ANSWER, person_id=lead.id, target_id=entry_id)
    address = f"/de/answer/{token}"
    assert browser.send(browser.open(address), address, answer="Am Montag.").status == 200
    with paderborn.reading() as session:
        assert session.get_one(Submission, entry_id).state is State.ANSWERED
        assert session.get_one(Person, lead.id).email_confirmed_at is None


def test_who_leads_no_more_gets_no_link_into_the_leads_chat(
    browser: Browser, paderborn: Database, card: int
) -> None:
    address = link_of(paderborn, card)
    page = browser.open(address)
    with paderborn.transaction() as session:
        leads.dismiss(session, card, request_of(paderborn, card).person_id or 0)
    page.fields["to-telegram"] = "1"
    refused = browser.send(page, address)
    assert refused.status == 409
    assert not [link for link in refused.links if "start=" in link]
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Link.purpose == Purpose.DRAFT)) == 0


def test_who_was_asked_to_lead_before_cannot_take_the_group_back(
    browser: Browser, paderborn: Database, card: int
) -> None:
    first, second = hand_over(paderborn, card), hand_over(paderborn, card)
    with paderborn.reading() as session:
        other = groups.directory(session).get("1.5").id
    elsewhere = hand_over(paderborn, other)
    browser.send(browser.open(second), second, name="Nora Neu", reach="phone", phone="05251 7654321")
    page = browser.open(first)
    assert page.status == 404
    assert browser.send(page, first, name="Otto Beispiel", reach="phone", phone="05251 1111111").status == 404
    with paderborn.reading() as session:
        group = session.get_one(WorkingGroup, card)
        assert session.get_one(Person, group.contact_id).name == "Nora Neu"
    assert browser.open(elsewhere).status == 200


def test_asking_twice_in_a_minute_sends_one_letter(paderborn: Database) -> None:
    now = clock.now().replace(second=5)
    for moment in (now, now, now + timedelta(minutes=1)):
        with clock.frozen(moment), paderborn.transaction() as session:
            invite(session, groups.directory(session).get("7.49"), "nora@example.org", language="de")
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Message.kind == "hand-over")) == 2


def test_looking_at_the_link_to_ones_own_page_writes_nothing(browser: Browser, paderborn: Database) -> None:
    with paderborn.transaction() as session:
        boris, _confirmed = people.meet(session, name="Boris Muster", language="de", email="b@example.org")
        token = links.issue(session, Purpose.ME, person_id=boris)
        second = links.issue(session, Purpose.ME, person_id=boris)
        other = links.issue(session, Purpose.CALENDAR, person_id=boris)
    looked = browser.client.get(f"/de/me/{token}?group=7.49")
    assert "Set-Cookie" not in looked.headers
    assert "Boris" not in looked.get_data(as_text=True)
    assert browser.client.post(f"/de/me/{other}").status_code == 404  # the link of something else
    entered = browser.client.post(f"/de/me/{token}?group=7.49")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/de/groups/7.49/edit")
    assert browser.client.post(f"/de/me/{token}").status_code == 404
    again = browser.client.get(f"/de/me/{second}")  # who is signed in already need not press anything
    assert (again.status_code, again.headers["Location"]) == (303, "/de/me")
    with paderborn.reading() as session:
        assert links.look(session, second, Purpose.ME).used_at is None


def test_public_files_hold_none_of_the_reasons_that_the_office_notes_for_itself(
    browser: Browser, paderborn: Database
) -> None:
    with paderborn.transaction() as session:
        group_id = groups.directory(session).get("7.49").id
        one = session.scalars(
            sa.select(Milestone).join(GoalSheet, GoalSheet.id == Milestone.sheet_id)
            .where(GoalSheet.group_id == group_id).limit(1)
        ).one()  # fmt: skip
        one.state, one.dropped_reason = MilestoneState.DROPPED, "Frau Muster ist krank"
        goal = session.scalars(sa.select(Goal.id).join(WorkingGroup).where(WorkingGroup.id == group_id)).one()
        session.add(
            Ownership(
                goal_id=goal, position=90, carrier=Carrier.OFFICE, reason="Streit im Tandem",
                recorded_at=clock.now(),
            )
        )  # fmt: skip
    document = Document(io.BytesIO(browser.client.get("/de/groups/7.49.docx").data))
    said = "".join(document.element.body.itertext())
    assert one.measure[:20] in said
    assert "krank" not in said
    assert "Streit" not in said


@pytest.fixture
def picture(paderborn: Database, settings: Settings, tmp_path: Path) -> str:
    """The token of a photo whose file is called after somebody."""
    settings.files = str(tmp_path / "files")
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(made, "JPEG")
    cleaned = clean(made.getvalue(), name="x.jpg")
    with paderborn.transaction() as session:
        return attachments.take_upload(
            session, Store(settings.files), cleaned, name="bei Amina Beispiel.jpg"
        ).token


def test_a_public_photo_does_not_say_what_its_sender_called_it(
    paderborn: Database, settings: Settings, picture: str
) -> None:
    with paderborn.transaction() as session:
        session.execute(sa.update(Attachment).values(is_public=True))
    answer = create_app(settings, paderborn).test_client().get(f"/files/{picture}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "inline; filename=photo.jpg"


def test_its_sender_finds_it_by_its_name(paderborn: Database, settings: Settings, picture: str) -> None:
    with paderborn.transaction() as session:
        amina, _confirmed = people.meet(
            session, name="Amina Beispiel", language="de", email="amina@example.org"
        )
        session.execute(sa.update(Attachment).values(person_id=amina))
        ticket = sessions.start(session, person_id=amina)
    client = create_app(settings, paderborn).test_client()
    client.set_cookie("mitwirken-me", ticket, domain="localhost")
    assert "Amina" in client.get(f"/files/{picture}").headers["Content-Disposition"]
