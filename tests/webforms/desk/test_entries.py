"""An officer reads entries, asks back, accepts, declines, hands over."""

import re

import pytest
import sqlalchemy as sa

from models import clock, groups, memberships, outgoing, people, submissions
from models.db import Database
from models.forms import review
from models.memberships import MembershipState
from models.outbox import Delivery, DeliveryState, Message
from models.submissions import State
from tests.models.test_queue import statements
from tests.webforms.desk.people import AMINA, BORIS, Officer, confirm, name_contact, said, send


def state_of(db: Database, number: int) -> State:
    with db.reading() as session:
        return submissions.get(session, number).state


def _letters(db: Database, kind: str) -> list[tuple[str | None, DeliveryState, str]]:
    with db.reading() as session:
        rows = session.execute(
            sa.select(Delivery, Message)
            .join(Message, Message.id == Delivery.message_id)
            .where(Message.kind == kind)
            .order_by(Delivery.id)
        ).all()
        known = {one.id: one.email for one in session.scalars(sa.select(people.Person))}
        return [(known[d.person_id], d.state, m.words["quote"]) for d, m in rows]


@pytest.fixture
def amina(paderborn: Database) -> int:
    """Amina's sign-up for 7.49, in Arabic, with a confirmed address."""
    number = send(paderborn, "join-group", AMINA, language="ar")
    confirm(paderborn, "amina@example.org")
    return number


def test_the_queue_shows_both_sign_ups_in_the_language_they_came_in(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    boris = send(paderborn, "ask-office", BORIS, language="uk")
    page = olga.open("/desk/")
    assert page.status == 200
    assert {f"/desk/entries/{amina}", f"/desk/entries/{boris}"} <= set(page.links)
    for words in ("Amina Beispiel", "العربية", "Boris Muster", "Українська", "Gibt es einen Kurs?", "ago"):
        assert words in page.text, words


def test_an_entry_tells_what_was_said_agreed_and_sent(olga: Officer, paderborn: Database, amina: int) -> None:
    name_contact(paderborn)
    page = olga.open(f"/desk/entries/{amina}")
    for words in (
        "Elternverein Muster", "amina@example.org", said("confirmed"), "Karla Beispiel",
        said("Request to confirm the address"), said("Waiting for the office"), said("Received"),
    ):  # fmt: skip
        assert words in page.text, words
    html = page.response.get_data(as_text=True)
    assert re.search(r'<span dir="auto" lang="ar">\s*Amina Beispiel', html)


def test_asking_back_reaches_the_person_and_the_answer_lands_on_the_entry(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    answer = olga.post(f"/desk/entries/{amina}/ask", version=1, question="When do you have time?")
    assert answer.status_code == 303
    assert (
        said("Question sent to {name}.", name="Amina Beispiel") in olga.open(answer.headers["Location"]).text
    )
    assert _letters(paderborn, "asked-back") == [
        ("amina@example.org", DeliveryState.QUEUED, "When do you have time?")
    ]
    with paderborn.transaction() as session:
        person = people.by_email(session, "amina@example.org")
        assert person is not None
        review.answer(session, person, amina, "يوم الثلاثاء", channel="page", language="ar")
    assert state_of(paderborn, amina) is State.ANSWERED
    assert "يوم الثلاثاء" in olga.open(f"/desk/entries/{amina}").text


def test_a_question_to_an_unconfirmed_address_is_not_said_to_be_sent(
    olga: Officer, paderborn: Database
) -> None:
    number = send(paderborn, "join-group", AMINA)
    answer = olga.post(f"/desk/entries/{number}/ask", version=1, question="When?")
    text = olga.open(answer.headers["Location"]).text
    assert said("Question sent to {name}.", name="Amina Beispiel") not in text
    held = "Saved. The message to {name} goes out once the e-mail address is confirmed."
    assert said(held, name="Amina Beispiel") in text


def test_who_wants_to_be_called_gets_no_message_and_the_desk_says_so(
    olga: Officer, paderborn: Database
) -> None:
    number = send(paderborn, "ask-office", BORIS)
    answer = olga.post(f"/desk/entries/{number}/accept", version=1, words="Ja, dienstags.")
    words = "Saved. {name} gets no message from here; please call: {phone}"
    text = olga.open(answer.headers["Location"]).text
    assert said(words, name="Boris Muster", phone="05251 1234567") in text


def test_accept_and_hand_over_in_one_click_tells_both_sides(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    name_contact(paderborn)
    button = said("Accept and hand over to {name}", name="Karla Beispiel")
    assert button in olga.open(f"/desk/entries/{amina}").text
    answer = olga.post(f"/desk/entries/{amina}/hand-over", version=1)
    assert answer.status_code == 303
    words = "Contact of {name} handed over to {contact}. Both get a message."
    text = olga.open(answer.headers["Location"]).text
    assert said(words, name="Amina Beispiel", contact="Karla Beispiel") in text
    assert state_of(paderborn, amina) is State.ACCEPTED
    reached = [email for email, _state, _quote in _letters(paderborn, "handed-over")]
    assert reached == ["amina@example.org", "karla@example.org"]
    with paderborn.reading() as session:
        membership = memberships.by_submission(session, amina)
        assert membership is not None
        assert membership.state is MembershipState.ACTIVE


def test_declining_needs_a_reason_and_keeps_the_page(olga: Officer, paderborn: Database, amina: int) -> None:
    assert olga.post(f"/desk/entries/{amina}/decline", version=1, reason="  ").status_code == 422
    assert state_of(paderborn, amina) is State.RECEIVED
    assert (
        olga.post(f"/desk/entries/{amina}/decline", version=1, reason="The group is full.").status_code == 303
    )
    assert state_of(paderborn, amina) is State.REJECTED
    assert _letters(paderborn, "declined")[0][2] == "The group is full."


def test_without_consent_the_contact_is_not_handed_over_and_the_page_says_why(
    olga: Officer, paderborn: Database
) -> None:
    name_contact(paderborn)
    number = send(paderborn, "join-group", {**AMINA, "pass_on": "no"})
    page = olga.open(f"/desk/entries/{number}")
    assert said("The person has not agreed to their contact being passed on.") in page.text
    assert "/hand-over" not in page.response.get_data(as_text=True)
    assert olga.post(f"/desk/entries/{number}/hand-over", version=1).status_code == 403
    assert _letters(paderborn, "handed-over") == []


def test_without_a_contact_person_the_page_leads_to_where_one_is_entered(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    with paderborn.transaction() as session:
        session.execute(sa.update(groups.WorkingGroup).values(contact_id=None))
    page = olga.open(f"/desk/entries/{amina}")
    assert said("This group has no contact person yet. Please enter one on the group's page.") in page.text
    assert "/desk/groups/7.49#contact" in page.links
    assert olga.post(f"/desk/entries/{amina}/hand-over", version=1).status_code == 409


def test_somebody_quicker_shows_the_present_state_and_keeps_what_was_typed(
    olga: Officer, ada: Officer, paderborn: Database, amina: int
) -> None:
    assert ada.post(f"/desk/entries/{amina}/ask", version=1, question="Which day?").status_code == 303
    late = olga.post(f"/desk/entries/{amina}/accept", version=1, words="Welcome, Amina!")
    assert late.status_code == 409
    html = late.get_data(as_text=True)
    assert said("Somebody else has just worked on this entry. Please look at it again.") in html
    assert said("State now: {state}", state=said("Question asked")) in html
    assert "Welcome, Amina!" in html
    assert 'name="version" value="2"' in html
    assert _letters(paderborn, "accepted") == []


def test_a_sign_up_whose_sender_has_left_is_not_made_a_member(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    with paderborn.transaction() as session:
        one = submissions.get(session, amina)
        assert one.person_id is not None
        assert one.group_id is not None
        memberships.leave(session, one.person_id, one.group_id)
    assert olga.post(f"/desk/entries/{amina}/accept", version=1).status_code == 409
    with paderborn.reading() as session:
        membership = memberships.by_submission(session, amina)
        assert membership is not None
        assert membership.state is MembershipState.LEFT


def test_after_an_action_comes_the_next_entry_that_waits(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    boris = send(paderborn, "ask-office", BORIS)
    answer = olga.post(f"/desk/entries/{boris}/accept", version=1, words="Ja.")
    assert answer.headers["Location"].startswith(f"/desk/entries/{amina}?")
    answer = olga.post(f"/desk/entries/{amina}/accept?show=all", version=1)
    assert answer.headers["Location"].startswith(f"/desk/entries/{amina}?")


def test_a_failed_message_is_seen_on_the_entry_and_can_be_sent_again(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    with paderborn.transaction() as session:
        failed = session.scalars(sa.select(Delivery).where(Delivery.staff_id.is_(None))).one()
        outgoing.settle(session, failed.id, DeliveryState.FAILED, error="550 no such mailbox")
    for address in (f"/desk/entries/{amina}", "/desk/deliveries"):
        text = olga.open(address).text
        assert said("Could not be sent") in text
        assert "550 no such mailbox" in text
    assert olga.post(f"/desk/deliveries/{failed.id}/again").status_code == 303
    assert olga.post(f"/desk/deliveries/{failed.id}/again").status_code == 409
    with paderborn.reading() as session:
        again = session.scalars(sa.select(Delivery).where(Delivery.staff_id.is_(None))).one()
        assert (again.state, again.attempts, again.error) == (DeliveryState.QUEUED, 0, "")
        assert again.not_before <= clock.now()


def test_what_people_write_is_never_read_as_html(olga: Officer, paderborn: Database) -> None:
    nasty = "<script>alert(1)</script>"
    number = send(paderborn, "ask-office", {**BORIS, "question": nasty, "name": nasty})
    for address in ("/desk/", f"/desk/entries/{number}"):
        html = olga.open(address).response.get_data(as_text=True)
        assert nasty not in html
        assert "&lt;script&gt;" in html


def test_an_entry_that_is_not_there_is_a_page_of_the_desk(olga: Officer) -> None:
    page = olga.open("/desk/entries/4711")
    assert page.status == 404
    assert said("This entry does not exist.") in page.text
    assert olga.open("/desk/entries/99999999999999999999").status == 404


def test_an_erased_person_leaves_an_entry_that_can_be_looked_at(
    olga: Officer, paderborn: Database, amina: int
) -> None:
    with paderborn.transaction() as session:
        session.execute(sa.text("UPDATE submissions SET answers = '{}', person_id = NULL"))
        session.execute(sa.text("DELETE FROM people WHERE email = 'amina@example.org'"))
    page = olga.open(f"/desk/entries/{amina}")
    assert page.status == 200
    assert said("The person has been erased; this entry can no longer be answered.") in page.text
    assert olga.post(f"/desk/entries/{amina}/accept", version=1).status_code == 409


def test_the_queue_page_asks_the_database_three_times(olga: Officer, paderborn: Database, amina: int) -> None:
    olga.open("/desk/")  # region and groups are in memory now
    with statements(paderborn) as seen:
        assert olga.open("/desk/").status == 200
    assert len(seen) == 3, seen  # whose session it is, the page, the counts
