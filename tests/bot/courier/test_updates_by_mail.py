"""Composed updates as e-mails through a real mail server, parsed with every defect an error."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.courier.ledger import Ledger
from models import clock
from models.db import Database
from models.letters import Letter
from models.outbox import Message
from models.people import ChannelKind
from models.regions import Region
from tests.bot.courier import composed, house
from tests.bot.courier.house import Postbox, courier, mail_server, mail_settings, states, until
from tests.bot.courier.test_email_words import Elements, parts
from translations import Localised


@pytest.fixture(autouse=True)
def office(db: Database) -> None:
    """An office whose names need every kind of letter."""
    with db.transaction() as session:
        session.add(
            Region(
                id=1,
                name="Bildungsregion Bärental",
                office="Büro für Übergänge – مكتب",
                office_short="B",
                phone="05251 0000",
                email="büro@bücher.example".replace("ü", "ue", 1),
                address="Weg 1",
                accent="#0b5d66",
                source_language="de",
            )
        )


def reader(db: Database, tag: str, address: str = "amina@example.org") -> int:
    """Somebody who gets e-mail."""
    return house.somebody(
        db, email=address, email_confirmed_at=clock.now(), prefers=ChannelKind.EMAIL, language=tag
    )


def carried(db: Database, folder: Path, *letters: tuple[int, Letter, str]) -> Postbox:
    """The mail server after the courier has brought these."""
    for person_id, letter, key in letters:
        house.post(db, person_id, letter, channel=ChannelKind.EMAIL, kind="update", key=key)
    count = len(house.deliveries(db))
    with mail_server() as box, courier(mail_settings(db, box.port, files=str(folder / "files")), db):
        until(lambda: states(db) == ["sent"] * count)
    return box


def pictures(message: EmailMessage) -> list[EmailMessage]:
    """The parts that are pictures."""
    return [part for part in message.walk() if part.get_content_maintype() == "image"]


@pytest.mark.parametrize("tag", ["de", "ar", "uk"])
def test_an_update_is_a_sound_mail_with_all_that_machines_and_people_need(
    db: Database, tmp_path: Path, tag: str
) -> None:
    letter = composed.update(composed.picture(db, tmp_path))
    (message,) = carried(db, tmp_path, (reader(db, tag), letter, "update:1:1")).got  # strict: or it raises
    assert message["Subject"] == composed.TITLE.to(tag)
    assert message["From"].addresses[0].display_name == "Büro für Übergänge – مكتب"
    assert message["Reply-To"].addresses[0].addr_spec == "buero@xn--bcher-kva.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo
    assert re.fullmatch(r"<\d+\.\d+@region\.example\.org>", message["Message-ID"])
    assert message["Content-Language"] == tag
    unsubscribe = message["List-Unsubscribe"]
    assert re.fullmatch(rf"<https://region\.example\.org/{tag}/stop/news/[\w-]{{22}}>", unsubscribe)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = parts(message)
    page = Elements(html)
    assert composed.NAME in plain
    assert composed.NAME in page.text  # shown, not run
    assert "script" not in {name for name, _attributes in page.tags}
    assert f"({composed.PLAN})" in plain
    assert composed.PLAN in {one["href"] for one in page.all("a")}
    assert composed.ALT.to(tag) in plain
    direction = "rtl" if tag == "ar" else "ltr"
    assert page.all("html") == [{"lang": tag, "dir": direction}]


def test_the_picture_is_small_in_the_mail_itself_and_has_words(db: Database, tmp_path: Path) -> None:
    letter = composed.update(composed.picture(db, tmp_path, size=(2400, 1600)))
    (message,) = carried(db, tmp_path, (reader(db, "de"), letter, "update:1:1")).got
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "multipart/related"]
    (shown,) = Elements(parts(message)[1]).all("img")
    (picture,) = pictures(message)
    assert shown["src"] == f"cid:{picture['Content-ID'][1:-1]}"
    assert (shown["alt"], shown["width"]) == ("Ein Tisch mit <Stühlen>", "520")
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content()[:2] == b"\xff\xd8"
    assert len(picture.get_content()) < 200_000


def test_a_correction_says_so_and_stands_below_what_it_corrects(db: Database, tmp_path: Path) -> None:
    person_id = reader(db, "uk")
    first, second = composed.update(), composed.update(is_correction=True)
    box = carried(db, tmp_path, (person_id, first, "update:7:1"), (person_id, second, "update:7:2"))
    third = carried(db, tmp_path, (person_id, second, "update:7:3"), (person_id, first, "update:70:1"))
    earlier, later = box.got
    newest, other = third.got
    assert later["Subject"] == f"Виправлення: {composed.TITLE.to('uk')}"
    assert later["In-Reply-To"] == earlier["Message-ID"]
    assert newest["References"] == f"{earlier['Message-ID']} {later['Message-ID']}"
    assert newest["In-Reply-To"] == later["Message-ID"]
    assert other["In-Reply-To"] is None
    assert "Виправлення" not in other["Subject"]


def test_an_update_in_another_language_says_so_and_keeps_its_direction(db: Database, tmp_path: Path) -> None:
    letter = composed.update(body=Localised({"de": "Nur **deutsch**."}))
    (message,) = carried(db, tmp_path, (reader(db, "ar"), letter, "update:1:1")).got
    plain, html = parts(message)
    assert "Deutsch" in plain
    assert {"lang": "de", "dir": "ltr"} in Elements(html).all("div")


def test_a_mail_goes_without_a_picture_that_is_gone(db: Database, tmp_path: Path) -> None:
    shown = composed.picture(db, tmp_path)
    with db.reading() as session:
        composed.store(tmp_path).delete(session.scalars(sa.text("SELECT stored FROM attachments")).one())
    (message,) = carried(db, tmp_path, (reader(db, "de"), composed.update(shown), "update:1:1")).got
    assert not pictures(message)
    assert "<img" not in parts(message)[1]


def test_words_that_are_corrected_just_before_a_letter_leaves_leave_with_it(db: Database) -> None:
    house.post(db, reader(db, "de"), "Falsch", channel=ChannelKind.EMAIL, kind="update")
    ledger = Ledger(db, mail_settings(db, 1), ChannelKind.EMAIL, "here")
    (one,) = ledger.due([], [])
    with db.transaction() as session:
        session.execute(sa.update(Message).values(words=house.saying("Richtig").pack()))
    parcel = ledger.claim(one)
    assert parcel is not None
    assert [words.to("de") for words in parcel.letter.paragraphs] == ["Richtig"]
