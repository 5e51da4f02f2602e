"""Sending too fast, and faults on demand, as the bot library reports them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.emulator.errors import ApiError
from bot.emulator.limits import Limits
from bot.emulator.threaded import Running, running
from tests.bot.emulator.people import Human, call, with_bot


async def outcome(work: Awaitable[Any]) -> str:
    """The name of the error, or "ok"."""
    try:
        await work
    except TelegramError as error:
        return type(error).__name__
    return "ok"


def send_at_once(number: int) -> tuple[list[str], dict[str, Any], int]:
    """Send to so many people at once; return what came of it, the statistics and the first person."""
    with running(limits=True) as emulator:
        people = [Human.who_started(emulator, f"Person {n}") for n in range(number)]

        async def work(bot: Bot) -> list[str]:
            await bot.get_me()
            return await asyncio.gather(
                *(outcome(bot.send_message(one.id, "Rundnachricht")) for one in people)
            )

        outcomes = with_bot(emulator, work)
        return outcomes, call(f"{emulator.url}/stats")[1], people[0].id


def test_thirty_messages_a_second_pass_and_the_next_waits() -> None:
    for _try in range(5):
        outcomes, stats, first = send_at_once(35)
        if stats["highest_rate"]["overall"] > 30:  # a busy machine is not always that fast
            break
    assert outcomes.count("ok") >= 30
    assert outcomes.count("RetryAfter") == 35 - outcomes.count("ok") > 0
    row = stats["methods"]["sendMessage"]
    assert (row["calls"], row["ok"], row["errors"]["429"]) == (
        35,
        outcomes.count("ok"),
        outcomes.count("RetryAfter"),
    )
    assert stats["highest_rate"]["overall"] > 30
    assert stats["highest_rate"]["per_chat"][str(first)] == 1


def test_a_short_burst_to_one_person_is_tolerated_and_then_refused_with_the_time_to_wait() -> None:
    with running(limits=True, private_burst=2) as emulator:
        amina, boris = Human.who_started(emulator), Human.who_started(emulator, "Boris")

        async def work(bot: Bot) -> None:
            await bot.send_message(amina.id, "eins")
            await bot.send_message(amina.id, "zwei")
            with pytest.raises(RetryAfter) as caught:
                await bot.send_message(amina.id, "drei")
            assert caught.value.retry_after == timedelta(seconds=1)
            await bot.send_message(boris.id, "eins")

        with_bot(emulator, work)
        body = {"chat_id": amina.id, "text": "x"}
        status, answer = call(f"{emulator.base_url}{emulator.token}/sendMessage", body)
    assert status == 429
    assert answer["description"] == "Too Many Requests: retry after 1"
    assert answer["parameters"] == {"retry_after": 1}


def test_a_group_takes_twenty_messages_a_minute() -> None:
    limits = Limits(on=True)
    for second in range(20):
        limits.take(-5, float(second))
    with pytest.raises(ApiError) as caught:
        limits.take(-5, 20.0)
    assert caught.value.parameters == {"retry_after": 40}
    limits.take(-5, 60.0)


def test_a_person_takes_one_message_a_second_for_long() -> None:
    limits = Limits(on=True, private_burst=3)
    passed = 0
    for tenth in range(100):
        try:
            limits.take(7, tenth / 10)
        except ApiError:
            continue
        passed += 1
    assert 12 <= passed <= 13  # three at once, then one a second for 9.9 s


def test_a_group_exists_for_the_bot(emulator: Running) -> None:
    _, group = call(f"{emulator.url}/group", {"title": "AG Sprache"})
    message = with_bot(emulator, lambda bot: bot.send_message(group["id"], "Hallo Gruppe"))
    assert message.chat.type == "group"


FAULTS: list[tuple[dict[str, Any], type[TelegramError]]] = [
    ({"kind": "429", "retry_after": 7}, RetryAfter),
    ({"kind": "403"}, Forbidden),
    ({"kind": "500"}, NetworkError),
    ({"kind": "timeout"}, TimedOut),
    ({"kind": "cut"}, NetworkError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=[str(fault["kind"]) for fault, _ in FAULTS])
def test_a_fault_hits_the_next_message_and_only_that(
    emulator: Running, fault: dict[str, Any], error: type[TelegramError]
) -> None:
    amina = Human.who_started(emulator)
    assert call(f"{emulator.url}/fault", {**fault, "times": 1})[0] == 200

    async def work(bot: Bot) -> None:
        await bot.get_me()  # sends nothing, so it is spared
        with pytest.raises(error) as caught:
            await bot.send_message(amina.id, "eins", read_timeout=0.3)
        assert caught.type is error
        if isinstance(caught.value, RetryAfter):
            assert caught.value.retry_after == timedelta(seconds=7)
        await bot.send_message(amina.id, "zwei")

    with_bot(emulator, work)
    performed = ["eins"] if fault["kind"] == "timeout" else []
    assert [one["text"] for one in amina.chat(after=1)["messages"]] == [*performed, "zwei"]


def test_a_fault_can_name_its_method_and_be_taken_back(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    api = f"{emulator.base_url}{emulator.token}"
    fault = {"method": "getMe", "kind": "500"}
    call(f"{emulator.url}/fault", {**fault, "times": 3})
    assert call(f"{api}/sendMessage", {"chat_id": amina.id, "text": "geht"})[0] == 200
    assert call(f"{api}/getMe") == (
        500,
        {"ok": False, "error_code": 500, "description": "Internal Server Error"},
    )
    call(f"{emulator.url}/fault", {**fault, "times": 0})
    assert call(f"{api}/getMe")[0] == 200


def test_an_unknown_fault_is_refused_in_words(emulator: Running) -> None:
    status, answer = call(f"{emulator.url}/fault", {"kind": "fire"})
    assert status == 400
    assert "429" in answer["error"]


def test_a_timeout_is_never_answered_but_ends() -> None:
    with running(limits=False, hold=0.3) as emulator:
        call(f"{emulator.url}/fault", {"method": "getMe", "kind": "timeout", "times": 1})
        began = time.monotonic()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{emulator.base_url}{emulator.token}/getMe", timeout=60)
        assert 0.25 < time.monotonic() - began < 50  # ended by the emulator, not by our patience
        errors = call(f"{emulator.url}/stats")[1]["methods"]["getMe"]["errors"]
    assert errors == {"timeout": 1}


def test_sending_costs_little(emulator: Running) -> None:
    """A floor far below what is usual, so that a slow machine does not fail it."""
    amina = Human.who_started(emulator)
    url, body = f"{emulator.base_url}{emulator.token}/sendMessage", {"chat_id": str(amina.id), "text": "x"}
    send: Callable[[httpx.Client], httpx.Response] = lambda client: client.post(url, data=body)  # noqa: E731
    with httpx.Client() as client:
        send(client)
        began = time.process_time()
        for _ in range(200):
            assert send(client).status_code == 200
        assert (time.process_time() - began) / 200 < 0.02
