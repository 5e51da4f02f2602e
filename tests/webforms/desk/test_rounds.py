"""Status rounds at the desk: open, close, who is silent, typing for somebody, call sheets, handing over."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pikepdf
import pytest
import sqlalchemy as sa

from models import clock, groups, leads, links, progress, rounds, rounds_asking
from models.db import Database
from models.groups import WorkingGroup
from models.links import Purpose
from models.outbox import Delivery, Message
from models.people import ChannelKind, Person
from models.programmes import Programme
from models.rounds import RequestState, RoundRequest, StatusRound
from models.sheets import MilestoneState
from models.submissions import State, Submission
from tests.webforms.desk.people import Officer

ZONE = "Europe/Berlin"
NOON, NIGHT = datetime(2026, 3, 16, 12, tzinfo=UTC), datetime(2026, 3, 16, 22, tzinfo=UTC)
DAY_BEFORE = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def number(paderborn: Database) -> int:
    """An open round in which 7.49 has nobody and 1.2 has somebody with a telephone only; its id."""
    with clock.frozen(DAY_BEFORE), paderborn.transaction() as session:
        directory = groups.directory(session)
        session.get_one(WorkingGroup, directory.get("7.49").id).contact_id = None
        contact = session.get_one(WorkingGroup, directory.get("1.2").id).contact_id
        caller = session.get_one(Person, contact)
        caller.prefers, caller.phone = ChannelKind.PHONE, "05251 1234567"
        session.flush()
        programme = session.scalars(sa.select(Programme)).one()
        return rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE).id


def request_of(db: Database, goal: str) -> RoundRequest:
    """What a group is asked."""
    with db.reading() as session:
        found = rounds.current(session, groups.directory(session).get(goal).id)
        assert found is not None
        return found


def test_opened_and_closed_by_two_looks(olga: Officer, paderborn: Database) -> None:
    page = olga.open("/desk/rounds")
    assert "Yes, ask all groups now" in page.text
    assert olga.post("/desk/rounds/open", programme=page.fields["programme"]).status_code == 422
    opened = olga.post("/desk/rounds/open", programme=page.fields["programme"], sure="yes")
    assert opened.status_code == 303
    assert "0 of 13 answered" in olga.open(opened.location).text
    with paderborn.reading() as session:
        one = session.scalars(sa.select(StatusRound)).one()
    closed = olga.post(f"/desk/rounds/{one.id}/close", sure="yes")
    assert "The status round is closed" in olga.open(closed.location).text
    assert olga.post("/desk/rounds/open", programme=page.fields["programme"], sure="yes").status_code == 409
    assert olga.open("/desk/rounds/999").status == 404
    assert "0 of 13" in olga.open("/desk/rounds").text


def test_the_silent_ones_come_first(olga: Officer, number: int) -> None:
    page = olga.open(f"/desk/rounds/{number}")
    assert "2 groups cannot be reached" in page.text
    shown = [link for link in page.links if link.startswith("/desk/groups/")]
    assert shown[:3] == ["/desk/groups/1.2", "/desk/groups/7.49", "/desk/groups/1.5"]
    assert "05251 1234567" in page.text


def test_answers_are_typed_for_somebody_and_marked(olga: Officer, paderborn: Database, number: int) -> None:
    address = f"/desk/rounds/{number}/1.2"
    page = olga.open(address)
    assert "You type on behalf of Erika Beispiel" in page.text
    with paderborn.reading() as session:
        first = rounds.milestones_of(session, request_of(paderborn, "1.2").group_id)[0]
    fields = {**page.fields, f"state-{first.id}": "under-way", f"happened-{first.id}": "Drei Kitas dabei."}
    answer = olga.client.post(address, data=fields)
    assert answer.status_code == 303
    assert olga.client.post(address, data=fields).status_code == 303  # a second tap
    request = request_of(paderborn, "1.2")
    with paderborn.reading() as session:
        sent = session.get_one(Submission, request.submission_id)
        (report,) = progress.of_submission(session, sent.id)
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 1
    assert (request.state, request.staff_id) == (RequestState.ANSWERED, sent.typed_by_id)
    assert (sent.channel, sent.person_id, bool(sent.typed_by_id)) == ("desk", request.person_id, True)
    assert (report.state, report.happened) == (MilestoneState.UNDER_WAY, "Drei Kitas dabei.")
    covered = olga.open(f"/desk/rounds/{number}")
    assert "typed by Olga Beispiel" in covered.text
    assert f"/desk/entries/{sent.id}?show=all" in covered.links
    assert "Typed at the desk" in olga.open(f"/desk/entries/{sent.id}").text
    assert "This group has answered already" in olga.open(address).text
    fresh = {"csrf": olga.csrf}
    assert olga.client.post(address, data=fresh).status_code == 409


def test_a_lead_with_a_channel_hears_that_it_was_noted(
    olga: Officer, paderborn: Database, number: int
) -> None:
    address = f"/desk/rounds/{number}/1.5"
    olga.client.post(address, data=olga.open(address).fields)
    with paderborn.reading() as session:
        request = request_of(paderborn, "1.5")
        kinds = session.scalars(
            sa.select(Message.kind)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Delivery.person_id == request.person_id)
            .order_by(Delivery.id)
        ).all()
    assert list(kinds) == ["round", "received"]


def test_a_group_without_anybody_needs_the_name_of_who_told(
    olga: Officer, paderborn: Database, number: int
) -> None:
    address = f"/desk/rounds/{number}/7.49"
    page = olga.open(address)
    assert "Who told you?" in page.text
    assert olga.client.post(address, data=page.fields).status_code == 422
    sent = olga.client.post(address, data={**page.fields, "name": "Boris Muster"})
    assert sent.status_code == 303
    with paderborn.reading() as session:
        one = session.get_one(Submission, request_of(paderborn, "7.49").submission_id)
        assert session.get_one(Person, one.person_id).name == "Boris Muster"


def test_an_entry_that_says_everything_is_as_before_can_be_accepted(
    olga: Officer, paderborn: Database, number: int
) -> None:
    address = f"/desk/rounds/{number}/1.5"
    olga.client.post(address, data=olga.open(address).fields)
    entry = request_of(paderborn, "1.5").submission_id
    page = olga.open(f"/desk/entries/{entry}")
    assert "As before" in page.text
    assert "cannot be handed over" not in page.text
    queue = olga.open("/desk/?form=status-round")
    assert any(f"/desk/entries/{entry}" in link for link in queue.links)
    assert olga.open(f"/desk/accept?pick={entry}").status == 200
    accepted = olga.post("/desk/accept", entry=[entry], **{f"version-{entry}": 1})
    assert accepted.status_code == 200
    with paderborn.reading() as session:
        assert session.get_one(Submission, entry).state is State.ACCEPTED


def test_the_chosen_ones_are_reminded_and_at_night_only_in_the_morning(
    olga: Officer, paderborn: Database, number: int
) -> None:
    address = f"/desk/rounds/{number}/choose"
    with clock.frozen(DAY_BEFORE):
        none = olga.post(address, group=["1.5", "2.21"], act="remind")
        assert "Nobody has been reminded" in olga.open(none.location).text
    with clock.frozen(NIGHT):
        assert "It is a quiet hour" in olga.open(f"/desk/rounds/{number}").text
        late = olga.post(address, group=["1.5", "2.21", "7.49"], act="remind")
        assert "2 groups get a reminder at eight in the morning" in olga.open(late.location).text
    assert request_of(paderborn, "1.5").reminded_at == datetime(2026, 3, 17, 7, tzinfo=UTC)
    with clock.frozen(NOON):
        now = olga.post(address, group=["3.27"], act="remind")
        assert "1 group gets a reminder now" in olga.open(now.location).text


def test_the_call_sheet_asks_the_same_questions(olga: Officer, number: int) -> None:
    text = olga.open(f"/desk/rounds/{number}/call-sheet").text
    assert "05251 1234567" in text
    for words in ("Milestone 1 of 3", "As before", "What has happened? What is needed?", "Nobody yet"):
        assert words in text
    assert "1.5" not in text  # was asked, and is not silent
    chosen = olga.post(f"/desk/rounds/{number}/choose", group=["1.5"], act="call-sheet")
    assert "1.5" in olga.open(chosen.location).text
    answer = olga.client.get(f"/desk/rounds/{number}/call-sheet.pdf?group=1.5&group=1.2&group=7.49")
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) >= 3


def test_a_link_to_hand_a_group_over_is_shown_once_or_sent(
    olga: Officer, paderborn: Database, number: int
) -> None:
    address = f"/desk/rounds/{number}/1.5/hand-over"
    assert "http://mitwirken.example/de/lead/" not in olga.open(address).text
    page = olga.post(address, way="copy").get_data(as_text=True)
    token = page.split("http://mitwirken.example/de/lead/")[1].split("<")[0]
    with paderborn.reading() as session:
        link = links.look(session, token, Purpose.HAND_OVER)
        assert link.target_id == groups.directory(session).get("1.5").id
    assert olga.post(address, way="mail", email="nora").status_code == 422
    assert olga.post(address, way="mail", email="nora@example.org").status_code == 303
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Message).where(Message.kind == "hand-over")).one()
        assert len(leads.of_group(session, groups.directory(session).get("1.5").id)) == 1


def test_an_old_round_takes_no_answers_once_a_newer_one_has_begun(
    olga: Officer, paderborn: Database, number: int
) -> None:
    with paderborn.transaction() as session:
        programme = session.scalars(sa.select(Programme)).one()
        newer = rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE)
        assert newer.id != number
        assert rounds.get(session, number).closed_at is not None
    assert olga.open(f"/desk/rounds/{number}/1.5").status == 409


def test_a_round_opened_at_night_says_that_it_will_ask(olga: Officer, paderborn: Database) -> None:
    with clock.frozen(NIGHT), paderborn.transaction() as session:
        programme = session.scalars(sa.select(Programme)).one()
        one = rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE).id
    with clock.frozen(NIGHT):
        assert olga.open(f"/desk/rounds/{one}").text.count("will be asked: 17 March 2026, 08:00") == 13
    with clock.frozen(NOON + timedelta(days=1)):
        assert "will be asked" not in olga.open(f"/desk/rounds/{one}").text
