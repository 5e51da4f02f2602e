"""What a bot sends, changes and removes, and every refusal, through a real bot library."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.emulator.threaded import Running
from tests.bot.emulator.people import Human, call, picture, with_bot

Work = Callable[[Bot, int], Awaitable[Any]]
YES = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="yes:1:1")]])


def test_a_sent_message_arrives_with_entities_and_buttons(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> Message:
        return await bot.send_message(
            amina.id, "<b>Salām</b> 👋 <i>Amina</i>", ParseMode.HTML, reply_markup=YES
        )

    message = with_bot(emulator, work)
    seen = amina.last()
    assert message.message_id == seen["message_id"] == 2
    assert message.chat.id == amina.id
    assert message.from_user is not None
    assert message.from_user.is_bot
    assert message.parse_entities() == {message.entities[0]: "Salām", message.entities[1]: "Amina"}
    assert seen["from"] == "bot"
    assert seen["text"] == "Salām 👋 Amina"
    assert seen["buttons"] == [[{"text": "Ja", "callback_data": "yes:1:1"}]]
    assert [one["offset"] for one in seen["entities"]] == [0, 9]  # the waving hand counts twice


def test_message_ids_count_in_each_chat(emulator: Running) -> None:
    amina, boris = Human.who_started(emulator), Human.who_started(emulator, "Boris")

    async def work(bot: Bot) -> list[int]:
        return [(await bot.send_message(one, "Hallo")).message_id for one in (amina.id, amina.id, boris.id)]

    assert with_bot(emulator, work) == [2, 3, 2]


def test_an_edit_shows_the_new_words_and_loses_buttons_that_are_not_given_again(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> None:
        message = await bot.send_message(amina.id, "alt", reply_markup=YES)
        edited = await message.edit_text("neu")
        assert isinstance(edited, Message)
        assert edited.edit_date is not None

    with_bot(emulator, work)
    seen = amina.last()
    assert (seen["text"], seen["edited"], seen["buttons"]) == ("neu", True, [])


def test_new_buttons_alone_do_not_count_as_edited_words(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> None:
        message = await bot.send_message(amina.id, "Kommen Sie?")
        await message.edit_reply_markup(YES)

    with_bot(emulator, work)
    seen = amina.last()
    assert seen["edited"] is False
    assert seen["buttons"][0][0]["text"] == "Ja"


def test_a_deleted_message_is_gone(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> None:
        message = await bot.send_message(amina.id, "weg")
        assert await message.delete()

    with_bot(emulator, work)
    assert [one["text"] for one in amina.chat()["messages"]] == ["/start"]


def test_files_are_sent_and_fetched_again(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    paper = b"%PDF-1.4 Plakat"

    async def work(bot: Bot) -> None:
        photo = await bot.send_photo(amina.id, picture(1600, 900), caption="<u>Plakat</u>", parse_mode="HTML")
        assert [(one.width, one.height) for one in photo.photo] == [
            (90, 51),
            (320, 180),
            (800, 450),
            (1280, 720),
        ]
        assert photo.caption == "Plakat"
        again = await bot.send_photo(amina.id, photo.photo[-1].file_id)
        assert again.photo[-1].file_unique_id == photo.photo[-1].file_unique_id
        await photo.edit_caption("neu")
        document = await bot.send_document(amina.id, io.BytesIO(paper), filename="plakat.pdf")
        assert document.document is not None
        assert document.document.file_name == "plakat.pdf"
        file = await bot.get_file(document.document.file_id)
        assert bytes(await file.download_as_bytearray()) == paper
        voice = await bot.send_voice(amina.id, b"OggS-voice", duration=3)
        assert voice.voice is not None

    with_bot(emulator, work)
    kinds = [one["media"]["kind"] for one in amina.chat(after=1)["messages"]]
    assert kinds == ["photo", "photo", "document", "voice"]
    assert amina.chat()["messages"][1]["caption"] == "neu"


def test_an_album_arrives_as_one_group(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> int:
        media = [InputMediaPhoto(picture(), caption="Treffen"), InputMediaPhoto(picture(300, 200))]
        return len(await bot.send_media_group(amina.id, media))

    assert with_bot(emulator, work) == 2
    first, second = amina.chat(after=1)["messages"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], second["caption"]) == ("Treffen", None)


def test_the_keyboard_below_the_field_is_shown_and_its_press_is_a_text(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> None:
        await bot.send_message(
            amina.id, "Wählen Sie", reply_markup=ReplyKeyboardMarkup([["Weiter", "Hilfe"]])
        )

    with_bot(emulator, work)
    assert amina.chat()["keyboard"] == [["Weiter", "Hilfe"]]
    amina.do("press", message_id=2, button="Hilfe")
    assert amina.last()["text"] == "Hilfe"


def test_the_bots_own_words_are_kept_by_language(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> None:
        assert (await bot.get_me()).username == emulator.state.bot["username"]
        await bot.set_my_commands([("start", "Anfangen")])
        await bot.set_my_commands([("start", "Start over")], language_code="en")
        assert (await bot.get_my_commands())[0].description == "Anfangen"
        assert (await bot.get_my_commands(language_code="en"))[0].description == "Start over"
        await bot.delete_my_commands(language_code="en")
        assert await bot.get_my_commands(language_code="en") == ()
        await bot.set_my_name("Mitwirken")
        await bot.set_my_description("Beschreibung")
        await bot.set_my_description("Description", language_code="en")
        await bot.set_my_short_description("kurz")
        assert (await bot.get_my_name(language_code="tr")).name == "Mitwirken"
        assert (await bot.get_my_description("en")).description == "Description"
        assert (await bot.get_my_short_description("fr")).short_description == "kurz"
        assert await bot.set_chat_menu_button()
        assert (await bot.get_chat_menu_button()).type == "default"
        assert (await bot.get_chat(amina.id)).first_name == "Amina"
        assert (await bot.get_chat_member(amina.id, amina.id)).status == "member"
        assert await bot.send_chat_action(amina.id, "typing")
        assert await bot.log_out()
        assert await bot.close()

    with_bot(emulator, work)


async def edit_same(bot: Bot, chat: int) -> None:
    message = await bot.send_message(chat, "gleich", reply_markup=YES)
    await bot.edit_message_text("gleich", chat, message.message_id, reply_markup=YES)


async def edit_foreign(bot: Bot, chat: int) -> None:
    await bot.edit_message_text("anders", chat, 1)


async def edit_photo_text(bot: Bot, chat: int) -> None:
    message = await bot.send_photo(chat, picture())
    await message.edit_text("Text")


async def edit_text_caption(bot: Bot, chat: int) -> None:
    message = await bot.send_message(chat, "Text")
    await message.edit_caption("Unterschrift")


def test_an_edit_puts_another_picture_in_place_of_a_picture_or_a_text(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> list[str]:
        text = await bot.send_message(amina.id, "Text", reply_markup=YES)
        photo = await bot.send_photo(amina.id, picture(), caption="alt")
        new = InputMediaPhoto(picture(300, 200), caption="<b>neu</b>", parse_mode=ParseMode.HTML)
        shown = await bot.edit_message_media(new, amina.id, photo.message_id)
        assert isinstance(shown, Message)
        again = InputMediaPhoto(shown.photo[-1].file_id, caption="<b>neu</b>", parse_mode=ParseMode.HTML)
        await bot.edit_message_media(again, amina.id, text.message_id, reply_markup=YES)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_media(again, amina.id, photo.message_id)
        repeated = await bot.send_photo(amina.id, shown.photo[-1].file_id)
        return [shown.photo[-1].file_id, repeated.photo[-1].file_id]

    one, other = with_bot(emulator, work)
    assert one == other
    first, second, third = amina.chat()["messages"][1:]
    assert [m["caption"] for m in (first, second, third)] == ["neu", "neu", None]
    assert first["text"] is None
    assert {m["media"]["file_id"] for m in (first, second, third)} == {one}
    assert second["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    assert [bool(m["buttons"]) for m in (first, second)] == [True, False]


def buttons(**fields: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Knopf", **fields)]])


REFUSALS: list[tuple[str, Work]] = [
    ("Chat not found", lambda bot, chat: bot.send_message(42, "x")),
    ("Message text is empty", lambda bot, chat: bot.send_message(chat, "")),
    ("Text must be non-empty", lambda bot, chat: bot.send_message(chat, " \n ")),
    ("Message is too long", lambda bot, chat: bot.send_message(chat, "👋" * 2049)),
    ("Message caption is too long", lambda bot, chat: bot.send_photo(chat, picture(), caption="x" * 1025)),
    (
        "Button_data_invalid",
        lambda bot, chat: bot.send_message(chat, "x", reply_markup=buttons(callback_data="ä" * 33)),
    ),
    (
        "Button_data_invalid",
        lambda bot, chat: bot.send_message(chat, "x", reply_markup=buttons(callback_data="")),
    ),
    (
        "Wrong http url",
        lambda bot, chat: bot.send_message(chat, "x", reply_markup=buttons(url="http://localhost/a")),
    ),
    ("Text buttons are unallowed", lambda bot, chat: bot.send_message(chat, "x", reply_markup=buttons())),
    (
        "Can't parse entities: unsupported start tag",
        lambda bot, chat: bot.send_message(chat, "<h1>x</h1>", "HTML"),
    ),
    (
        "Can't parse entities: character '.' is",
        lambda bot, chat: bot.send_message(chat, "Ende.", "MarkdownV2"),
    ),
    (
        "Message to be replied not found",
        lambda bot, chat: bot.send_message(chat, "x", reply_to_message_id=999),
    ),
    ("Message to edit not found", lambda bot, chat: bot.edit_message_text("x", chat, 999)),
    ("Message can't be edited", edit_foreign),
    ("Message is not modified: specified new message content", edit_same),
    ("There is no text in the message to edit", edit_photo_text),
    ("There is no caption in the message to edit", edit_text_caption),
    ("Message to delete not found", lambda bot, chat: bot.delete_message(chat, 999)),
    ("Query is too old and response timeout expired", lambda bot, chat: bot.answer_callback_query("1")),
    ("Invalid file_id", lambda bot, chat: bot.get_file("nonsense")),
    ("Wrong file identifier/http url specified", lambda bot, chat: bot.send_photo(chat, "nonsense")),
    ("Image_process_failed", lambda bot, chat: bot.send_photo(chat, b"no picture")),
    ("Wrong parameter action in request", lambda bot, chat: bot.send_chat_action(chat, "dancing")),
    ("Member not found", lambda bot, chat: bot.get_chat_member(chat, 12)),
    ("Bot_command_invalid", lambda bot, chat: bot.set_my_commands([("Start!", "x")])),
    ("Bot short description is too long", lambda bot, chat: bot.set_my_short_description("x" * 121)),
    (
        "Invalid language code specified",
        lambda bot, chat: bot.set_my_description("x", language_code="de-simple"),
    ),
]


@pytest.mark.parametrize(
    ("words", "work"), REFUSALS, ids=[f"{n}-{words}" for n, (words, _) in enumerate(REFUSALS)]
)
def test_telegrams_refusals_reach_the_bot_as_bad_request(emulator: Running, words: str, work: Work) -> None:
    amina = Human.who_started(emulator)
    before = len(amina.chat()["messages"])
    with pytest.raises(BadRequest) as caught:
        with_bot(emulator, lambda bot: work(bot, amina.id))
    assert words.lower() in caught.value.message.lower()
    assert len(amina.chat()["messages"]) <= before + 1  # the refused call itself leaves nothing


def test_the_longest_text_and_button_pass(emulator: Running) -> None:
    amina = Human.who_started(emulator)

    async def work(bot: Bot) -> None:
        await bot.send_message(
            amina.id, "<b>" + "👋" * 2048 + "</b>", "HTML", reply_markup=buttons(callback_data="x" * 64)
        )

    with_bot(emulator, work)
    assert len(amina.last()["text"]) == 2048


def test_nobody_is_written_to_before_they_start_or_after_they_block(emulator: Running) -> None:
    amina = Human.meet(emulator)
    send: Callable[[Bot], Awaitable[Any]] = lambda bot: bot.send_message(amina.id, "Hallo")  # noqa: E731
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        with_bot(emulator, send)
    amina.do("send", text="/start")
    with_bot(emulator, send)
    amina.do("block")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        with_bot(emulator, send)
    amina.do("unblock")
    with_bot(emulator, send)


def test_a_wrong_token_is_unauthorized_and_an_unknown_method_not_found(emulator: Running) -> None:
    with pytest.raises(InvalidToken):
        with_bot(emulator, lambda bot: bot.get_me(), token="1:wrong")
    status, answer = call(f"{emulator.base_url}1:wrong/getMe")
    assert (status, answer) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
    status, answer = call(f"{emulator.base_url}{emulator.token}/sendMoney")
    assert (status, answer) == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    assert call(f"{emulator.base_file_url}1:wrong/photos/file_0.jpg")[0] == 401


def test_methods_answer_to_get_to_json_and_to_small_letters(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    url = f"{emulator.base_url}{emulator.token}"
    assert call(f"{url}/sendmessage?chat_id={amina.id}&text=kurz")[1]["result"]["text"] == "kurz"
    markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "y"}]]}
    _, answer = call(f"{url}/sendMessage", {"chat_id": amina.id, "text": "JSON", "reply_markup": markup})
    assert answer["result"]["reply_markup"] == markup
    status, answer = call(f"{url}/sendMessage", {"chat_id": amina.id, "text": "x", "reply_markup": "{"})
    assert status == 400
    assert "can't parse" in answer["description"]
