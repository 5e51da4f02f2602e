"""The chat lane against the emulator, which minds Telegram's limits and refuses what is too fast."""

import re
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.courier.pace import LATE
from bot.emulator.threaded import Running
from models import links, outbox
from models.db import Database
from models.letters import Button, Letter
from models.links import Purpose
from models.outbox import ANSWER_FIRST, BROADCAST, Delivery, DeliveryState
from models.people import ChannelKind
from tests.bot.courier import house
from tests.bot.courier.house import TO_ME, chat_settings, courier, post, states, until
from tests.bot.emulator.people import Human, call
from translations import Text, _


def texts(human: Human) -> list[str]:
    """What the bot has said to somebody."""
    return [one["text"] for one in human.chat()["messages"] if one["from"] == "bot"]


def refusals(emulator: Running) -> dict[str, int]:
    return dict(call(f"{emulator.url}/stats")[1]["methods"].get("sendMessage", {}).get("errors", {}))


def test_a_letter_arrives_in_the_readers_language_and_is_noted_as_sent(
    db: Database, emulator: Running
) -> None:
    human, person_id = house.in_chat(db, emulator, language="de")
    letter = Letter(
        _("s"), (Text("Grüß Gott <b>"), Text("مرحبا")), (Button(Text("Ja"), verb="yes:1:1"),), "„So“"
    )
    post(db, person_id, letter)
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["sent"])
    said = human.last()
    assert said["text"] == "Grüß Gott <b>\n\nمرحبا\n\n„So“"
    assert said["buttons"] == [[{"text": "Ja", "callback_data": "yes:1:1"}]]
    (row,) = house.deliveries(db)
    assert row.external_id == said["message_id"]
    assert row.settled_at
    assert row.attempts == 1


def test_a_one_time_link_works_once_and_stands_nowhere_in_the_database(
    db: Database, emulator: Running
) -> None:
    human, person_id = house.in_chat(db, emulator, language="ar")
    post(db, person_id, Letter(_("s"), (Text("Hallo"),), (TO_ME,)))
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["sent"])
    url = human.last()["buttons"][0][0]["url"]
    found = re.fullmatch(r"https://region\.example\.org/ar/me/([\w-]{22})", url)
    assert found
    assert found[1] not in house.all_text(db)
    with db.transaction() as session:
        assert links.use(session, found[1], Purpose.ME).person_id == person_id


def test_a_link_that_telegram_refuses_is_not_written_into_the_reason(db: Database, emulator: Running) -> None:
    _human, person_id = house.in_chat(db, emulator)
    post(
        db,
        person_id,
        Letter(_("s"), (Text("Hallo"),), (Button(Text("x"), page="/{link} x", purpose=Purpose.ME),)),
    )
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["failed"])
    (row,) = house.deliveries(db)
    assert "is invalid" in row.error
    assert "org/… x" in row.error


def test_each_person_gets_their_letters_in_order_and_a_dialogue_flows(
    db: Database, emulator: Running
) -> None:
    human, person_id = house.in_chat(db, emulator)
    for number in range(4):
        post(db, person_id, f"Satz {number}", priority=ANSWER_FIRST)
    with courier(chat_settings(db, emulator), db):
        until(lambda: texts(human))
        begun = time.monotonic()
        until(lambda: len(texts(human)) >= 3)
        assert time.monotonic() - begun < 1.5
        until(lambda: states(db) == ["sent"] * 4)
    assert texts(human) == [f"Satz {number}" for number in range(4)]
    assert refusals(emulator) == {}


def test_a_reply_overtakes_a_broadcast_and_nothing_goes_out_too_fast(db: Database, emulator: Running) -> None:
    people = [house.in_chat(db, emulator, f"P{number}")[1] for number in range(300)]
    human, asker = house.in_chat(db, emulator, "Boris")
    with db.transaction() as session:
        for person_id in people:
            outbox.post(
                session,
                person_id,
                ChannelKind.TELEGRAM,
                house.saying("News"),
                kind="news",
                priority=BROADCAST,
            )
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db).count("sent") >= 31)  # a look into the outbox brings 30
        post(db, asker, "Antwort", priority=ANSWER_FIRST)
        until(lambda: states(db, asker) == ["sent"])
        assert texts(human) == ["Antwort"]
    (answer,) = house.deliveries(db, asker)
    assert answer.settled_at is not None
    before = [one.settled_at for one in house.deliveries(db) if one.settled_at and one is not answer]
    assert sum(answer.created_at < at < answer.settled_at for at in before) <= 27  # what leaves in a second
    stats = call(f"{emulator.url}/stats")[1]
    assert "queued" in states(db)
    assert stats["highest_rate"]["overall"] <= 25 + LATE + 1  # one place more at the edge of the second
    assert refusals(emulator) == {}


def test_news_to_one_person_are_a_second_apart_and_do_not_hold_up_others(
    db: Database, emulator: Running
) -> None:
    human, person_id = house.in_chat(db, emulator)
    other, other_id = house.in_chat(db, emulator, "Boris")
    for number in range(2):
        post(db, person_id, f"News {number}", priority=BROADCAST)
    post(db, other_id, "News", priority=BROADCAST)
    with courier(chat_settings(db, emulator), db):
        until(lambda: texts(other))
        assert len(texts(human)) == 1
        until(lambda: states(db) == ["sent"] * 3)
    assert call(f"{emulator.url}/stats")[1]["highest_rate"]["per_chat"][str(human.id)] == 1


def test_a_person_who_blocked_the_bot_is_left_alone_and_reached_by_mail_instead(
    db: Database, emulator: Running
) -> None:
    human, person_id = house.in_chat(
        db, emulator, email="amina@example.org", email_confirmed_at=datetime.now(UTC)
    )
    other, other_id = house.in_chat(db, emulator, "Boris")
    human.do("block")
    other.do("block")
    for number in (1, 2):
        post(db, person_id, f"Satz {number}")
        post(db, other_id, f"Satz {number}")
    post(db, person_id, "Wie heißen Sie?", kind=outbox.DIALOGUE)
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db, other_id) == ["unreachable", "unreachable"])
        until(lambda: "unreachable" in states(db, person_id))
    rows = [(one.channel.value, one.state.value) for one in house.deliveries(db, person_id)]
    assert rows == [
        ("telegram", "unreachable"),
        ("email", "queued"),
        ("telegram", "unreachable"),
        ("email", "queued"),
    ]
    assert house.person(db, person_id).telegram_blocked
    assert house.person(db, person_id).channel is ChannelKind.EMAIL
    assert refusals(emulator) == {"403": 2}


def test_nothing_is_tried_for_somebody_known_to_have_blocked(db: Database, emulator: Running) -> None:
    _human, person_id = house.in_chat(db, emulator, telegram_blocked=True)
    post(db, person_id, "Hallo")
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["unreachable"])
    assert refusals(emulator) == {}


def test_a_refused_letter_fails_with_the_reason_and_the_next_one_goes_out(
    db: Database, emulator: Running
) -> None:
    human, person_id = house.in_chat(db, emulator)
    stranger = house.somebody(db, telegram_id=4242)
    post(db, stranger, "Hallo")
    post(db, person_id, Letter(_("s"), (Text("x"),), (Button(Text("y"), verb="z" * 65),)))
    post(db, person_id, "Hallo")
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["failed", "failed", "sent"])
    rows = house.deliveries(db)
    assert rows[0].error == "Chat not found"
    assert "ValueError" in rows[1].error
    assert texts(human) == ["Hallo"]


def test_a_letter_that_cannot_be_read_stops_no_other(db: Database, emulator: Running) -> None:
    human, person_id = house.in_chat(db, emulator)
    post(db, person_id, "Kaputt")
    with db.transaction() as session:
        session.execute(sa.update(outbox.Message).values(words={"subject": 1}))
    post(db, person_id, "Heil")
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["failed", "sent"])
    assert texts(human) == ["Heil"]


def test_a_long_letter_comes_in_parts(db: Database, emulator: Running) -> None:
    human, person_id = house.in_chat(db, emulator)
    post(db, person_id, Letter(_("s"), tuple(Text(f"{n} " + "wort " * 500) for n in range(3))))
    with courier(chat_settings(db, emulator), db):
        until(lambda: states(db) == ["sent"])
    assert [text[0] for text in texts(human)] == ["0", "1", "2"]


def test_a_long_letter_that_is_slowed_down_midway_repeats_no_part(db: Database, emulator: Running) -> None:
    human, person_id = house.in_chat(db, emulator)
    post(db, person_id, Letter(_("s"), tuple(Text(f"{n} " + "wort " * 500) for n in range(4))))
    with courier(chat_settings(db, emulator), db):  # the emulator allows three at once
        until(lambda: states(db) == ["sent"])
    assert [text[0] for text in texts(human)] == ["0", "1", "2", "3"]
    assert refusals(emulator)["429"] >= 1


def test_without_a_token_or_with_telegram_off_letters_wait(db: Database, emulator: Running) -> None:
    _human, person_id = house.in_chat(db, emulator)
    post(db, person_id, "Hallo")
    for settings in (chat_settings(db, emulator, bot_token=""), chat_settings(db, emulator, telegram="off")):
        with courier(settings, db):
            time.sleep(0.3)
    assert states(db) == ["queued"]


@pytest.mark.parametrize("state", [DeliveryState.HELD, DeliveryState.DROPPED])
def test_what_is_held_or_dropped_stays(db: Database, emulator: Running, state: DeliveryState) -> None:
    human, person_id = house.in_chat(db, emulator)
    post(db, person_id, "Nein")
    with db.transaction() as session:
        session.execute(sa.update(Delivery).values(state=state))
    post(db, person_id, "Ja")
    with courier(chat_settings(db, emulator), db):
        until(lambda: texts(human) == ["Ja"])
    assert states(db) == [state.value, "sent"]
