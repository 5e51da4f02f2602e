"""The people's side, as the contract says it."""

from typing import Any
from urllib.request import urlopen

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.emulator.threaded import Running, running
from tests.bot.emulator.people import Human, call, picture, text64, with_bot


def offer(emulator: Running, human: Human) -> int:
    """The bot offers two buttons; the message's id."""
    rows = [
        [
            InlineKeyboardButton("Ja", callback_data="yes:1"),
            InlineKeyboardButton("Netz", url="https://a.example"),
        ]
    ]

    async def work(bot: Bot) -> int:
        return (
            await bot.send_message(human.id, "Kommen Sie?", reply_markup=InlineKeyboardMarkup(rows))
        ).message_id

    return with_bot(emulator, work)


def presses(emulator: Running, human: Human) -> list[dict[str, Any]]:
    """The presses of this person that wait for the bot."""
    bodies = [one.body for one in emulator.state.updates.pending.values() if one.kind == "callback_query"]
    return [body for body in bodies if body["from"]["id"] == human.id]


def test_an_unknown_person_is_not_found(emulator: Running) -> None:
    for path in ("1/chat", "x/chat"):
        status, answer = call(f"{emulator.url}/user/{path}")
        assert status == 404
        assert answer["error"]
    assert call(f"{emulator.url}/user/1/send", {"text": "x"})[0] == 404


@pytest.mark.parametrize("body", [{}, {"first_name": " "}, {"first_name": "x" * 65}, [1]])
def test_a_person_needs_a_name(emulator: Running, body: Any) -> None:
    assert call(f"{emulator.url}/user", body)[0] == 400


def test_ids_need_more_than_32_bits_and_people_are_listed(emulator: Running) -> None:
    amina, boris = Human.meet(emulator), Human.meet(emulator, "Boris", None)
    users = {one["id"]: one for one in call(f"{emulator.url}/users")[1]["users"]}
    assert amina.id > 2**32
    assert users[boris.id]["language_code"] is None
    assert users[amina.id]["started"] is False


def test_after_shows_only_newer_messages(emulator: Running) -> None:
    amina = Human.meet(emulator)
    for text in ("eins", "zwei", "drei"):
        amina.do("send", text=text)
    assert [one["text"] for one in amina.chat(after=1)["messages"]] == ["zwei", "drei"]
    first = amina.chat()["messages"][0]
    assert first["from"] == "user"
    assert first["edited"] is False
    assert first["buttons"] == []
    assert first["caption"] is None
    assert amina.chat(after=3)["messages"] == []


@pytest.mark.parametrize("name", ["Ja", "yes:1"])
def test_a_button_is_pressed_by_label_or_data(emulator: Running, name: str) -> None:
    amina = Human.who_started(emulator)
    message_id = offer(emulator, amina)
    amina.do("press", message_id=message_id, button=name)
    (body,) = presses(emulator, amina)
    assert (body["data"], body["message"]["message_id"]) == ("yes:1", message_id)
    assert body["chat_instance"]


def test_links_and_missing_buttons_cannot_be_pressed(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    message_id = offer(emulator, amina)
    assert amina.fail("press", message_id=message_id, button="Netz") == 400
    assert amina.fail("press", message_id=message_id, button="Vielleicht") == 404
    assert amina.fail("press", message_id=99, button="Ja") == 404
    assert presses(emulator, amina) == []


def test_the_answer_to_a_press_is_a_notice_until_the_next_act(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    amina.do("press", message_id=offer(emulator, amina), button="Ja")
    query = presses(emulator, amina)[0]["id"]
    assert amina.chat()["notice"] is None
    with_bot(emulator, lambda bot: bot.answer_callback_query(query, "Gemerkt"))
    assert amina.chat()["notice"] == "Gemerkt"
    amina.do("send", text="danke")
    assert amina.chat()["notice"] is None


def test_a_press_can_be_answered_only_for_a_while() -> None:
    with running(limits=False, query_lifetime=0.0) as emulator:
        amina = Human.who_started(emulator)
        query = amina.do("press", message_id=offer(emulator, amina), button="Ja")["query_id"]
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            with_bot(emulator, lambda bot: bot.answer_callback_query(query))


def test_a_photo_loses_its_metadata_and_a_document_keeps_it(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    data = picture(form="JPEG")
    marked = data[:2] + b"\xff\xe1\x00\x10Exif\x00\x00SECRETXX" + data[2:]
    amina.do("send", photo=text64(marked), caption="Treffen")
    amina.do("send", document=text64(marked), file_name="foto.jpg")
    photo, document = amina.chat(after=1)["messages"]
    assert photo["caption"] == "Treffen"
    with urlopen(emulator.url + photo["media"]["url"]) as answer:
        assert b"SECRET" not in answer.read()
        assert answer.headers["Content-Type"] == "image/jpeg"
    with urlopen(emulator.url + document["media"]["url"]) as answer:
        assert answer.read() == marked
        assert answer.headers["Content-Disposition"] == "attachment"


def test_a_file_above_twenty_megabytes_cannot_be_fetched_by_the_bot(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    amina.do("send", document=text64(bytes(20 * 1024 * 1024 + 1)), file_name="film.mp4")
    file_id = amina.last()["media"]["file_id"]
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        with_bot(emulator, lambda bot: bot.get_file(file_id))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "  "},
        {"photo": "***"},
        {"photo": ""},
        {"document": text64(b"x"), "caption": "x" * 1025},
        {"voice": text64(b"x"), "duration": "lang"},
        {"text": "x", "reply_to": 99},
        {"photos": [text64(b"x")]},
    ],
)
def test_impossible_messages_are_refused_in_words_and_leave_nothing(emulator: Running, body: Any) -> None:
    amina = Human.meet(emulator)
    assert amina.fail("send", **body) in {400, 404}
    assert amina.chat()["messages"] == []


def test_a_long_text_is_cut_into_messages_without_breaking_letters(emulator: Running) -> None:
    amina = Human.meet(emulator)
    text = "x" + "👋" * 3000
    assert amina.do("send", text=text)["message_ids"] == [1, 2]
    first, second = [one["text"] for one in amina.chat()["messages"]]
    assert first + second == text
    assert len(first.encode("utf-16-le")) // 2 <= 4096


def test_a_deep_link_holds_to_telegrams_rules(emulator: Running) -> None:
    amina = Human.meet(emulator)
    amina.do("start", code="G_7-49")
    assert amina.last()["text"] == "/start G_7-49"
    amina.do("start")
    assert amina.last()["text"] == "/start"
    for code in ("a" * 65, "7.49", "ä"):
        assert amina.fail("start", code=code) == 400


def test_only_own_messages_can_be_edited(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    message_id = offer(emulator, amina)
    assert amina.fail("edit", message_id=message_id, text="x") == 400
    assert amina.fail("edit", message_id=1, text="") == 400
    amina.do("edit", message_id=1, text="besser")
    first = amina.chat()["messages"][0]
    assert (first["text"], first["edited"]) == ("besser", True)


def test_blocking_twice_tells_the_bot_once_and_writing_unblocks(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    for act in ("block", "block"):
        amina.do(act)
    assert amina.chat()["blocked"] is True
    amina.do("send", text="doch wieder")
    assert amina.chat()["blocked"] is False
    kinds = [one.kind for one in emulator.state.updates.pending.values() if one.lane == f"chat {amina.id}"]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]


def test_the_page_is_served_with_a_strict_policy(emulator: Running) -> None:
    with urlopen(emulator.url + "/") as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Übungs-Chat" in page
    for name in ("chat.css", "chat.js"):
        with urlopen(f"{emulator.url}/{name}") as answer:
            assert answer.status == 200
