"""How letters read in the chat, judged by the parser of the emulator, which follows Telegram's."""

import pytest
from telegram import InlineKeyboardMarkup

from bot.courier.telegram_words import sheets, takes_links
from bot.emulator.html_mode import parse_html
from models.letters import Button, Letter
from models.markup import units
from models.rendering.telegram import LONGEST
from tests.bot.courier.house import TO_ME, parcel, saying
from translations import Localised, Text, _


def labels(keyboard: InlineKeyboardMarkup | None) -> list[list[str]]:
    return [[one.text for one in row] for row in keyboard.inline_keyboard] if keyboard else []


def test_what_people_wrote_is_shown_literally_whatever_it_looks_like() -> None:
    nasty = "<b>fett</b> & </blockquote> &lt; <a href='x'>"
    letter = Letter(_("About “{title}”")(title="x"), (Text(nasty),), quote=nasty)
    (sheet,) = sheets(parcel(letter), with_links=True)
    text, entities = parse_html(sheet.html)
    assert text == f"{nasty}\n\n{nasty}"
    assert [one["type"] for one in entities] == ["blockquote"]
    assert entities[0]["offset"] == len(nasty) + 2


def test_buttons_stand_in_the_rows_that_the_letter_wants() -> None:
    letter = Letter(
        Text("s"),
        (Text("Wirklich?"),),
        (
            Button(Text("Ja"), verb="yes:1:2"),
            Button(Text("Nein"), verb="no:1:2", page="/x", beside=True),
            TO_ME,
        ),
    )
    (sheet,) = sheets(
        parcel(letter, addresses=("", "", "https://region.example.org/de/me/abc")), with_links=True
    )
    assert labels(sheet.keyboard) == [["Ja", "Nein"], [TO_ME.label.to("de")]]
    assert sheet.keyboard
    assert sheet.keyboard.inline_keyboard[0][1].callback_data == "no:1:2"
    assert sheet.keyboard.inline_keyboard[1][0].url == "https://region.example.org/de/me/abc"


def test_where_telegram_takes_no_links_the_address_stands_in_the_text() -> None:
    letter = Letter(Text("s"), (Text("Willkommen"),), (TO_ME,))
    address = "http://127.0.0.1:8000/de/me/abc"
    (sheet,) = sheets(parcel(letter, addresses=(address,)), with_links=False)
    assert parse_html(sheet.html)[0].endswith(address)
    assert sheet.keyboard is None


@pytest.mark.parametrize(
    ("base", "api", "taken"),
    [
        ("https://region.example.org", "https://api.telegram.org", True),
        ("http://127.0.0.1:8000", "https://api.telegram.org", False),
        ("http://192.168.1.9", "https://api.telegram.org", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8081", True),
        ("http://localhost:8000", "http://127.0.0.1:8081", False),
        ("http://buero.local", "https://api.telegram.org", False),
    ],
)
def test_links_to_this_machine_are_no_buttons_for_the_real_telegram(base: str, api: str, taken: bool) -> None:
    assert takes_links(base, api) is taken


def test_a_verb_that_telegram_would_refuse_is_refused_here() -> None:
    letter = Letter(Text("s"), (Text("?"),), (Button(Text("Ja"), verb="ä" * 33),))
    with pytest.raises(ValueError, match="too long"):
        sheets(parcel(letter), with_links=True)


def test_long_letters_are_cut_between_paragraphs_and_nothing_is_lost() -> None:
    paragraphs = tuple(Text(f"{n} " + "Wörter 😀 " * 120) for n in range(12))
    letter = Letter(Text("s"), paragraphs, (Button(Text("Ja"), verb="yes:1:1"),), quote="اكتب " * 500)
    made = sheets(parcel(letter), with_links=True)
    texts = [parse_html(sheet.html)[0] for sheet in made]
    assert len(made) > 2
    assert all(units(text) <= LONGEST for text in texts)
    assert "\n\n".join(texts) == "\n\n".join([*(p.msgid.strip() for p in paragraphs), letter.quote.strip()])
    assert [bool(sheet.keyboard) for sheet in made] == [False] * (len(made) - 1) + [True]


@pytest.mark.parametrize("sign", ["a", "😀", "ع", "&"])
def test_one_endless_word_is_cut_where_it_must_be(sign: str) -> None:
    made = sheets(parcel(saying(sign * 9000)), with_links=True)
    texts = [parse_html(sheet.html)[0] for sheet in made]
    assert "".join(texts) == sign * 9000
    assert all(0 < units(text) <= LONGEST for text in texts)


def test_a_letter_without_paragraphs_says_its_subject() -> None:
    (sheet,) = sheets(parcel(Letter(Text("Guten Tag"), (Localised({}),))), with_links=True)
    assert sheet.html == "Guten Tag"
