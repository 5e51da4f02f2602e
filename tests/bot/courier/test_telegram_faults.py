"""What Telegram's server and the line to it can do to the courier."""

import logging
import time

import pytest
from aiohttp import web

from bot.courier.timing import Timing
from bot.emulator.threaded import Running, running
from models.db import Database
from models.people import Person
from tests.bot.courier import house
from tests.bot.courier.house import chat_settings, courier, post, states, until
from tests.bot.courier.test_telegram_lane import refusals, texts
from tests.bot.emulator.people import Human, call


def fault(emulator: Running, kind: str, **values: object) -> None:
    assert (
        call(f"{emulator.url}/fault", {"method": "sendMessage", "kind": kind, "times": 1} | values)[0] == 200
    )


def test_asked_to_wait_everything_waits_and_nothing_is_lost(db: Database, emulator: Running) -> None:
    human, person_id = house.in_chat(db, emulator)
    other, other_id = house.in_chat(db, emulator, "Boris")
    fault(emulator, "429", retry_after=1)
    post(db, person_id, "Hallo")
    post(db, other_id, "Hallo")
    with courier(chat_settings(db, emulator, courier_rate=0), db):
        until(lambda: refusals(emulator) == {"429": 1})
        time.sleep(1.0)
        assert texts(human) + texts(other) == []
        until(lambda: states(db) == ["sent", "sent"])
    assert texts(human) == texts(other) == ["Hallo"]
    assert house.deliveries(db)[0].attempts == 1
    assert refusals(emulator) == {"429": 1}


@pytest.mark.parametrize(("kind", "arrivals"), [("500", 1), ("cut", 1), ("timeout", 2)])
def test_without_a_clear_answer_a_letter_is_sent_again_and_marked(
    db: Database, emulator: Running, kind: str, arrivals: int
) -> None:
    human, person_id = house.in_chat(db, emulator)
    fault(emulator, kind)
    post(db, person_id, "Hallo")
    post(db, person_id, "und weiter")
    with courier(chat_settings(db, emulator, courier_rate=0), db, Timing(answer=0.4, again=0.2)):
        until(lambda: house.deliveries(db)[0].error.startswith("ambiguous"))
        assert states(db) == ["queued", "queued"]
        until(lambda: states(db) == ["sent", "sent"])
    assert texts(human) == ["Hallo"] * arrivals + ["und weiter"]
    assert house.deliveries(db)[0].attempts == (1 if kind == "500" else 2)  # a clear no costs no try


def test_a_letter_that_is_never_answered_is_not_sent_for_ever(db: Database, emulator: Running) -> None:
    human, person_id = house.in_chat(db, emulator)
    fault(emulator, "timeout", times=50)
    post(db, person_id, "Hallo")
    with courier(chat_settings(db, emulator, courier_rate=0), db, Timing(answer=0.1, again=0.1)):
        until(lambda: states(db) == ["failed"])
    assert len(texts(human)) == 4
    assert "ambiguous" in house.deliveries(db)[0].error


def test_a_server_that_is_away_costs_no_letter_and_no_attempt(db: Database, emulator: Running) -> None:
    _human, person_id = house.in_chat(db, emulator)
    post(db, person_id, "Hallo")
    with courier(chat_settings(db, emulator, bot_api="http://127.0.0.1:9"), db):
        until(lambda: house.deliveries(db)[0].error == "no connection")
        assert states(db) == ["queued"]
        assert house.deliveries(db)[0].attempts == 0


def test_a_server_that_comes_back_gets_the_letter(db: Database) -> None:
    with running() as first:
        port = int(first.url.rpartition(":")[2])
        _human, person_id = house.in_chat(db, first)
    post(db, person_id, "Hallo")
    settings = house.chat_settings(db, first)
    with courier(settings, db):
        until(lambda: house.deliveries(db)[0].error == "no connection")
        with running(port=port) as second:
            human = Human.who_started(second)  # the same number again: both begin at the first
            until(lambda: states(db) == ["sent"])
            assert texts(human) == ["Hallo"]


def test_a_wrong_token_is_said_once_without_the_token_and_letters_wait(
    db: Database, emulator: Running, caplog: pytest.LogCaptureFixture
) -> None:
    _human, person_id = house.in_chat(db, emulator)
    post(db, person_id, "Geheimer Satz")
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "sqlalchemy", "asyncio"):
        caplog.set_level(logging.INFO, logger=name)
    with courier(chat_settings(db, emulator, bot_token="123:falsch-und-geheim"), db):
        until(lambda: house.deliveries(db)[0].error == "token refused")
        time.sleep(0.3)
    assert states(db) == ["queued"]
    assert caplog.text.count("MITWIRKEN_BOT_TOKEN") == 1
    assert "falsch-und-geheim" not in caplog.text
    assert "Geheimer Satz" not in caplog.text


def test_logs_tell_of_every_trouble_and_of_nobody(
    db: Database, emulator: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    human, person_id = house.in_chat(db, emulator, "Kanarienvogel", email="kanarie@example.org")
    blocked, blocked_id = house.in_chat(db, emulator, "Kanarienvogel")
    blocked.do("block")
    for kind in ("429", "500", "cut"):
        fault(emulator, kind)
    stranger = house.somebody(db, telegram_id=4242, name="Kanarienvogel")
    for one in (person_id, blocked_id, stranger):
        post(db, one, "Kanarienvogel")
    with courier(chat_settings(db, emulator, courier_rate=0), db):
        until(lambda: states(db) == ["sent", "unreachable", "failed"])
    assert "Kanarienvogel" not in caplog.text
    assert "kanarie" not in caplog.text
    assert emulator.token not in caplog.text
    assert str(human.id) not in caplog.text
    assert "asks to wait" in caplog.text
    assert "no clear answer" in caplog.text


def test_an_answer_that_is_not_telegrams_is_ambiguous(db: Database, emulator: Running) -> None:
    """A captive portal answers 200 with a page."""
    _human, person_id = house.in_chat(db, emulator)
    post(db, person_id, "Hallo")

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>Bitte anmelden", content_type="text/html")

    with (
        house.web_server({"/bot{token}/{method}": page}) as url,
        courier(chat_settings(db, emulator, bot_api=url, courier_rate=0), db),
    ):
        until(lambda: house.deliveries(db)[0].error.startswith("ambiguous"))
    assert states(db) == ["queued"]


def test_a_group_that_moved_is_written_to_under_its_new_number(db: Database, emulator: Running) -> None:
    _human, person_id = house.in_chat(db, emulator)
    with db.transaction() as session:
        session.get_one(Person, person_id).telegram_id = -555
    post(db, person_id, "Hallo")
    seen: list[str] = []

    async def moved(request: web.Request) -> web.Response:
        chat = str((await request.post())["chat_id"])
        seen.append(chat)
        if chat == "-555":
            body = {
                "ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded",
                "parameters": {"migrate_to_chat_id": -1000555},
            }  # fmt: skip
            return web.json_response(body, status=400)
        message = {
            "message_id": 9,
            "date": 1,
            "chat": {"id": -1000555, "type": "supergroup"},
            "text": "Hallo",
        }
        return web.json_response({"ok": True, "result": message})

    with (
        house.web_server({"/bot{token}/{method}": moved}) as url,
        courier(chat_settings(db, emulator, bot_api=url, courier_rate=0), db),
    ):
        until(lambda: states(db) == ["sent"])
    assert seen == ["-555", "-1000555"]
    assert house.person(db, person_id).telegram_id == -1000555
