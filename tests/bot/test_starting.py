"""How conversations begin: codes, languages, links from pages."""

import pytest
import sqlalchemy as sa
from telegram import BotCommandScopeChat

from bot.commands import COMMANDS
from models import clock, drafts, links, merging, outbox, people, submissions
from models.db import Database
from models.errors import NotFound
from models.forms.form import Sender
from models.forms.join_group import JoinGroup
from models.forms.questions import Context
from models.letters import Letter
from models.links import Purpose
from models.memberships import Membership, MembershipState
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind, Person
from models.submissions import State, Submission
from tests.bot.chat import Bot, Visitor, count, msgids, said
from tests.bot.test_conversation import code_of, only_person, sign_up
from translations import Text


def from_page(db: Database, key: str, *, email: str = "amina@example.org", number: str = "7.49") -> int:
    """Sign up on a page; return the submission's id."""
    raw = {
        "group": number, "name": "Amina Beispiel", "role": "member", "reach": "email", "email": email,
        "pass_on": "yes",
    }  # fmt: skip
    with db.transaction() as session:
        form = JoinGroup(raw, Context(session, "ar"), complete=True)
        receipt = form.submit(session, Sender("page", "ar", key))
    assert receipt.submission_id is not None
    return receipt.submission_id


def connected(letter_ids: set[str]) -> bool:
    """Whether a letter says that the chat is connected now."""
    return "This chat is connected now. Our answers come here." in letter_ids


def test_a_group_code_shows_the_group_with_ways_on(bot: Bot) -> None:
    visitor = Visitor(bot, 101)
    letter = visitor.write(f"/start {code_of(bot.db)}")
    assert said(letter).startswith("7.49 ")
    assert [button.verb.split(":")[0] or button.page for button in letter.buttons] == [
        "join", "/{lang}/groups/7.49", "follow", "languages",
    ]  # fmt: skip


def test_other_language_is_offered_until_one_is_chosen(bot: Bot) -> None:
    visitor = Visitor(bot, 102)
    visitor.write(f"/start {code_of(bot.db)}")
    visitor.press("languages")
    letter = visitor.press("lang:en")
    assert "join" in letter.buttons[0].verb
    assert not any(button.verb.startswith("languages") for button in letter.buttons)
    assert only_person(bot.db, 102).language == "en"


def test_an_unknown_language_is_asked_for_first_and_the_code_is_kept(bot: Bot) -> None:
    code = code_of(bot.db)
    for chat, tag in ((103, "sw"), (104, None), (105, "sq")):
        visitor = Visitor(bot, chat, language=tag)
        letter = visitor.write(f"/start {code}")
        assert {button.verb for button in letter.buttons} >= {f"lang:ar:0:{code}", f"lang:de-simple:0:{code}"}
        visitor.press(f"lang:ar:0:{code}")
        assert visitor.last.buttons[0].verb == f"join:{code}:0"
        assert only_person(bot.db, chat).language == "ar"


def test_regional_tags_are_understood(bot: Bot) -> None:
    visitor = Visitor(bot, 106, language="en-us")
    visitor.write("/start")
    assert only_person(bot.db, 106).language == "en"


def test_a_nonsense_code_gets_plain_words_and_a_menu(bot: Bot) -> None:
    visitor = Visitor(bot, 107)
    for code in ("NOPE", "k_nothing", "x" * 64, "-_-"):
        letter = visitor.write(f"/start {code}")
        assert "This link is no longer valid." in said(letter)
        assert letter.buttons


def test_the_thank_you_page_leads_on_into_the_chat(any_bot: Bot) -> None:
    from_page(any_bot.db, "form-key-1")
    visitor = Visitor(any_bot, 108)
    visitor.write("/start k_form-key-1")
    assert connected(msgids(visitor.last))
    person = only_person(any_bot.db, 108)
    assert (person.name, person.email, person.channel) == (
        "Amina Beispiel", "amina@example.org", ChannelKind.TELEGRAM,
    )  # fmt: skip
    assert person.language == "ar"
    with any_bot.db.reading() as session:
        assert session.scalars(sa.select(Membership)).one().person_id == person.id
        assert session.scalars(sa.select(Submission)).one().person_id == person.id
    visitor.write("/start k_form-key-1")
    assert "This chat is connected already. Our answers come here." in msgids(visitor.last)


def test_only_the_first_chat_may_connect(bot: Bot) -> None:
    from_page(bot.db, "form-key-2")
    Visitor(bot, 109).write("/start k_form-key-2")
    other = Visitor(bot, 110)
    other.write("/start k_form-key-2")
    assert "This link is no longer valid." in said(other.last)
    assert only_person(bot.db, 110).email is None


def test_a_code_of_a_page_ends_after_two_days(bot: Bot) -> None:
    from_page(bot.db, "form-key-3")
    with clock.frozen(clock.ahead(days=2, minutes=1)):
        visitor = Visitor(bot, 111)
        visitor.write("/start k_form-key-3")
    assert "This link is no longer valid." in said(visitor.last)


def test_who_types_somebody_elses_address_gets_nothing_of_theirs(any_bot: Bot) -> None:
    """Anybody can type an address: the code of the thanks proves the one form, not the person."""
    from_page(any_bot.db, "hers", number="7.49")
    with any_bot.db.transaction() as session:
        owner = session.scalars(sa.select(Person).where(Person.email == "amina@example.org")).one()
        people.confirm_email(session, owner)
    from_page(any_bot.db, "his", number="6.45")
    thief = Visitor(any_bot, 112)
    thief.write("/start k_his")
    assert connected(msgids(thief.last))
    person = only_person(any_bot.db, 112)
    assert (person.email, person.phone) == (None, "")
    with any_bot.db.reading() as session:
        assert {one.group_id for one in submissions.of_person(session, person.id)} != set()
        assert len(submissions.of_person(session, person.id)) == 1
        kept = people.by_email(session, "amina@example.org")
        assert kept is not None
        assert len(submissions.of_person(session, kept.id)) == 1


def test_signing_up_on_both_sides_ends_as_one_membership(any_bot: Bot) -> None:
    visitor = Visitor(any_bot, 113)
    sign_up(visitor)
    from_page(any_bot.db, "form-key-4")
    visitor.write("/start k_form-key-4")
    with any_bot.db.reading() as session:
        assert session.scalars(sa.select(Membership)).one().state is MembershipState.ASKED
        mine = submissions.of_person(session, only_person(any_bot.db, 113).id)
        assert sorted(one.state for one in mine) == [State.RECEIVED, State.REPEATED]
        signups = session.scalar(sa.text("SELECT sum(signups) FROM working_groups"))
    assert signups == 1


def test_a_telegram_link_brings_everything_along_once(bot: Bot) -> None:
    from_page(bot.db, "form-key-5")
    with bot.db.transaction() as session:
        owner = people.by_email(session, "amina@example.org")
        assert owner is not None
        token = links.issue(session, Purpose.TELEGRAM, person_id=owner.id)
    visitor, other = Visitor(bot, 114), Visitor(bot, 115)
    visitor.write(f"/start {token}")
    assert connected(msgids(visitor.last))
    assert only_person(bot.db, 114).email == "amina@example.org"
    visitor.write(f"/start {token}")
    assert "This chat is connected already. Our answers come here." in msgids(visitor.last)
    other.write(f"/start {token}")
    assert "This link is no longer valid." in said(other.last)


def test_what_was_held_for_an_address_comes_into_the_chat(bot: Bot) -> None:
    from_page(bot.db, "form-key-6")
    with bot.db.transaction() as session:
        owner = people.by_email(session, "amina@example.org")
        assert owner is not None
        letter = Visitor(bot, 116)  # only its chat's number is used below
        outbox.tell(session, owner, _letter(), kind="test")
        held = session.scalars(sa.select(Delivery).where(Delivery.state == DeliveryState.HELD)).one()
    letter.write("/start k_form-key-6")
    with bot.db.reading() as session:
        moved = session.get(Delivery, held.id)
        assert moved is not None
        assert (moved.state, moved.channel) == (DeliveryState.QUEUED, ChannelKind.TELEGRAM)
        assert moved.person_id == only_person(bot.db, 116).id


def _letter() -> Letter:
    return Letter(Text("x"), (Text("x"),))


def test_a_half_filled_form_goes_on_in_the_chat(any_bot: Bot) -> None:
    with any_bot.db.transaction() as session:
        draft = drafts.begin(
            session, "join-group", person_id=None, language="ar",
            answers={"group": code_of(any_bot.db), "name": "Amina Beispiel", "email": "not an address"},
        )  # fmt: skip
        token = links.issue(session, Purpose.DRAFT, person_id=None, target_id=draft.id)
    visitor, other = Visitor(any_bot, 117, language=None), Visitor(any_bot, 118)
    visitor.write(f"/start {token}")
    visitor.press("lang:ar")
    assert JoinGroup.organisation.label.msgid in msgids(visitor.last)
    visitor.write(f"/start {token}")  # pressed once more
    assert JoinGroup.organisation.label.msgid in msgids(visitor.last)
    other.write(f"/start {token}")
    assert "This link is no longer valid." in said(other.last)
    for verb in ("skip", "member", "telegram", "yes", "no", "send"):
        visitor.press(verb)
    assert count(any_bot.db, "memberships") == 1


def test_a_started_form_is_offered_again_after_start(bot: Bot) -> None:
    visitor = Visitor(bot, 119)
    sign_up(visitor, up_to="take")
    visitor.write("/start")
    visitor.press("resume")
    assert JoinGroup.organisation.label.msgid in msgids(visitor.last)


def test_merging_keeps_the_better_membership_and_what_is_missing(any_db: Database) -> None:
    from_page(any_db, "one", email="one@example.org")
    from_page(any_db, "two", email="two@example.org")
    with any_db.transaction() as session:
        one, two = people.by_email(session, "one@example.org"), people.by_email(session, "two@example.org")
        assert one is not None
        assert two is not None
        two.phone, gone_id = "05251 1234567", two.id
        better = session.scalars(sa.select(Membership).where(Membership.person_id == two.id)).one()
        better.state = MembershipState.ACTIVE
        drafts.begin(session, "ask-office", person_id=two.id, language="de")
        merging.merge(session, one, two)
        assert one.phone == "05251 1234567"
        assert one.email == "one@example.org"
    with any_db.reading() as session:
        assert people.get(session, gone_id) is None
        assert session.scalars(sa.select(Membership)).one().state is MembershipState.ACTIVE
        assert drafts.of_person(session, one.id) is not None
        assert len(submissions.of_person(session, one.id)) == 2


def test_of_two_addresses_the_one_that_goes_confirms_nothing_any_more(any_db: Database) -> None:
    from_page(any_db, "one", email="one@example.org")
    from_page(any_db, "two", email="two@example.org")
    with any_db.transaction() as session:
        one, two = people.by_email(session, "one@example.org"), people.by_email(session, "two@example.org")
        assert one is not None
        assert two is not None
        mine = links.issue(session, Purpose.CONFIRM, person_id=one.id)
        theirs = links.issue(session, Purpose.CONFIRM, person_id=two.id)
        merging.merge(session, one, two)
        assert links.look(session, mine, Purpose.CONFIRM).person_id == one.id
        with pytest.raises(NotFound):  # it went to two@example.org, and the person has one@example.org
            links.look(session, theirs, Purpose.CONFIRM)


def test_a_second_chat_cannot_take_a_connected_person_over(bot: Bot) -> None:
    from_page(bot.db, "form-key-7")
    with bot.db.transaction() as session:
        owner = people.by_email(session, "amina@example.org")
        assert owner is not None
        tokens = [links.issue(session, Purpose.TELEGRAM, person_id=owner.id) for _number in range(2)]
    Visitor(bot, 120).write(f"/start {tokens[0]}")
    other = Visitor(bot, 121)
    other.write(f"/start {tokens[1]}")
    assert "This link is no longer valid." in said(other.last)
    assert only_person(bot.db, 120).email == "amina@example.org"
    assert count(bot.db, "memberships") == 1


def listed(bot: Bot, chat: int) -> list[str]:
    """The commands that the app lists in a chat, beside those for everybody."""
    here = BotCommandScopeChat(chat)
    found = bot.loop.run_until_complete(bot.app.bot.get_my_commands(scope=here))
    return [one.description for one in found]


def test_the_app_lists_the_commands_in_the_language_that_was_chosen(bot: Bot) -> None:
    visitor = Visitor(bot, 130, language="de")
    visitor.write("/language")
    assert listed(bot, 130) == []
    visitor.press_data("lang:ar:0")
    assert listed(bot, 130) == [words.to("ar") for _name, words in COMMANDS]
    visitor.press_data("lang:de:0")
    assert listed(bot, 130) == [], "the app's own language needs no list of its own"
    visitor.press_data("lang:ar:0")
    visitor.write("/mydata")
    visitor.press("erase")
    visitor.press("erased")
    assert listed(bot, 130) == [], "who is forgotten leaves nothing at Telegram either"
