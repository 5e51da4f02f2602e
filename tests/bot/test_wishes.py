"""Messages in the chat: less often, stop and undo with one tap each; choosing everything."""

import pytest
import sqlalchemy as sa

from bot.commands import COMMANDS
from models import clock, groups, meetings, people, preferences, stopping, subscriptions
from models.db import Database
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind
from models.preferences import Preference, Rhythm, Topic
from models.wish_buttons import WEEKLY, buttons, stop
from tests.bot.chat import Bot, Visitor, msgids, said
from tests.models.test_meetings import DAY, NOON, group_id, member, office


def reader(bot: Bot, language: str = "en") -> tuple[Visitor, int, int]:
    """A member of 7.49 with chat and e-mail; the ids of person and group."""
    with clock.frozen(NOON), bot.db.transaction() as session:
        amina = member(session, "Amina")
        amina.telegram_id, amina.prefers = 4711, ChannelKind.TELEGRAM
        people.set_language(session, amina, language)
        return Visitor(bot, 4711, language=language), amina.id, group_id(session)


def rhythm(db: Database, person: int, topic: Topic, group: int | None) -> Rhythm:
    """How often somebody hears."""
    with db.reading() as session:
        return stopping.rhythm_of(session, person, topic, group)


@pytest.mark.parametrize("topic", list(Topic))
def test_less_stop_and_undo_are_one_tap_each(bot: Bot, topic: Topic) -> None:
    visitor, person, group = reader(bot)
    if topic is Topic.CHANGES:
        with bot.db.transaction() as session:
            subscriptions.follow(session, person, group)
    less, end = buttons(topic, group)
    assert max(len(one.verb.encode()) for one in (less, end)) <= 64
    letter = visitor.press_data(less.verb, times=1)
    assert len(letter.paragraphs) == 1, "one sentence"
    assert rhythm(bot.db, person, topic, group) is Rhythm.WEEKLY
    visitor.press("hear")
    assert rhythm(bot.db, person, topic, group) is Rhythm.INSTANT
    with bot.db.reading() as session:
        kept = session.scalars(sa.select(Preference.rhythm)).all()
    assert kept in ([], [Rhythm.INSTANT]), "as it was before"
    visitor.press_data(end.verb, times=2)
    assert rhythm(bot.db, person, topic, group) is Rhythm.NEVER
    visitor.press_data(end.verb.replace("stop", "less"))
    assert rhythm(bot.db, person, topic, group) is Rhythm.NEVER, "less than nothing is nothing"
    assert not [one for one in visitor.last.buttons if one.verb.startswith("hear:")], "nothing to undo"


def test_stop_reaches_what_waits_at_once(bot: Bot) -> None:
    visitor, person, group = reader(bot)
    with clock.frozen(NOON), bot.db.transaction() as session:
        meetings.plan(session, group, held=DAY, by=office(session))
    with clock.frozen(NOON):
        visitor.press_data(f"stop:{group}:0:meetings")
    with bot.db.reading() as session:
        of_meeting = sa.select(Delivery.state).join(Message).where(Message.kind == "meeting")
        assert session.scalars(of_meeting.where(Delivery.person_id == person)).all() == [
            DeliveryState.DROPPED
        ]


def test_the_weekly_letter_ends_and_comes_back(bot: Bot) -> None:
    visitor, person, group = reader(bot)
    with bot.db.transaction() as session:
        preferences.set_wish(session, person, Topic.UPDATES, group, Rhythm.WEEKLY)
    visitor.press_data(stop(WEEKLY).verb)
    assert "You get no weekly letter any more." in msgids(visitor.last)
    assert rhythm(bot.db, person, Topic.UPDATES, group) is Rhythm.NEVER
    visitor.press("weekly")
    assert rhythm(bot.db, person, Topic.UPDATES, group) is Rhythm.WEEKLY


def test_everything_can_be_chosen_by_button(bot: Bot) -> None:
    visitor, person, group = reader(bot)
    letter = visitor.write("/messages")
    assert "This is what I write to you:" in msgids(letter)
    assert [one.verb for one in letter.buttons[:3]] == [f"topic:0:0:{topic}" for topic in list(Topic)[:3]]
    visitor.press("topic:0:0:updates")
    visitor.press("hear:0:0:updates:weekly")
    assert rhythm(bot.db, person, Topic.UPDATES, group) is Rhythm.WEEKLY
    visitor.press("menu:messages")
    visitor.press(f"news:{group}")
    visitor.press(f"topic:{group}:0:updates")
    visitor.press(f"over:{group}:0:updates:email")
    with bot.db.reading() as session:
        wish = preferences.wish(session, person, Topic.UPDATES, group)
    assert (wish.rhythm, wish.channel) == (Rhythm.WEEKLY, ChannelKind.EMAIL)
    visitor.press("menu:messages")
    visitor.press("quiet:0:0")
    visitor.press("22-7")
    assert "22:00" in said(visitor.last)
    assert "22:00" in said(visitor.write("/mydata"))
    visitor.write("/messages")
    visitor.press("stopall")
    assert {rhythm(bot.db, person, topic, group) for topic in Topic} == {Rhythm.NEVER}
    visitor.press_data("quiet:0:0:none")
    with bot.db.reading() as session:
        assert preferences.wish(session, person, Topic.UPDATES).quiet is None


def test_the_menu_and_the_commands_name_it(bot: Bot) -> None:
    visitor, _person, _group = reader(bot, "ar")
    assert "messages" in [name for name, _words in COMMANDS]
    visitor.write("/start")
    letter = visitor.press_data("menu:more:0")
    assert "menu:messages:0" in [one.verb for one in letter.buttons]
    shown = visitor.press("menu:messages")
    words = "\n".join(one.to("ar") for one in shown.paragraphs)
    assert "الأخبار: فورًا" in words.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    "data",
    [
        "stop:x:0:updates", "stop:999999:0:updates", "less:0:0:pigeons", "hear:0:0:updates:hourly", "less:0",
        "over:0:0:updates:phone", "topic:999999:0:updates", "news:0:0", "weekly:x:0", "quiet:0:0:30-40",
        "hear:0:0", "topic:0:0:changes",
    ],
)  # fmt: skip
def test_old_and_foreign_buttons_are_answered_kindly(bot: Bot, data: str) -> None:
    visitor, person, _group = reader(bot)
    letter = visitor.press_data(data)
    assert letter.paragraphs
    with bot.db.reading() as session:
        assert list(preferences.of_person(session, person)) == []
        assert groups.directory(session).cards
