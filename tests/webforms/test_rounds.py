"""A status round on the page, by the link in a letter, without JavaScript; and handing a group over."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from models import (
    clock,
    drafts,
    groups,
    leads,
    links,
    outbox,
    people,
    progress,
    retention,
    rounds,
    rounds_asking,
)
from models.db import Database
from models.forms.lead_group import invite
from models.forms.status_round import StatusRound
from models.groups import WorkingGroup
from models.letters import Letter
from models.links import Link, Purpose
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind, Person
from models.programmes import Programme
from models.rounds import RequestState, RoundRequest
from models.sheets import Milestone, MilestoneState
from models.submissions import Submission
from tests.webforms.conftest import Browser

ZONE = "Europe/Berlin"


@pytest.fixture
def card(paderborn: Database) -> int:
    """The group 7.49 in a status round that is open."""
    with paderborn.transaction() as session:
        programme = session.scalars(sa.select(Programme)).one()
        rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE)
        return groups.directory(session).get("7.49").id


def request_of(db: Database, group_id: int) -> RoundRequest:
    """What a group is asked."""
    with db.reading() as session:
        found = rounds.current(session, group_id)
        assert found is not None
        return found


def link_of(db: Database, group_id: int, person_id: int | None = None) -> str:
    """The link in a lead's letter."""
    request = request_of(db, group_id)
    with db.transaction() as session:
        person_id = person_id or request.person_id
        token = links.issue(session, Purpose.ROUND, person_id=person_id, target_id=request.id)
    return f"/en/status-round/{token}"


def milestones(db: Database, group_id: int) -> list[Milestone]:
    """A group's milestones."""
    with db.reading() as session:
        return list(rounds.milestones_of(session, group_id))


def set_state(db: Database, milestone_id: int, state: MilestoneState) -> None:
    """Let a milestone be so far."""
    with db.transaction() as session:
        session.get_one(Milestone, milestone_id).state = state


def test_all_milestones_are_there_at_once_as_before(browser: Browser, paderborn: Database, card: int) -> None:
    first, second, _third = milestones(paderborn, card)
    set_state(paderborn, first.id, MilestoneState.DONE)
    page = browser.open(link_of(paderborn, card))
    assert page.status == 200
    assert page.fields[f"state-{second.id}"] == "same"
    assert f"state-{first.id}" not in page.fields
    assert f"Done already: {first.measure[:30]}" in page.text


def test_what_was_typed_counts_where_the_milestone_has_moved_meanwhile(
    browser: Browser, paderborn: Database, card: int
) -> None:
    first, second, _third = milestones(paderborn, card)
    set_state(paderborn, first.id, MilestoneState.STUCK)
    address = link_of(paderborn, card)
    page = browser.open(address)
    set_state(paderborn, first.id, MilestoneState.UNDER_WAY)  # by the office, while the lead writes
    set_state(paderborn, second.id, MilestoneState.DONE)
    typed = {
        f"needed-{first.id}": "Ein Raum", f"state-{second.id}": "done", f"happened-{second.id}": "Fertig.",
    }  # fmt: skip
    again = browser.send(page, address, **typed, **{f"state-{first.id}": "bogus"})
    assert again.status == 422
    assert again.fields[f"state-{second.id}"] == "done"
    assert browser.send(again, address, **typed, **{f"state-{first.id}": "same"}).status == 200
    with paderborn.reading() as session:
        reports = progress.of_submission(session, request_of(paderborn, card).submission_id or 0)
    assert [(one.milestone_id, one.needed, one.happened) for one in reports] == [
        (first.id, "Ein Raum", ""), (second.id, "", "Fertig."),
    ]  # fmt: skip


def test_the_answers_become_one_entry_with_a_report_for_each_change(
    browser: Browser, paderborn: Database, card: int
) -> None:
    first, second, third = milestones(paderborn, card)
    address = link_of(paderborn, card)
    page = browser.open(address)
    answers = {
        f"state-{first.id}": "done", f"happened-{first.id}": "Alles fertig.",
        f"state-{second.id}": "stuck", f"needed-{second.id}": "Ein Raum", f"due-{second.id}": "03/2030",
        f"due-{first.id}": "04/2030",  # not asked of what is done
        f"happened-{third.id}": "not asked of what is as before", "anything": "Danke!",
    }  # fmt: skip
    thanks = browser.send(page, address, **answers)
    assert thanks.status == 200
    assert "The office reads your answers" in thanks.text
    request = request_of(paderborn, card)
    assert request.state is RequestState.ANSWERED
    with paderborn.reading() as session:
        sent = session.get_one(Submission, request.submission_id)
        reports = progress.of_submission(session, sent.id)
    assert (sent.person_id, sent.typed_by_id, sent.form) == (request.person_id, None, "status-round")
    assert [(one.milestone_id, one.state) for one in reports] == [
        (first.id, MilestoneState.DONE), (second.id, MilestoneState.STUCK),
    ]  # fmt: skip
    assert [(one.happened, one.needed, one.new_due.wording) for one in reports] == [
        ("Alles fertig.", "", ""), ("", "Ein Raum", "03/2030"),
    ]  # fmt: skip
    again = browser.open(address)
    assert "have arrived already" in again.text
    assert browser.send(page, address, **answers).status == 200  # the same form once more is one
    late = browser.send(browser.open(link_of(paderborn, card)), address, csrf="", **answers)
    assert late.status == 400
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 1


def test_everything_as_before_is_an_answer(browser: Browser, paderborn: Database, card: int) -> None:
    address = link_of(paderborn, card)
    thanks = browser.send(browser.open(address), address)
    assert "everything is as before" in thanks.text
    request = request_of(paderborn, card)
    with paderborn.reading() as session:
        sent = session.get_one(Submission, request.submission_id)
        assert progress.of_submission(session, sent.id) == []
    assert sent.title.startswith("7.49 ")


def test_of_what_is_stuck_as_before_one_may_say_what_is_needed(
    browser: Browser, paderborn: Database, card: int
) -> None:
    first = milestones(paderborn, card)[0]
    set_state(paderborn, first.id, MilestoneState.STUCK)
    address = link_of(paderborn, card)
    browser.send(browser.open(address), address, **{f"needed-{first.id}": "Ein Raum"})
    with paderborn.reading() as session:
        (report,) = progress.of_submission(session, request_of(paderborn, card).submission_id or 0)
    assert (report.state, report.needed) == (None, "Ein Raum")


def test_a_wrong_date_comes_back_with_everything(browser: Browser, paderborn: Database, card: int) -> None:
    first = milestones(paderborn, card)[0]
    address = link_of(paderborn, card)
    fields = {f"state-{first.id}": "stuck", f"needed-{first.id}": "Ein Raum", f"due-{first.id}": "bald mal"}
    page = browser.send(browser.open(address), address, **fields)
    assert page.status == 422
    assert page.fields[f"state-{first.id}"] == "stuck"
    assert page.fields[f"due-{first.id}"] == "bald mal"
    assert "Ein Raum" in page.text


def test_who_leads_no_more_gets_a_kind_word(browser: Browser, paderborn: Database, card: int) -> None:
    address = link_of(paderborn, card)
    page = browser.open(address)
    with paderborn.transaction() as session:
        leads.dismiss(session, card, request_of(paderborn, card).person_id or 0)
    assert "Somebody else now answers on behalf of this group" in browser.open(address).text
    refused = browser.send(page, address)
    assert refused.status == 409
    assert "Somebody else now answers" in refused.text
    assert request_of(paderborn, card).state is RequestState.ASKED
    assert browser.open("/en/status-round/nonsense").status == 404


def test_a_report_of_the_lead_ends_the_reminders_and_the_round_may_still_be_answered(
    browser: Browser, paderborn: Database, card: int
) -> None:
    person_id = request_of(paderborn, card).person_id
    with paderborn.transaction() as session:
        me = links.issue(session, Purpose.ME, person_id=person_id)
    browser.enter(f"/en/me/{me}")
    page = browser.open("/en/forms/report-progress?group=7.49")
    sent = browser.send(page, "/en/forms/report-progress", milestone="other", happened="Wir sind weiter.")
    assert sent.status == 200
    assert request_of(paderborn, card).state is RequestState.ANSWERED
    address = link_of(paderborn, card)
    assert browser.send(browser.open(address), address).status == 200
    with paderborn.reading() as session:
        answer = session.get_one(Submission, request_of(paderborn, card).submission_id)
    assert answer.form == StatusRound.slug


def test_what_was_begun_in_the_chat_goes_on_here_and_ends_there(
    browser: Browser, paderborn: Database, card: int
) -> None:
    first = milestones(paderborn, card)[0]
    request = request_of(paderborn, card)
    with paderborn.transaction() as session:
        code = groups.directory(session).get("7.49").code
        draft = drafts.begin(
            session, StatusRound.slug, person_id=request.person_id, language="de",
            answers={"group": code, f"state-{first.id}": "done"}, target_id=request.id,
        )  # fmt: skip
        token = links.issue(session, Purpose.DRAFT, person_id=request.person_id, target_id=draft.id)
    page = browser.open(f"/en/forms/status-round?draft={token}")
    assert page.fields[f"state-{first.id}"] == "done"
    assert browser.send(page, f"/en/status-round/{token}").status == 200
    with paderborn.reading() as session:
        assert drafts.of_person(session, request.person_id or 0) is None
    assert request_of(paderborn, card).state is RequestState.ANSWERED


def test_from_the_page_on_to_the_leads_chat(browser: Browser, paderborn: Database, card: int) -> None:
    with paderborn.transaction() as session:
        session.get_one(Person, request_of(paderborn, card).person_id).telegram_id = 4711
    first = milestones(paderborn, card)[0]
    address = link_of(paderborn, card)
    fields = {f"state-{first.id}": "done", "to-telegram": "1"}
    page = browser.send(browser.open(address), address, **fields)
    assert any("start=" in link for link in page.links)
    assert request_of(paderborn, card).state is RequestState.BEGUN


def test_who_got_the_letter_passed_on_finds_no_way_into_the_leads_chat(
    browser: Browser, paderborn: Database, card: int
) -> None:
    first = milestones(paderborn, card)[0]
    lead_id = request_of(paderborn, card).person_id
    address = link_of(paderborn, card)
    fields = {f"state-{first.id}": "done", "to-telegram": "1"}
    for _press in range(2):
        page = browser.send(browser.open(address), address, **fields)
        assert page.status == 200
        assert "start=" not in page.response.get_data(as_text=True)
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Link.purpose == Purpose.DRAFT)) == 0
        draft = drafts.of_person(session, lead_id or 0)
        assert draft is not None
        rows = session.execute(
            sa.select(Delivery, Message.words).join(Message).where(Message.kind == outbox.CONFIRM)
        ).all()
    assert [row.Delivery.person_id for row in rows] == [lead_id, lead_id]
    for delivery, words in rows:
        (button,) = Letter.unpack(words).buttons
        assert (delivery.channel, delivery.state) == (ChannelKind.EMAIL, DeliveryState.QUEUED)
        assert button.page == "https://t.me/beispiel_bot?start={link}"
        assert (button.purpose, button.target_id) == (Purpose.DRAFT, draft.id), "all its links stay good"
    assert browser.open(address).fields[f"state-{first.id}"] == "done", "nothing has to be typed again"


def hand_over(db: Database, group_id: int) -> str:
    """A link that the office copies."""
    with db.transaction() as session:
        token = links.issue(session, Purpose.HAND_OVER, person_id=None, target_id=group_id)
    return f"/en/lead/{token}"


def test_the_holder_of_the_link_takes_over_and_is_asked(
    browser: Browser, paderborn: Database, card: int
) -> None:
    old = request_of(paderborn, card).person_id
    with paderborn.transaction() as session:
        invite(session, groups.directory(session).get("7.49"), "nora@example.org", language="de")
        nora = people.by_email(session, "nora@example.org")
        assert nora is not None
        token = links.issue(session, Purpose.HAND_OVER, person_id=nora.id, target_id=card)
    address = f"/en/lead/{token}"
    page = browser.open(address)
    assert page.fields["email"] == "nora@example.org"
    done = browser.send(page, address, name="Nora Neu")
    assert "You lead the group" in done.text
    with paderborn.reading() as session:
        assert session.get_one(Person, nora.id).language == "en"  # invited in German, answered in English
        assert session.get_one(WorkingGroup, card).contact_id == nora.id
        assert [one.name for one in leads.of_group(session, card)] == ["Nora Neu"]
        kinds = session.execute(
            sa.select(Delivery.person_id, Message.kind).join(Message, Message.id == Delivery.message_id)
            .where(Delivery.person_id.in_([old, nora.id])).order_by(Delivery.id)
        ).all()  # fmt: skip
    assert [tuple(row) for row in kinds] == [
        (old, "round"), (nora.id, "hand-over"), (old, "lead-changed"), (nora.id, "round"),
    ]  # fmt: skip
    assert request_of(paderborn, card).person_id == nora.id
    assert browser.open(address).status == 404  # it works once


def test_an_invitation_that_was_passed_on_makes_no_chat_the_invited_persons(
    browser: Browser, paderborn: Database, card: int
) -> None:
    copied = hand_over(paderborn, card)
    page = browser.send(browser.open(copied), copied, name="Nora Neu", reach="telegram")
    assert any("start=" in link for link in page.links), "somebody new, of whom nothing is known"
    with paderborn.transaction() as session:
        nora, _known = people.meet(session, name="Nora Muster", language="en", email="nora@example.org")
        token = links.issue(session, Purpose.HAND_OVER, person_id=nora, target_id=card)
    address = f"/en/lead/{token}"
    page = browser.send(browser.open(address), address, name="Nora Muster", email="", reach="telegram")
    assert (page.status, [link for link in page.links if "start=" in link]) == (200, [])
    assert "mailbox" in page.text
    with paderborn.reading() as session:
        sent = session.execute(sa.select(Delivery, Message.words).join(Message).order_by(Delivery.id.desc()))
        delivery, words = sent.first() or (None, {})
        assert delivery is not None
        assert (delivery.person_id, delivery.channel) == (nora, ChannelKind.EMAIL)
        (button,) = Letter.unpack(words).buttons
        assert (button.purpose, button.page) == (Purpose.TELEGRAM, "https://t.me/beispiel_bot?start={link}")


def test_an_address_typed_by_the_holder_of_a_copied_link_is_asked_for_first(
    browser: Browser, paderborn: Database, card: int
) -> None:
    address = hand_over(paderborn, card)
    browser.send(browser.open(address), address, name="Nora Neu", email="nora@example.org")
    request = request_of(paderborn, card)
    assert request.state is RequestState.SILENT
    with paderborn.transaction() as session:
        nora = people.by_email(session, "nora@example.org")
        assert nora is not None
        assert request.person_id == nora.id
        assert outbox.CONFIRM in session.scalars(sa.select(Message.kind)).all()
        outbox.confirm_address(session, nora)
        assert rounds_asking.ask(session, rounds.running(session)[0], zone=ZONE) == 1


def test_a_new_lead_with_a_telephone_is_called(browser: Browser, paderborn: Database, card: int) -> None:
    address = hand_over(paderborn, card)
    page = browser.send(browser.open(address), address, name="", reach="phone")
    assert page.status == 422
    browser.send(browser.open(address), address, name="Nora Neu", reach="phone", phone="05251 7654321")
    assert request_of(paderborn, card).state is RequestState.SILENT
    with paderborn.reading() as session:
        lead = session.get_one(Person, request_of(paderborn, card).person_id)
    assert (lead.name, lead.phone, lead.channel) == ("Nora Neu", "05251 7654321", ChannelKind.PHONE)


def test_an_invited_address_is_kept_as_long_as_its_link(paderborn: Database, card: int) -> None:
    with paderborn.transaction() as session:
        invite(session, groups.directory(session).get("7.49"), "nora@example.org", language="de")
        nora = people.by_email(session, "nora@example.org")
        assert nora is not None
        links.issue(session, Purpose.HAND_OVER, person_id=nora.id, target_id=card)
    for days, is_there in ((10, True), (15, False)):
        with clock.frozen(clock.now() + timedelta(days=days)):
            retention.prune(paderborn)
        with paderborn.reading() as session:
            assert (people.by_email(session, "nora@example.org") is not None) is is_there
