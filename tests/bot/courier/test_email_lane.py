"""The mail lane against real SMTP servers, also such as say no."""

import re
import socket
import time
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.courier import ledger
from bot.courier.timing import Timing
from bot.emulator.threaded import Running
from models import links, outbox
from models.db import Database
from models.letters import Letter
from models.links import Purpose
from models.outbox import ANSWER_FIRST, CONFIRM, RECEIVED
from models.people import ChannelKind
from tests.bot.courier import house
from tests.bot.courier.house import TO_ME, courier, mail_server, mail_settings, states, until
from translations import Text, _

MAIL = {"channel": ChannelKind.EMAIL}


def by_mail(db: Database, address: str = "amina@example.org", **values: object) -> int:
    given = {"email": address, "email_confirmed_at": datetime.now(UTC), "prefers": ChannelKind.EMAIL} | values
    return house.somebody(db, **given)


def post(db: Database, person_id: int, letter: Letter | str, **values: object) -> None:
    house.post(db, person_id, letter, **(MAIL | values))


def test_a_letter_arrives_and_its_one_time_link_works_once_and_is_written_nowhere(db: Database) -> None:
    person_id = by_mail(db, language="ar")
    post(db, person_id, Letter(_("Thank you, we have received it"), (Text("شكرا – für Übung"),), (TO_ME,)))
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        until(lambda: states(db) == ["sent"])
    (mail,) = box.got
    body = mail.get_body(("plain",))
    assert body
    words = body.get_content()
    assert "شكرا – für Übung" in words
    found = re.search(r"https://region\.example\.org/ar/me/([\w-]{22})\s", words)
    assert found
    assert found[1] not in house.all_text(db)
    with db.transaction() as session:
        assert links.use(session, found[1], Purpose.ME).person_id == person_id


def test_a_burst_goes_over_one_line(db: Database) -> None:
    people = [by_mail(db, f"p{number}@example.org") for number in range(20)]
    for person_id in people:
        post(db, person_id, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        until(lambda: states(db) == ["sent"] * 20)
    assert box.lines == 1
    assert sorted(str(mail["To"]) for mail in box.got) == sorted(f"p{n}@example.org" for n in range(20))


def test_a_refused_address_fails_alone_and_is_remembered(db: Database) -> None:
    gone, fine = by_mail(db, "weg@example.org"), by_mail(db, "da@example.org")
    linked = by_mail(db, "auch-weg@example.org", telegram_id=77)
    for person_id in (gone, linked, fine):
        post(db, person_id, "Eins")
        post(db, person_id, "Zwei")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        box.refuse = {
            name: ["550 5.1.1 no such user"] for name in ("weg@example.org", "auch-weg@example.org")
        }
        until(lambda: states(db, fine) == ["sent", "sent"])
        until(lambda: states(db, gone) == ["unreachable", "unreachable"])
        until(lambda: states(db, linked)[0] == "unreachable")
    assert house.person(db, gone).email_failed == "550 5.1.1 no such user"
    rows = [(row.channel.value, row.state.value) for row in house.deliveries(db, linked)]
    assert rows == [("email", "unreachable"), ("telegram", "queued"), ("telegram", "queued")]
    assert box.tried.count("weg@example.org") == 1


def test_a_mailbox_that_is_busy_is_tried_again_later_and_holds_nobody_up(db: Database) -> None:
    busy, fine = by_mail(db, "voll@example.org"), by_mail(db, "da@example.org")
    post(db, busy, "Hallo")
    post(db, fine, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        box.refuse = {"voll@example.org": ["450 4.2.0 greylisted"]}
        until(lambda: states(db, fine) == ["sent"])
        until(lambda: house.deliveries(db, busy)[0].error)
    (row,) = house.deliveries(db, busy)
    assert row.state.value == "queued"
    assert 50 < (row.not_before - datetime.now(UTC)).total_seconds() < 61
    assert not house.person(db, busy).email_failed


def test_a_refusal_of_us_or_of_the_words_does_not_spoil_the_address(db: Database) -> None:
    first, second = by_mail(db, "a@example.org"), by_mail(db, "b@example.org")
    post(db, first, "Hallo")
    post(db, second, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        box.refuse = {"a@example.org": ["550 5.7.1 relaying denied"]}
        box.refuse_content = ["554 5.7.1 looks like spam"]
        until(lambda: states(db) == ["failed", "failed"])
    assert house.deliveries(db)[0].error == "550 5.7.1 relaying denied"
    assert not house.person(db, first).email_failed
    assert not house.person(db, second).email_failed


def test_when_we_are_not_let_in_letters_wait(db: Database) -> None:
    person_id = by_mail(db)
    post(db, person_id, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        box.refuse_sender = ["530 5.7.0 please log in", "451 4.3.0 later"]
        until(lambda: states(db) == ["sent"])
    assert house.deliveries(db)[0].attempts == 1


def test_a_line_cut_after_the_content_means_a_repetition_with_the_same_id(db: Database) -> None:
    person_id = by_mail(db)
    post(db, person_id, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        box.cut_after_content = 1
        until(lambda: states(db) == ["sent"])
    assert [mail["Message-ID"] for mail in box.got] == [box.got[0]["Message-ID"]] * 2
    assert house.deliveries(db)[0].attempts == 2


def test_a_server_that_is_away_gets_everything_when_it_is_back(db: Database) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    person_id = by_mail(db)
    post(db, person_id, "Hallo")
    with courier(mail_settings(db, port), db):
        until(lambda: house.deliveries(db)[0].error.startswith("no connection"))
        with mail_server(port) as box:
            until(lambda: states(db) == ["sent"])
    assert len(box.got) == 1
    assert house.deliveries(db)[0].attempts == 1


def test_an_old_line_that_the_server_has_closed_is_opened_again_at_once(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    person_id = by_mail(db)
    post(db, person_id, "Eins")
    with mail_server() as first:
        port = first.port
    with courier(mail_settings(db, port), db):
        with mail_server(port):
            until(lambda: states(db) == ["sent"])
        with mail_server(port) as second:
            post(db, person_id, "Zwei")
            until(lambda: states(db) == ["sent", "sent"])
    assert second.lines == 1
    assert "no mail leaves" not in caplog.text


def test_a_stranger_is_asked_for_confirmation_three_times_a_day_at_most(db: Database) -> None:
    person_id = by_mail(db, email_confirmed_at=None)
    for _number in range(10):
        post(db, person_id, "Bitte bestätigen", kind=CONFIRM, priority=ANSWER_FIRST)
    other = by_mail(db, "boris@example.org")
    post(db, other, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        until(lambda: "queued" not in states(db) + ["queued"] * ("sending" in states(db)))
    assert states(db, person_id) == ["sent"] * 3 + ["dropped"] * 7
    assert states(db, other) == ["sent"]
    assert [str(mail["To"]) for mail in box.got].count("amina@example.org") == 3


def test_tries_while_the_mail_server_is_away_do_not_count_as_letters(db: Database) -> None:
    person_id = by_mail(db, email_confirmed_at=None)
    post(db, person_id, "Bitte bestätigen", kind=CONFIRM, priority=ANSWER_FIRST)
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        box.refuse_sender = ["451 4.3.0 later"] * 4
        until(lambda: states(db) not in (["queued"], ["sending"]))
    assert states(db) == ["sent"]
    assert not box.refuse_sender


def test_who_types_a_known_address_again_and_again_bombs_nobody(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ledger._PER_DAY, RECEIVED, 2)
    person_id = by_mail(db)
    for _number in range(4):
        post(db, person_id, "Danke", kind=RECEIVED, priority=ANSWER_FIRST)
    post(db, person_id, "Eine Frage", kind="asked-back")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        until(lambda: "queued" not in states(db) + ["queued"] * ("sending" in states(db)))
    assert states(db, person_id) == ["sent"] * 2 + ["dropped"] * 2 + ["sent"]


def test_a_person_without_an_address_is_unreachable_by_mail(db: Database) -> None:
    person_id = house.somebody(db)
    post(db, person_id, "Hallo")
    with mail_server() as box, courier(mail_settings(db, box.port), db):
        until(lambda: states(db) == ["unreachable"])
    assert box.got == []


def test_a_hanging_mail_server_does_not_hold_up_the_chat(db: Database, emulator: Running) -> None:
    human, chatting = house.in_chat(db, emulator)
    post(db, by_mail(db), "Hallo")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = mail_settings(db, silent.getsockname()[1]).model_copy(
            update={"bot_token": SecretStr(emulator.token), "bot_api": emulator.url}
        )
        with courier(settings, db, Timing(mail=30.0)):
            until(lambda: "sending" in states(db))
            house.post(db, chatting, "Antwort", priority=outbox.ANSWER_FIRST)
            until(lambda: "sent" in states(db))
            assert "sending" in states(db)
            silent.close()  # the letter under way would be waited for
    assert human.last()["text"] == "Antwort"


def test_a_sender_address_that_is_none_is_said_and_letters_wait(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    post(db, by_mail(db), "Hallo")
    with mail_server() as box:
        settings = mail_settings(db, box.port).model_copy(update={"mail_from": "kein Absender"})
        with courier(settings, db):
            time.sleep(0.2)
    assert "MITWIRKEN_MAIL_FROM" in caplog.text
    assert states(db) == ["queued"]
