"""Groups of the emulated Telegram, seen by the real library."""

import time

import pytest
from telegram import Bot, Update
from telegram.error import ChatMigrated, Forbidden

from bot.emulator.threaded import Running
from tests.bot.emulator.people import Human, call, with_bot


def group_of(emulator: Running, human: Human, code: str = "C_1") -> int:
    """A group to which somebody has added the bot by a link."""
    number = int(call(f"{emulator.url}/group", {"title": "Nachbarn"})[1]["id"])
    status, _answer = call(f"{emulator.url}/group/{number}/add", {"person": human.id, "code": code})
    assert status == 200
    return number


async def newest(bot: Bot, number: int) -> list[Update]:
    """All updates of one chat, confirmed by that."""
    found: list[Update] = []
    offset = 0
    until = time.monotonic() + 3
    while time.monotonic() < until:
        updates = await bot.get_updates(offset=offset, timeout=0)
        if not updates:
            break
        found += [one for one in updates if one.effective_chat and one.effective_chat.id == number]
        offset = updates[-1].update_id + 1
    return found


def test_adding_the_bot_sends_the_command_with_the_code(emulator: Running) -> None:
    number = group_of(emulator, Human.meet(emulator))
    added, command = with_bot(emulator, lambda bot: newest(bot, number))
    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == "member"
    assert command.message is not None
    assert command.message.text == "/start@mitwirken_demo_bot C_1"
    assert command.message.chat.type == "group"


def test_what_people_say_there_is_not_for_the_bot(emulator: Running) -> None:
    human = Human.meet(emulator)
    number = group_of(emulator, human)
    call(f"{emulator.url}/group/{number}/send", {"person": human.id, "text": "Kommt jemand?"})
    updates = with_bot(emulator, lambda bot: newest(bot, number))
    assert [one.message.text for one in updates if one.message][-1].startswith("/start@")


def test_a_bot_taken_out_may_not_write(emulator: Running) -> None:
    human = Human.meet(emulator)
    number = group_of(emulator, human)
    call(f"{emulator.url}/group/{number}/remove", {"person": human.id})
    with pytest.raises(Forbidden, match="kicked"):
        with_bot(emulator, lambda bot: bot.send_message(number, "Guten Tag"))


def test_a_supergroup_has_another_number(emulator: Running) -> None:
    human = Human.meet(emulator)
    number = group_of(emulator, human)
    new = int(call(f"{emulator.url}/group/{number}/upgrade", {"person": human.id})[1]["id"])
    with pytest.raises(ChatMigrated) as moved:
        with_bot(emulator, lambda bot: bot.send_message(number, "Guten Tag"))
    assert moved.value.new_chat_id == new
    assert with_bot(emulator, lambda bot: bot.send_message(new, "Guten Tag")).chat.type == "supergroup"
    shown = call(f"{emulator.url}/group/{new}/chat")[1]
    assert [one["text"] for one in shown["messages"]] == ["Guten Tag"]
