"""Being told of changes, from the chat."""

import sqlalchemy as sa

from models.db import Database
from models.forms.follow_group import FollowGroup
from models.submissions import State, Submission
from models.subscriptions import Subscription
from tests.bot.chat import Bot, Visitor, count, msgids, said
from tests.bot.test_conversation import code_of, sign_up


def wishes(db: Database) -> int:
    """How many subscriptions there are."""
    return count(db, "subscriptions")


def test_one_tap_begins_it_and_one_tap_ends_it(any_bot: Bot) -> None:
    visitor = Visitor(any_bot, 901, language="en")
    visitor.write(f"/start {code_of(any_bot.db)}")
    visitor.press("follow")
    assert said(visitor.last).startswith("We tell you here")
    visitor.press_data(visitor.last.buttons[0].verb.replace("unfollow", "follow"), times=2)
    assert "already" in said(visitor.last)
    assert wishes(any_bot.db) == 1
    assert count(any_bot.db, "submissions") == 0
    visitor.press("unfollow", times=2)
    assert wishes(any_bot.db) == 0
    assert visitor.last.buttons[0].verb.startswith("follow:")


def test_my_groups_lists_it_with_its_end(bot: Bot) -> None:
    visitor = Visitor(bot, 902, language="en")
    visitor.write(f"/start {code_of(bot.db)}")
    visitor.press("follow")
    letter = visitor.write("/groups")
    assert "We tell you of changes in:" in msgids(letter)
    assert "7.49" in said(letter)
    visitor.press("unfollow")
    assert wishes(bot.db) == 0


def test_members_are_not_told_unless_they_ask(bot: Bot) -> None:
    visitor = Visitor(bot, 903)
    sign_up(visitor)
    assert wishes(bot.db) == 0
    visitor.write(f"/start {code_of(bot.db)}")
    visitor.press("follow")
    assert wishes(bot.db) == 1


def test_the_form_in_the_chat_asks_for_the_group_only(bot: Bot) -> None:
    visitor = Visitor(bot, 904, language="en")
    visitor.write("/start")
    visitor.press_data(f"form:{FollowGroup.slug}:0")
    visitor.write("7.49")
    visitor.press("send")
    assert FollowGroup.done.msgid in msgids(visitor.last)
    with bot.db.reading() as session:
        sent = session.scalars(sa.select(Submission)).one()
        one = session.scalars(sa.select(Subscription)).one()
    assert (sent.state, sent.channel, one.person_id) == (State.ACCEPTED, "chat", sent.person_id)


def test_a_group_that_is_not_there_is_said_kindly(bot: Bot) -> None:
    visitor = Visitor(bot, 905, language="en")
    for verb in ("follow:999999:0", "unfollow:x:0"):
        visitor.press_data(verb)
        assert "There is no working group with this code." in msgids(visitor.last)
