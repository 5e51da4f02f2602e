"""One transaction per update: done together or not at all, and nothing blocks the rest."""

from typing import Any

import pytest
import sqlalchemy as sa

from bot import commands, routing
from bot.turn import Turn
from models import inbox
from models.inbox import InboxState, InboxUpdate
from models.people import Person
from tests.bot.chat import Bot, Visitor, count, said, states


def test_an_update_that_nobody_can_read_is_parked_and_the_rest_goes_on(any_bot: Bot) -> None:
    amina, boris = Visitor(any_bot, 301), Visitor(any_bot, 302)
    bad = amina.update("/start")
    bad["message"]["date"] = {"not": "a date"}
    any_bot.take(bad, boris.update("/start"), amina.update("/help"))
    assert states(any_bot.db) == [InboxState.PARKED, InboxState.DONE, InboxState.DONE]
    apology = [letter for letter in amina.letters if "Something went wrong" in said(letter)]
    assert len(apology) == 1
    with any_bot.db.reading() as session:
        error = session.scalars(sa.select(InboxUpdate.error).where(InboxUpdate.state == "parked")).one()
    assert error.split()[0] in said(apology[0])
    assert "What would you like to do?" in said(boris.last)


def test_an_empty_update_changes_nothing(bot: Bot) -> None:
    bot.take({"update_id": 1}, {"update_id": 2, "poll": {"id": "1"}}, {"update_id": 3, "message": {}})
    assert set(states(bot.db)) <= {InboxState.DONE, InboxState.PARKED}
    assert inbox_waits(bot) == 0


def inbox_waits(bot: Bot) -> int:
    """Updates that still wait."""
    with bot.db.reading() as session:
        return len(inbox.waiting(session, limit=100))


def test_a_failing_step_is_undone_tried_thrice_and_apologised_for_once(
    any_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def broken(turn: Turn) -> None:
        tries.append(1)
        turn.person.name = "half done"
        turn.tell(commands.COMMANDS[0][1])
        turn.session.flush()
        raise RuntimeError("planted")

    monkeypatch.setattr(any_bot.processor, "_transact", wrapped(any_bot, broken))
    visitor = Visitor(any_bot, 303)
    any_bot.take(visitor.update("/help"))
    monkeypatch.undo()
    assert len(tries) == inbox.MAX_ATTEMPTS
    with any_bot.db.reading() as session:
        assert session.scalars(sa.select(InboxUpdate.error)).one().endswith(" RuntimeError")
    assert [("Something went wrong" in said(letter)) for letter in visitor.letters] == [True]
    with any_bot.db.reading() as session:
        assert session.scalars(sa.select(Person.name).where(Person.telegram_id == 303)).one() == ""
    visitor.write("/help")
    assert "Something went wrong" not in said(visitor.last)


def wrapped(bot: Bot, step: routing.Step) -> Any:
    """The processor's transaction with another step."""
    original = bot.processor._transact
    return lambda update, _step, meeting: original(update, step, meeting)


def test_a_failed_update_keeps_its_chat_in_order(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote after a failure waits until it is settled; others do not wait."""
    order: list[tuple[int, str]] = []
    failing = {"one"}

    def step(turn: Turn) -> None:
        if turn.text in failing:
            failing.clear()
            raise RuntimeError("planted, once")
        order.append((turn.visitor.telegram_id, turn.text))

    monkeypatch.setattr(bot.processor, "_transact", wrapped(bot, step))
    amina, boris = Visitor(bot, 304), Visitor(bot, 305)
    bot.take(amina.update("one"), amina.update("two"), boris.update("three"))
    assert order == [(305, "three"), (304, "one"), (304, "two")]


def test_a_busy_database_costs_no_message(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    trouble = sa.exc.OperationalError("x", {}, sqlite_error("SQLITE_BUSY"))
    calls = 0
    original = bot.processor._transact

    def now_and_then(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls < 6:
            raise trouble
        return original(*given)

    monkeypatch.setattr(bot.processor, "_transact", now_and_then)
    visitor = Visitor(bot, 306)
    for _attempt in range(5):
        with pytest.raises(sa.exc.OperationalError):
            bot.take(visitor.update("/help")) if calls == 0 else bot.work()
    bot.work()
    assert len(visitor.letters) == 1
    assert states(bot.db) == [InboxState.DONE]


def sqlite_error(name: str) -> Exception:
    """An error as SQLite raises it."""
    error = Exception(name)
    error.sqlite_errorname = name  # type: ignore[attr-defined]
    return error


def test_a_repeated_update_is_done_once(any_bot: Bot) -> None:
    visitor = Visitor(any_bot, 307)
    update = visitor.update("/help")
    any_bot.take(update)
    any_bot.take(update)
    assert len(visitor.letters) == 1


def test_what_was_read_is_not_kept(bot: Bot) -> None:
    visitor = Visitor(bot, 308)
    visitor.write("Ein Geheimnis")
    with bot.db.reading() as session:
        assert "Geheimnis" not in str(session.execute(sa.text("SELECT body FROM inbox")).all())


def test_an_edited_command_does_not_run_again(bot: Bot) -> None:
    visitor = Visitor(bot, 309)
    visitor.write("/start")
    bot.take({"update_id": 900_000_001, "edited_message": visitor.message(text="/help", edit_date=1)})
    assert len(visitor.letters) == 1


def test_groups_hear_nothing_and_make_nobody_known(bot: Bot) -> None:
    visitor = Visitor(bot, 310)
    before = count(bot.db, "people")
    group = {"id": -100, "type": "group", "title": "Küche"}
    for number, text in enumerate(("hello", "/help", "/start", "/start@mitwirken_demo_bot")):
        message = visitor.message(text=text) | {"chat": group}
        bot.take({"update_id": 910_000_000 + number, "message": message})
    assert count(bot.db, "people") == before
    assert count(bot.db, "messages") == 0
    assert set(states(bot.db)) == {InboxState.DONE}


def test_blocking_is_noted_and_ends_with_the_next_word(bot: Bot) -> None:
    visitor = Visitor(bot, 311)

    def change(number: int, status: str) -> dict[str, Any]:
        me = {"id": 7000000001, "is_bot": True, "first_name": "Bot", "username": "mitwirken_demo_bot"}
        new = {"user": me, "status": status} | ({"until_date": 0} if status == "kicked" else {})
        old = {"user": me, "status": "member"}
        about = {"chat": visitor.chat, "from": visitor.user, "date": 1}
        return {
            "update_id": number,
            "my_chat_member": {**about, "old_chat_member": old, "new_chat_member": new},
        }

    def is_blocked() -> list[bool]:
        with bot.db.reading() as session:
            return list(session.scalars(sa.select(Person.telegram_blocked).where(Person.telegram_id == 311)))

    bot.take(change(920_000_001, "kicked"))
    assert is_blocked() == []  # a stranger stays one
    visitor.write("/start")
    bot.take(change(920_000_002, "kicked"))
    assert is_blocked() == [True]
    bot.take(change(920_000_003, "member"))
    assert is_blocked() == [False]
