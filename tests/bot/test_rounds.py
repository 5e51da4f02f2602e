"""A status round in the chat: the letter's button, one question a milestone, "As before" in one tap."""

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.courier.ledger import Ledger
from bot.courier.parcel import Parcel
from bot.emulator.threaded import Running
from models import (
    clock,
    drafts,
    groups,
    leads,
    links,
    outbox,
    people,
    progress,
    rounds,
    rounds_asking,
    rounds_letters,
)
from models.db import Database
from models.errors import gone
from models.groups import WorkingGroup
from models.links import Purpose
from models.people import ChannelKind, Person
from models.programmes import Programme
from models.rounds import RequestState, RoundRequest
from models.sheets import Milestone, MilestoneState
from models.submissions import Submission
from tests.bot.chat import Bot, Visitor, said

ZONE = "Europe/Berlin"
CHAT = 71
GOAL = "7.49"


def open_round(db: Database) -> None:
    """Ask all leads."""
    with db.transaction() as session:
        programme = session.scalars(sa.select(Programme)).one()
        rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE)


def lead_by_chat(db: Database, *numbers: str, chat: int = CHAT) -> int:
    """Let somebody with this chat lead groups; return their id."""
    with db.transaction() as session:
        person = people.by_chat(session, chat, language="en")
        person.name, person.prefers = "Amina Beispiel", ChannelKind.TELEGRAM
        session.flush()
        for number in numbers:
            card = groups.directory(session).get(number)
            session.get_one(WorkingGroup, card.id).contact_id = person.id
        return person.id


def request_of(db: Database, number: str = GOAL) -> RoundRequest:
    """What a group is asked."""
    with db.reading() as session:
        found = rounds.current(session, groups.directory(session).get(number).id)
        assert found is not None
        return found


def milestones(db: Database, number: str = GOAL) -> list[Milestone]:
    """A group's milestones."""
    with db.reading() as session:
        return list(rounds.milestones_of(session, groups.directory(session).get(number).id))


@pytest.fixture
def lead(any_bot: Bot) -> Visitor:
    """The lead of 7.49 with the letter of a round in their chat."""
    lead_by_chat(any_bot.db, GOAL)
    open_round(any_bot.db)
    return Visitor(any_bot, CHAT, language="en")


def test_as_before_and_done_are_one_tap_each(lead: Visitor) -> None:
    db = lead.bot.db
    first, second, third = milestones(db)
    with db.transaction() as session:
        session.get_one(Milestone, third.id).state = MilestoneState.DONE
    assert "How do things stand in your group" in said(lead.last)
    question = lead.press("round")
    assert "Milestone 1 of 2" in said(question)
    assert "Now: Not begun" in said(question)
    assert "Done already" in said(question)
    assert question.buttons[0].verb.endswith(":same")
    assert not any(one.verb.endswith(":not-begun") for one in question.buttons)
    assert request_of(db).state is RequestState.BEGUN
    assert "Milestone 2 of 2" in said(lead.press("same"))
    assert "what has happened?" in said(lead.press("done"))
    assert "what is needed?" in said(lead.write("Alle Paten sind gefunden."))
    assert "Is there anything else?" in said(lead.press("skip"))  # no new date for what is done
    assert "Please check" in said(lead.press("skip"))
    thanks = lead.press("send")
    assert "We know now how things stand" in said(thanks)
    request = request_of(db)
    with db.reading() as session:
        sent = session.get_one(Submission, request.submission_id)
        (report,) = progress.of_submission(session, sent.id)
    assert request.state is RequestState.ANSWERED
    assert (sent.channel, sent.answers[f"state-{first.id}"]) == ("chat", "same")
    assert (report.milestone_id, report.state, report.happened) == (
        second.id, MilestoneState.DONE, "Alle Paten sind gefunden.",
    )  # fmt: skip
    again = lead.press_data(f"round:{request.id}:0")
    assert "has answered already" in said(again)


def test_everything_as_before_takes_a_tap_for_each_milestone(lead: Visitor) -> None:
    lead.press("round")
    for _milestone in milestones(lead.bot.db):
        lead.press("same")
    lead.press("skip")
    assert "everything is as before" in said(lead.press("send"))
    with lead.bot.db.reading() as session:
        assert progress.of_submission(session, request_of(lead.bot.db).submission_id or 0) == []


def test_the_button_goes_on_where_the_person_left_off(lead: Visitor) -> None:
    start = lead.button("round").verb
    lead.press("round")
    lead.press("same")
    assert "Milestone 2" in said(lead.press_data(start))


def test_going_back_and_changing_work_as_in_every_form(lead: Visitor) -> None:
    first = milestones(lead.bot.db)[0]
    lead.press("round")
    lead.press("stuck")
    lead.press("skip")
    lead.press("skip")
    assert "when will it be done?" in said(lead.last)
    lead.press("back")
    lead.press("back")
    lead.press("back")
    assert "Milestone 1" in said(lead.last)
    for _milestone in milestones(lead.bot.db):
        lead.press("same")
    lead.press("skip")
    lead.press("change")
    lead.press(f"state-{first.id}")
    lead.press("done")
    assert "Milestone 1: what has happened?" in said(lead.last)


def test_who_leads_two_groups_gets_one_letter_with_a_button_for_each(any_bot: Bot) -> None:
    lead_by_chat(any_bot.db, GOAL, "1.2")
    open_round(any_bot.db)
    visitor = Visitor(any_bot, CHAT, language="en")
    assert len(visitor.letters) == 1
    first, second = visitor.last.buttons
    assert first.label.to("de").startswith("1.2 ")
    visitor.press_data(second.verb)
    assert "Milestone 1 of 3" in said(visitor.last)


def test_who_leads_no_more_gets_a_kind_word(lead: Visitor) -> None:
    db, button = lead.bot.db, lead.button("round").verb
    lead.press("round")
    for _milestone in milestones(db):
        lead.press("same")
    lead.press("skip")
    with db.transaction() as session:
        leads.dismiss(session, request_of(db).group_id, request_of(db).person_id or 0)
    assert "Somebody else answers for this group now" in said(lead.press("send"))
    assert "Somebody else answers for the group" in said(lead.press_data(button))
    assert request_of(db).state is not RequestState.ANSWERED
    stranger = Visitor(lead.bot, 72, language="en")
    assert "Somebody else answers" in said(stranger.press_data(button))
    assert "out of date" in said(stranger.press_data("round:999999:0"))


def test_the_form_goes_on_on_the_page_and_cancel_leads_back(lead: Visitor) -> None:
    lead.press("round")
    web = lead.write("/web")
    assert web.buttons[0].page == "/{lang}/forms/status-round?draft={link}"
    cancelled = lead.write("/cancel")
    assert cancelled.buttons[0].verb == f"round:{request_of(lead.bot.db).id}:0"


def test_a_page_goes_on_in_a_chat_that_becomes_the_leads_own(any_bot: Bot) -> None:
    db = any_bot.db
    open_round(db)
    request = request_of(db)
    first = milestones(db)[0]
    with db.transaction() as session:
        code = groups.directory(session).get(GOAL).code
        from_page = rounds_draft(session, request, {"group": code, f"state-{first.id}": "done"})
        lead_before = session.get_one(Person, request.person_id)
        address = any_bot.settings.telegram_address("{link}")
        letter = rounds_letters.to_chat(groups.directory(session).get(GOAL), address, from_page)
        outbox.post(session, lead_before.id, ChannelKind.EMAIL, letter, kind=outbox.CONFIRM, priority=0)
        # A form of their own waits in the chat; what they come with goes on.
        chat = people.by_chat(session, 73, language="en")
        drafts.begin(session, "ask-office", person_id=chat.id, language="en")
    parcel = mailed(any_bot)
    assert parcel.email == lead_before.email
    visitor = Visitor(any_bot, 73, language="en")
    visitor.write("/start " + parcel.addresses[0].partition("start=")[2])
    if any(one.verb.startswith("lang:") for one in visitor.last.buttons):
        visitor.press(next(one.verb for one in visitor.last.buttons if one.verb.startswith("lang:en")))
    assert "what has happened?" in said(visitor.last)
    with db.reading() as session:
        person = people.of_chat(session, 73)
        assert person is not None
        assert leads.is_lead(session, person, request.group_id)
        assert person.email == "kontakt-7-49@example.org"
    for _question in range(2):
        visitor.press("skip")
    for _milestone in milestones(db)[1:]:
        visitor.press("same")
    visitor.press("skip")
    visitor.press("send")
    assert request_of(db).state is RequestState.ANSWERED
    with db.reading() as session:
        assert session.get(Person, request.person_id) is None  # one person of two
        assert rounds_request_person(session, request.id) == person.id


def mailed(bot: Bot) -> Parcel:
    """The e-mail that leaves first, as the courier packs it."""
    ledger = Ledger(bot.db, bot.settings, ChannelKind.EMAIL, "courier")
    parcel = ledger.claim(ledger.due([], [])[0])
    assert parcel is not None
    return parcel


def test_the_link_of_a_letter_makes_no_chat_the_leads(any_bot: Bot) -> None:
    db = any_bot.db
    open_round(db)
    request = request_of(db)
    with db.transaction() as session:
        code = groups.directory(session).get(GOAL).code
        kept = rounds_draft(session, request, {"group": code})
        letter = links.issue(session, Purpose.ROUND, person_id=request.person_id, target_id=request.id)
        of_others = links.issue(session, Purpose.DRAFT, person_id=None, target_id=kept)
    stranger = Visitor(any_bot, 74, language="en")
    stranger.write("/start")
    for token in (letter, of_others):
        stranger.write(f"/start {token}")
        assert gone().text.to("en") in said(stranger.last)
    with db.reading() as session:
        person = people.of_chat(session, 74)
        assert person is not None
        assert not leads.is_lead(session, person, request.group_id)
        assert drafts.of_person(session, person.id) is None
        assert session.get_one(Person, request.person_id).telegram_id is None


def rounds_draft(session: Session, request: RoundRequest, answers: dict[str, str]) -> int:
    """What a lead has begun on the page."""
    from_page = drafts.begin(
        session, rounds.FORM, person_id=request.person_id, language="en", answers=answers,
        target_id=request.id,
    )  # fmt: skip
    return from_page.id


def rounds_request_person(session: Session, request_id: int) -> int | None:
    """Who answers a request."""
    return session.get_one(RoundRequest, request_id).person_id


def test_arabic_letters_and_questions_are_whole(any_bot: Bot, telegram: Running) -> None:
    person_id = lead_by_chat(any_bot.db, GOAL)
    with any_bot.db.transaction() as session:
        people.set_language(session, session.get_one(Person, person_id), "ar")
    open_round(any_bot.db)
    visitor = Visitor(any_bot, CHAT, language="ar")
    letter = visitor.press("round")
    words = "\n".join(part.to("ar") for part in letter.paragraphs)
    assert not re.search(r"\{\w+\}", words)
    assert milestones(any_bot.db)[0].measure in words
