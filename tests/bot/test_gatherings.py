"""Telegram groups linked to a working group: by a lead's one-time code, until somebody ends it."""

import time
from typing import Any

import sqlalchemy as sa

from bot.aftermath import After, SayOnce
from bot.courier.ledger import Ledger
from models import group_chats, group_letters, groups, leads, links, outgoing, people
from models.group_chats import GroupChat
from models.letters import Button, Letter
from models.links import Purpose
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind
from tests.bot.chat import Bot, Visitor, said
from translations import Text, _

CHAT = -4_100_000_077
TITLE = "Nachbarschaft 7.49 (Beispiel)"


def lead_of(bot: Bot, number: str = "7.49") -> Visitor:
    """Somebody with a chat who leads a group."""
    visitor = Visitor(bot, 88_001, language="de")
    visitor.write("/start")
    visitor.write("/help")
    with bot.db.transaction() as session:
        person = people.of_chat(session, visitor.id)
        assert person is not None
        people.set_language(session, person, "ar")
        leads.appoint(session, groups.directory(session).get(number).id, person)
    return visitor


def code_for(bot: Bot, visitor: Visitor, number: str = "7.49") -> str:
    """A one-time code as the button below the lead's message carries it."""
    with bot.db.transaction() as session:
        person = people.of_chat(session, visitor.id)
        assert person is not None
        target = groups.directory(session).get(number).id
        return links.issue(session, Purpose.CHAT, person_id=person.id, target_id=target)


def in_group(bot: Bot, visitor: Visitor, **content: Any) -> None:
    """Somebody writes in the group, or something happens there."""
    message = visitor.message(**content) | {"chat": {"id": CHAT, "type": "group", "title": TITLE}}
    bot.take({"update_id": time.monotonic_ns() % 10**9, "message": message})


def linked(bot: Bot) -> list[GroupChat]:
    with bot.db.reading() as session:
        return list(group_chats.linked(session))


def waiting(bot: Bot) -> list[Delivery]:
    with bot.db.reading() as session:
        return list(outgoing.next_due(session, ChannelKind.TELEGRAM, limit=50))


def test_a_leads_code_links_the_group_once(bot: Bot) -> None:
    lead = lead_of(bot)
    code = code_for(bot, lead)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code}")
    (one,) = linked(bot)
    assert (one.chat_id, one.title, one.language) == (CHAT, TITLE, "ar")
    told = [row for row in waiting(bot) if row.group_chat_id == one.id]
    assert len(told) == 1
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code}")
    assert len([row for row in waiting(bot) if row.group_chat_id == one.id]) == 1


def test_nobody_else_links_with_it_and_nobody_becomes_known(bot: Bot) -> None:
    lead = lead_of(bot)
    stranger = Visitor(bot, 88_002)
    in_group(bot, stranger, text=f"/start@{bot.settings.bot_username} {code_for(bot, lead)}")
    assert linked(bot) == []
    with bot.db.reading() as session:
        assert people.of_chat(session, stranger.id) is None


def test_who_leads_no_more_links_nothing(bot: Bot) -> None:
    lead = lead_of(bot)
    code = code_for(bot, lead)
    with bot.db.transaction() as session:
        person = people.of_chat(session, lead.id)
        assert person is not None
        leads.dismiss(session, groups.directory(session).get("7.49").id, person.id)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code}")
    assert linked(bot) == []


def test_the_lead_is_shown_how_and_can_end_it(bot: Bot) -> None:
    lead = lead_of(bot)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code_for(bot, lead)}")
    with bot.db.reading() as session:
        group_id = groups.directory(session).get("7.49").id
    (one,) = linked(bot)
    shown = lead.press_data(f"chats:{group_id}:0")
    assert TITLE in said(shown)
    assert any(button.purpose is Purpose.CHAT for button in shown.buttons)
    lead.press_data(f"unlink:{one.id}:{group_id}", times=2)
    assert linked(bot) == []
    other = Visitor(bot, 88_003)
    assert "leads" in said(other.press_data(f"chats:{group_id}:0"))


def test_a_removed_bot_lets_go_of_what_waits(bot: Bot) -> None:
    lead = lead_of(bot)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code_for(bot, lead)}")
    member = {"user": {"id": 7, "is_bot": True, "first_name": "Bot"}}
    change = {
        "chat": {"id": CHAT, "type": "group", "title": TITLE}, "from": lead.user, "date": int(time.time()),
        "old_chat_member": {**member, "status": "member"},
        "new_chat_member": {**member, "status": "left"},
    }  # fmt: skip
    bot.take({"update_id": 990_000_001, "my_chat_member": change})
    assert linked(bot) == []
    assert not [row for row in waiting(bot) if row.group_chat_id]


def test_a_supergroup_keeps_the_link(bot: Bot) -> None:
    lead = lead_of(bot)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code_for(bot, lead)}")
    in_group(bot, lead, migrate_to_chat_id=-1_004_100_000_077)
    assert [one.chat_id for one in linked(bot)] == [-1_004_100_000_077]


def test_a_letter_to_a_group_shows_nothing_of_one_persons(bot: Bot) -> None:
    lead = lead_of(bot)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code_for(bot, lead)}")
    (one,) = linked(bot)
    letter = Letter(
        Text("Menu"), (Text("Menu"),),
        (
            Button(Text("Menu"), "menu:main:0"),
            Button(Text("Menu"), "unfollow:1:0", page="/{lang}/stop/{link}", purpose=Purpose.STOP),
            Button(Text("Menu"), "form:join-group:0", page="/{lang}/groups"),
        ),
    )  # fmt: skip
    with bot.db.transaction() as session:
        group_letters.post(session, one, letter, kind="linked", key="test:1")
    ledger = Ledger(bot.db, bot.settings, ChannelKind.TELEGRAM, "test")
    with bot.db.transaction() as session:  # what linking said is out of the way
        (first,) = [row for row in waiting(bot) if row.group_chat_id == one.id]
        outgoing.settle(session, first.id, DeliveryState.SENT)
    (row,) = [row for row in waiting(bot) if row.group_chat_id == one.id]
    parcel = ledger.claim(row)
    assert parcel is not None
    assert (parcel.chat_id, parcel.person_id, parcel.language) == (CHAT, -one.id, "ar")
    assert [(button.verb, button.page) for button in parcel.letter.buttons] == [("", "/{lang}/groups")]
    assert parcel.addresses == (bot.settings.address("/ar/groups"),)
    with bot.db.reading() as session:
        assert (
            session.scalar(
                sa.select(sa.func.count(links.Link.token_hash)).where(links.Link.purpose == "stop")
            )
            == 0
        )


def test_a_group_that_threw_us_out_is_not_written_to_again(bot: Bot) -> None:
    lead = lead_of(bot)
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username} {code_for(bot, lead)}")
    (one,) = linked(bot)
    (row,) = [row for row in waiting(bot) if row.group_chat_id == one.id]
    with bot.db.transaction() as session:
        outgoing.give_up_channel(session, row.id, DeliveryState.UNREACHABLE, error="kicked")
    with bot.db.reading() as session:
        found = session.get(Delivery, row.id)
        assert found is not None
        assert found.state is DeliveryState.UNREACHABLE
    assert linked(bot) == []


def test_who_has_chosen_a_language_is_answered_in_it_in_a_group_too(bot: Bot) -> None:
    lead = lead_of(bot)  # writes with a German app, and has chosen Arabic
    seen: list[After] = []
    vars(bot.processor.aftermath)["start"] = seen.extend
    in_group(bot, lead, text=f"/start@{bot.settings.bot_username}")
    assert [one.text for one in seen if isinstance(one, SayOnce)] == [
        _("Please write to me in a private chat.").to("ar")
    ]
