"""Signing up and asking in the chat, from the raw update to the rows."""

import pytest
import sqlalchemy as sa

from bot import commands
from models import drafts, groups, memberships, people, submissions
from models.db import Database
from models.forms.join_group import JoinGroup
from models.memberships import Membership, MembershipState
from models.people import ChannelKind, Person
from models.submissions import Submission
from tests.bot.chat import Bot, Visitor, count, msgids, said


def code_of(db: Database, number: str = "7.49") -> str:
    """The code of a group."""
    with db.reading() as session:
        return groups.directory(session).get(number).code


def sign_up(visitor: Visitor, *, up_to: str = "send") -> None:
    """Sign up by deep link and buttons."""
    visitor.write(f"/start {code_of(visitor.bot.db)}")
    for verb in ("join", "take", "skip", "member", "telegram", "yes", "no", "send"):
        visitor.press(verb)
        if verb == up_to:
            return


def only_person(db: Database, telegram_id: int) -> Person:
    """The person of a chat."""
    with db.reading() as session:
        found = people.of_chat(session, telegram_id)
        assert found is not None
        return found


def test_a_deep_link_and_buttons_end_as_one_membership(any_bot: Bot) -> None:
    visitor = Visitor(any_bot, 11, language="ar", username="amina_b")
    sign_up(visitor)
    with any_bot.db.reading() as session:
        row = session.scalars(sa.select(Membership)).one()
        sent = session.scalars(sa.select(Submission)).one()
    assert (row.state, row.submission_id) == (MembershipState.ASKED, sent.id)
    assert (sent.channel, sent.language, sent.answers["name"]) == ("chat", "ar", "Amina")
    person = only_person(any_bot.db, 11)
    assert (person.language, person.name, person.prefers) == ("ar", "Amina", ChannelKind.TELEGRAM)
    assert person.telegram_name == "amina_b"  # agreed to be passed on
    assert JoinGroup.done.msgid in msgids(visitor.last)
    assert count(any_bot.db, "drafts") == 0


def test_the_telegram_name_is_kept_only_with_consent(bot: Bot) -> None:
    visitor = Visitor(bot, 12, username="amina_b")
    sign_up(visitor, up_to="telegram")
    for verb in ("no", "no", "send"):
        visitor.press(verb)
    person = only_person(bot.db, 12)
    assert (person.name, person.telegram_name) == ("Amina", "")


def test_nothing_of_the_profile_is_stored_before_it_is_taken_over(bot: Bot) -> None:
    visitor = Visitor(bot, 13, username="amina_b")
    sign_up(visitor, up_to="join")
    person = only_person(bot.db, 13)
    assert (person.name, person.telegram_name) == ("", "")


def test_every_button_pressed_twice_changes_nothing(any_bot: Bot) -> None:
    visitor = Visitor(any_bot, 14)
    visitor.write(f"/start {code_of(any_bot.db)}")
    for verb in ("join", "take", "skip", "member", "telegram", "yes", "no", "send"):
        data = visitor.button(verb).verb
        visitor.press_data(data, times=2)
        if verb == "join":
            continue
    assert count(any_bot.db, "submissions") == 1
    assert count(any_bot.db, "memberships") == 1
    assert said(visitor.last) == "We have received this already. Thank you."


def test_a_double_tap_is_not_scolded(bot: Bot) -> None:
    visitor = Visitor(bot, 15)
    sign_up(visitor, up_to="take")
    before = len(visitor.letters)
    visitor.press("skip", times=3)
    assert len(visitor.letters) == before + 1


def test_a_stale_button_is_answered_kindly_and_the_question_repeated(bot: Bot) -> None:
    visitor = Visitor(bot, 16)
    sign_up(visitor, up_to="take")
    old = visitor.button("skip").verb
    visitor.press("skip")
    visitor.press("member")
    visitor.press_data(old)
    assert "That question has been answered already" in said(visitor.last)
    assert JoinGroup.reach.label.msgid in msgids(visitor.last)
    visitor.press("telegram")
    assert JoinGroup.pass_on.label.msgid in msgids(visitor.last)


def test_buttons_of_a_cancelled_form_never_fit_the_next_one(bot: Bot) -> None:
    visitor = Visitor(bot, 17)
    sign_up(visitor, up_to="no")
    send = visitor.button("send").verb
    visitor.press("cancel")
    visitor.press("join")
    for verb in ("take", "skip", "member", "telegram", "yes", "no"):
        visitor.press(verb)
    visitor.press_data(send)
    assert count(bot.db, "submissions") == 0
    visitor.press("send")
    assert count(bot.db, "submissions") == 1


def test_cancel_drops_everything_and_offers_to_begin_again(bot: Bot) -> None:
    visitor = Visitor(bot, 18)
    sign_up(visitor, up_to="take")
    visitor.write("/cancel")
    assert count(bot.db, "drafts") == 0
    visitor.press("join")
    assert JoinGroup.name.label.msgid in msgids(visitor.last)
    visitor.write("/cancel")
    visitor.write("/cancel")
    assert said(visitor.last) == "There is nothing to cancel."


def test_the_language_switches_in_the_middle_of_a_form(bot: Bot) -> None:
    visitor = Visitor(bot, 19)
    sign_up(visitor, up_to="skip")
    visitor.write("/language")
    visitor.press_data("lang:ar:0")
    assert JoinGroup.role.label.msgid in msgids(visitor.last)
    visitor.press("member")
    for verb in ("telegram", "yes", "no", "send"):
        visitor.press(verb)
    with bot.db.reading() as session:
        assert session.scalars(sa.select(Submission)).one().language == "ar"


def test_who_is_in_the_group_is_told_so_and_not_asked_again(bot: Bot) -> None:
    visitor = Visitor(bot, 20)
    sign_up(visitor)
    visitor.write(f"/start {code_of(bot.db)}")
    assert "You have signed up for the group" in said(visitor.last)
    visitor.write("/join")
    visitor.write("7.49")
    assert "You have signed up for the group" in said(visitor.last)
    assert count(bot.db, "drafts") == 0
    visitor.press_data(f"join:{code_of(bot.db)}:0")
    assert "You have signed up for the group" in said(visitor.last)


def test_leaving_is_asked_once_more_and_one_can_come_back(bot: Bot) -> None:
    visitor = Visitor(bot, 21)
    sign_up(visitor)
    visitor.write("/groups")
    visitor.press("leave")
    visitor.press("left")
    with bot.db.reading() as session:
        assert memberships.of_person(session, only_person(bot.db, 21).id) == []
    visitor.write("/groups")
    assert said(visitor.last) == "You are in no working group yet."
    sign_up(visitor)
    with bot.db.reading() as session:
        assert session.scalars(sa.select(Membership)).one().state is MembershipState.ASKED


def test_nobody_leaves_somebody_elses_group(bot: Bot) -> None:
    amina, boris = Visitor(bot, 22), Visitor(bot, 23)
    sign_up(amina)
    data = amina.write("/groups").buttons[1].verb.replace("leave", "left")
    boris.write("/start")
    boris.press_data(data)
    assert said(boris.last) == "You are not in this group."
    with bot.db.reading() as session:
        assert session.scalars(sa.select(Membership)).one().state is MembershipState.ASKED


def test_somebody_elses_draft_cannot_be_answered(bot: Bot) -> None:
    amina, boris = Visitor(bot, 24), Visitor(bot, 25)
    sign_up(amina, up_to="skip")
    data = amina.button("member").verb
    boris.write("/start")
    boris.press_data(data)
    with bot.db.reading() as session:
        draft = drafts.of_person(session, only_person(bot.db, 24).id)
    assert draft is not None
    assert "role" not in draft.answers


def test_a_question_is_asked_in_two_steps(bot: Bot) -> None:
    visitor = Visitor(bot, 26)
    visitor.write("/ask")
    visitor.write("Wann ist das nächste Treffen?\nUnd wo?")
    visitor.press("take")
    visitor.press("telegram")
    visitor.press("send")
    with bot.db.reading() as session:
        sent = session.scalars(sa.select(Submission)).one()
    assert sent.title == "Wann ist das nächste Treffen?"


def test_words_that_nobody_asked_for_can_go_to_the_office(bot: Bot) -> None:
    visitor = Visitor(bot, 27)
    visitor.write("Ich suche einen Deutschkurs")
    assert said(visitor.last) == "I am sorry, I do not understand this."
    visitor.write("Oder einen Sportverein")  # is no answer to anything either
    assert said(visitor.last) == "I am sorry, I do not understand this."
    visitor.press("offer")
    visitor.press("take")
    visitor.press("telegram")
    visitor.press("send")
    with bot.db.reading() as session:
        assert session.scalars(sa.select(Submission)).one().answers["question"] == "Oder einen Sportverein"


def test_a_page_link_carries_the_draft(bot: Bot) -> None:
    visitor = Visitor(bot, 28)
    sign_up(visitor, up_to="take")
    visitor.write("/web")
    button = visitor.last.buttons[0]
    assert button.page == "/{lang}/forms/join-group?draft={link}"
    with bot.db.reading() as session:
        draft = drafts.of_person(session, only_person(bot.db, 28).id)
    assert draft is not None
    assert button.target_id == draft.id
    visitor.write("/cancel")
    assert visitor.write("/web").buttons[0].page == "/{lang}/"


def test_pictures_edits_and_unknown_commands_get_plain_words(bot: Bot) -> None:
    visitor = Visitor(bot, 29)
    visitor.write("/frobnicate")
    assert "I do not know this command" in said(visitor.last)
    photo = [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]
    bot.take({"update_id": 990_000_001, "message": visitor.message(photo=photo)})
    assert "Would you like to report progress with this?" in said(visitor.last)
    sign_up(visitor, up_to="join")
    bot.take({"update_id": 990_000_002, "message": visitor.message(photo=photo)})
    assert "Please write your answer" in said(visitor.last)
    asked = len(visitor.letters)
    bot.take({"update_id": 990_000_003, "edited_message": visitor.message(text="/cancel", edit_date=5)})
    assert len(visitor.letters) == asked + 1
    assert "I do not see changes" in said(visitor.last)
    assert count(bot.db, "drafts") == 1


def test_a_closed_group_takes_nobody_and_says_so(bot: Bot) -> None:
    visitor = Visitor(bot, 30)
    sign_up(visitor, up_to="no")
    with bot.db.transaction() as session:
        session.execute(sa.text("UPDATE working_groups SET is_open = false"))
    visitor.press("send")
    assert said(visitor.last) == "This group takes no new people at the moment."
    assert count(bot.db, "submissions") == 0
    assert count(bot.db, "drafts") == 1
    visitor.press("cancel")
    assert count(bot.db, "drafts") == 0


def test_all_menu_buttons_lead_somewhere(bot: Bot) -> None:
    visitor = Visitor(bot, 31)
    visitor.write("/start")
    for button in visitor.last.buttons:
        before = len(visitor.letters)
        visitor.press_data(button.verb)
        assert len(visitor.letters) == before + 1, button
        assert "out of date" not in said(visitor.last)


def test_forged_buttons_do_no_harm(bot: Bot) -> None:
    visitor = Visitor(bot, 32)
    sign_up(visitor, up_to="skip")
    forged = [
        "a:1:1:x", "a::", "a:x:y:z", "send:999:1", "form:answer-office:0", "form:nothing:0", "lang:xx:0",
        "join:NOPE:0", "leave:99999999999999999999:0", "withdraw:77:0", "erased:1:0", "answer:1:1",
        "resume::", "page:1:1:-5", "answer:99999999999999999999:1", "answer:2147483648:1", "zzz",
        "menu:nowhere:0", "offer:1:1", "a:²:1:x",
    ]  # fmt: skip
    for data in forged:
        visitor.press_data(data)
    with bot.db.reading() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM inbox WHERE state <> 'done'")) == 0
        assert submissions.of_person(session, only_person(bot.db, 32).id) == []
    assert count(bot.db, "people") >= 1


def test_help_names_every_command(bot: Bot) -> None:
    visitor = Visitor(bot, 33)
    words = said(visitor.write("/help"))
    assert all(f"/{name} " in words for name, _words in commands.COMMANDS)


@pytest.mark.parametrize(("tongue", "leads_there"), [("ar", True), ("de", False)])
def test_help_leads_readers_of_a_draft_to_saying_what_is_wrong(
    bot: Bot, tongue: str, leads_there: bool
) -> None:
    visitor = Visitor(bot, 34, language=tongue)
    letter = visitor.write("/help")
    assert ("form:translation-feedback:0" in [one.verb for one in letter.buttons]) == leads_there
    assert (commands.DRAFT.msgid in said(letter)) == leads_there


def test_what_is_wrong_in_a_translation_is_told_in_the_chat(bot: Bot) -> None:
    visitor = Visitor(bot, 35, language="ar")
    visitor.write("/help")
    visitor.press("form:translation-feedback")
    visitor.write("«مسودة» غير واضحة")
    visitor.press("skip")
    visitor.press("skip")
    visitor.press("send")
    with bot.db.reading() as session:
        (entry,) = submissions.of_person(session, only_person(bot.db, 35).id)
        assert entry.form == "translation-feedback"
