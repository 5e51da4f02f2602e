"""What a letter becomes on each channel: what a preview shows, counts and warns of."""

from dataclasses import replace

import pytest

from bot.emulator.html_mode import parse_html
from models.letters import Letter, Picture
from models.markup import units
from models.rendering import email, page, telegram
from models.rendering.office import addresses
from tests.bot.courier import composed
from tests.bot.courier.house import OFFICE
from tests.bot.courier.test_email_words import Elements
from translations import LANGUAGES, Localised, Text

SHOWN = Picture("token", Localised({"de": 'Ein "Tisch" & <Stühle>'}))
NASTY = "<script>alert('x')</script> & **nicht fett**"


def where(letter: Letter, tag: str = "de") -> tuple[str, ...]:
    """Where the buttons of a letter lead, in a preview."""
    return addresses(letter, tag, lambda path: f"https://region.example.org{path}")


@pytest.mark.parametrize("tag", [entry.tag for entry in LANGUAGES])
def test_a_preview_is_what_is_sent_in_every_language(tag: str) -> None:
    letter = composed.update(SHOWN)
    links = where(letter, tag)
    seen = telegram.preview(letter, tag, links)
    assert list(seen.parts) == telegram.parts(letter, tag, links)
    assert seen.is_caption
    assert seen.fits
    assert units(parse_html(seen.parts[0].html)[0]) == seen.units
    assert [row[0].address for row in seen.parts[0].keys] == list(links)
    assert "…" in links[1]  # no link is given out for a look
    mail = email.preview(letter, tag, links, OFFICE, picture="/files/token?size=small")
    assert mail == email.render(letter, tag, links, OFFICE, picture="/files/token?size=small")
    assert composed.TITLE.to(tag) in mail.plain


@pytest.mark.parametrize(
    ("length", "parts", "fits"), [(1024, 1, True), (1025, 2, True), (4096, 2, True), (4097, 3, False)]
)
def test_length_decides_how_it_is_sent(length: int, parts: int, fits: bool) -> None:
    title = units(composed.TITLE.to("de")) + 2
    seen = telegram.preview(composed.update(SHOWN, composed.long_body(length - title)), "de", ("", ""))
    assert (seen.units, len(seen.parts), seen.fits) == (length, parts, fits)
    assert [bool(one.picture) for one in seen.parts] == [True] + [False] * (parts - 1)


def test_names_and_titles_are_shown_literally_wherever_they_stand() -> None:
    letter = Letter(Localised({"de": NASTY}), (Text(NASTY),), quote=NASTY, body=Localised({"de": "Text"}))
    letter = replace(letter, picture=Picture("token", Localised({"de": NASTY})))
    (part,) = telegram.parts(letter, "de", ())
    text, _entities = parse_html(part.html)
    assert text == f"{NASTY}\n\nText\n\n{NASTY}\n\n{NASTY}"
    mail = email.render(letter, "de", (), OFFICE, picture="cid:x")
    read = Elements(mail.html)
    assert read.text.count(NASTY) == 4  # title, heading, paragraph, quotation
    assert read.all("img")[0]["alt"] == NASTY
    assert "script" not in {tag for tag, _attributes in read.tags}
    assert mail.subject == NASTY


def test_an_address_that_is_none_is_no_link_in_an_e_mail() -> None:
    letter = composed.update(body=Localised({"de": "[x](javascript:alert(1)) <javascript:alert(1)>"}))
    mail = email.render(letter, "de", where(letter), OFFICE)
    assert all(str(one["href"]).startswith("https://") for one in Elements(mail.html).all("a"))


def test_what_is_in_another_language_says_so_on_every_channel() -> None:
    letter = Letter(Text("s"), (), body=Localised({"uk": "Лише українською"}))
    (part,) = telegram.parts(letter, "ar", ())
    assert "Українська" in part.html
    assert "Українська" in email.render(letter, "ar", (), OFFICE).plain
    told = page.told(Localised({"uk": "Лише українською"}), "ar")
    assert (told.tag, told.direction) == ("uk", "ltr")
    assert told.note is not None
    assert page.told(Localised({"de": "Deutsch"}), "de-simple").note is None  # plain German is German


@pytest.mark.parametrize(("length", "says_so"), [(4000, True), (4096, False)])
def test_the_note_on_the_language_stands_only_where_it_fits(length: int, says_so: bool) -> None:
    letter = Letter(Localised({"uk": "т"}), (), body=Localised({"uk": "ж" * (length - 3)}))
    seen = telegram.preview(letter, "ar", ())
    assert (seen.fits, len(seen.parts), "Українська" in seen.parts[0].html) == (True, 1, says_so)


def test_a_correction_says_so_unless_it_takes_the_place_of_what_was_wrong() -> None:
    letter = composed.update(is_correction=True)
    assert "Korrektur" not in telegram.parts(letter, "de", where(letter))[0].html
    anew = telegram.parts(letter, "de", where(letter), says_correction=True)
    assert anew[0].html.startswith("<b>Korrektur: Übung")
    mail = email.render(letter, "de", where(letter), OFFICE)
    assert mail.subject == "Korrektur: Übung für „Grüße“ 😀"
    assert Letter.unpack(letter.pack()) == letter
