"""One's code for the entrance comes into the chat and by mail as a picture that a telephone reads."""

import io
from pathlib import Path

import zxingcpp
from PIL import Image

from bot.courier import email_words, pictures
from bot.courier.parcel import Photo
from bot.emulator.threaded import Running
from models import event_letters, guests
from models.db import Database
from models.event_cards import EventCard, card_of
from models.event_letters import News, Ticket
from models.files import Store
from tests.bot.courier import house
from tests.bot.courier.house import chat_settings, courier, post, states, until
from tests.models.test_registrations import conference

TICKET = Ticket(1, 1, "AMNA22", seats=3)


def shown(db: Database) -> EventCard:
    """An open conference, as people see it."""
    with db.transaction() as session:
        return card_of(session, guests.event(session, conference(session).id))


def read(picture: bytes) -> list[str]:
    """Read the codes in a picture."""
    return [one.text for one in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]


def test_the_own_code_comes_as_a_picture_with_the_words_below(
    paderborn: Database, emulator: Running, tmp_path: Path
) -> None:
    human, person_id = house.in_chat(paderborn, emulator, language="ar")
    card = shown(paderborn)
    post(paderborn, person_id, event_letters.letter(card, News.REGISTERED, TICKET), kind="event")
    post(paderborn, person_id, event_letters.letter(card, News.GIVEN_UP, TICKET), kind="event")
    with courier(chat_settings(paderborn, emulator, files=str(tmp_path)), paderborn):
        until(lambda: states(paderborn) == ["sent", "sent"])
    with_code, without = [one for one in human.chat()["messages"] if one["from"] == "bot"][-2:]
    assert "AMNA22" in with_code["caption"]
    assert with_code["buttons"]
    file = emulator.state.files.get(with_code["media"]["file_id"])
    assert read(emulator.state.files.read(file)) == ["AMNA22"]
    assert not without.get("media")


def test_a_mail_shows_it_too(paderborn: Database, tmp_path: Path) -> None:
    letter = event_letters.letter(shown(paderborn), News.MOVED_UP, TICKET)
    drawn = pictures.read(Store(str(tmp_path)), Photo("code:AMNA22", "", 240, draws="AMNA22"), small=True)
    parcel = house.parcel(letter, photo=Photo("code:AMNA22", "", 240, draws="AMNA22"))
    mail = email_words.mail(parcel, "buero@example.org", drawn)
    (picture,) = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert read(picture.get_payload(decode=True)) == ["AMNA22"]
    html = mail.get_body(("html",))
    assert html
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html.get_content()
