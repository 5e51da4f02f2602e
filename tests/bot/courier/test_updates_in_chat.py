"""Composed updates in the chat: entities, pictures, long texts, edits, as the emulator shows them."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.emulator.threaded import Running
from models.attachments import Attachment, AttachmentState
from models.db import Database
from models.letters import Letter
from models.markup import units
from models.outbox import Delivery
from tests.bot.courier import composed, house
from tests.bot.courier.house import chat_settings, courier, post, states, until
from tests.bot.emulator.people import Human
from translations import Localised


def from_bot(human: Human) -> list[dict[str, Any]]:
    """What the bot's messages look like now."""
    return [one for one in human.chat()["messages"] if one["from"] == "bot"]


def marked(words: str, entities: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Which words each kind of entity covers."""
    raw = words.encode("utf-16-le")
    found: dict[str, list[str]] = {}
    for one in entities:
        end = one["offset"] + one["length"]
        found.setdefault(one["type"], []).append(raw[2 * one["offset"] : 2 * end].decode("utf-16-le"))
    return found


def carry(db: Database, emulator: Running, folder: Path, *, count: int) -> None:
    """Let a courier carry all that is there."""
    with courier(chat_settings(db, emulator, files=str(folder / "files")), db):
        until(lambda: states(db) == ["sent"] * count)


def correct(db: Database, person_id: int, edits: int | None, letter: Letter, *, edition: int = 2) -> None:
    """Send a correction in place of an earlier message, as a broadcast of a new edition does."""
    post(db, person_id, letter, kind="update", key=f"update:1:{edition}")
    with db.transaction() as session:
        newest = sa.select(sa.func.max(Delivery.id)).scalar_subquery()
        session.execute(sa.update(Delivery).where(Delivery.id == newest).values(edits=edits))


@pytest.mark.parametrize(
    ("tag", "bold", "link", "quote"),
    [
        ("de", "Engagierte", "Plan", "Alle dürfen kommen."),
        ("ar", "المشاركين", "خريطة", "الجميع مدعوون."),
        ("uk", "учасники", "мапа", "Запрошені всі."),
    ],
)
def test_an_update_with_picture_and_buttons_arrives_right(
    db: Database, emulator: Running, tmp_path: Path, tag: str, bold: str, link: str, quote: str
) -> None:
    human, person_id = house.in_chat(db, emulator, language=tag)
    post(db, person_id, composed.update(composed.picture(db, tmp_path)), kind="update")
    carry(db, emulator, tmp_path, count=1)
    (said,) = from_bot(human)
    assert said["media"]["kind"] == "photo"
    assert said["caption"].startswith(composed.TITLE.to(tag))
    assert composed.NAME in said["caption"]
    found = marked(said["caption"], said["entities"])
    assert found["bold"] == [composed.TITLE.to(tag), bold]
    assert found["text_link"] == [link]
    assert found["blockquote"] == [quote]
    assert said["buttons"][0][0]["text"] == composed.JOIN.label.to(tag)
    assert said["buttons"][0][0]["url"] == f"https://region.example.org/{tag}/forms/join-group?group=abc"


def test_a_picture_is_uploaded_once_and_repeated_by_telegrams_name(
    db: Database, emulator: Running, tmp_path: Path
) -> None:
    letter = composed.update(composed.picture(db, tmp_path))
    people = [house.in_chat(db, emulator, f"P{number}") for number in range(3)]
    for _human, person_id in people:
        post(db, person_id, letter, kind="update")
    carry(db, emulator, tmp_path, count=3)
    files = {from_bot(human)[0]["media"]["file_id"] for human, _person_id in people}
    assert len(files) == 1  # each upload would be a file of its own


def test_a_long_update_is_a_picture_and_then_the_words(
    db: Database, emulator: Running, tmp_path: Path
) -> None:
    human, person_id = house.in_chat(db, emulator)
    shown = composed.picture(db, tmp_path)
    title = units(composed.TITLE.to("de")) + 2
    for body, count in ((1024 - title, 1), (1025 - title, 2), (4096 - title, 2)):
        post(db, person_id, composed.update(shown, composed.long_body(body)), kind="update")
        before = len(from_bot(human))
        carry(db, emulator, tmp_path, count=len(house.deliveries(db)))
        new = from_bot(human)[before:]
        assert len(new) == count
        assert new[0]["media"]
        words = new[-1]["text"] or new[-1]["caption"]
        assert units(words) == body + title
        assert new[-1]["buttons"]
        assert house.deliveries(db)[-1].external_id == new[-1]["message_id"]


def test_words_go_without_a_picture_that_is_gone(db: Database, emulator: Running, tmp_path: Path) -> None:
    human, person_id = house.in_chat(db, emulator)
    shown = composed.picture(db, tmp_path)
    with db.reading() as session:
        stored = session.scalars(sa.select(Attachment.stored)).one()
    composed.store(tmp_path).delete(stored)
    post(db, person_id, composed.update(shown), kind="update")
    carry(db, emulator, tmp_path, count=1)
    with db.transaction() as session:
        session.execute(sa.update(Attachment).values(state=AttachmentState.GONE))
    post(db, person_id, composed.update(shown), kind="update")
    carry(db, emulator, tmp_path, count=2)
    assert [bool(one["text"]) for one in from_bot(human)] == [True, True]


def test_a_correction_takes_the_place_of_the_old_message(
    db: Database, emulator: Running, tmp_path: Path
) -> None:
    human, person_id = house.in_chat(db, emulator)
    shown = composed.picture(db, tmp_path)
    post(db, person_id, composed.update(shown), kind="update", key="update:1:1")
    carry(db, emulator, tmp_path, count=1)
    old = house.deliveries(db)[0].external_id
    better = composed.update(shown, Localised({"de": "Nun **richtig**."}), is_correction=True)
    correct(db, person_id, old, better)
    carry(db, emulator, tmp_path, count=2)
    (said,) = from_bot(human)
    assert said["caption"] == f"{composed.TITLE.to('de')}\n\nNun richtig."
    assert said["edited"]
    assert said["buttons"]
    correct(db, person_id, old, better, edition=3)  # changes nothing: "message is not modified"
    carry(db, emulator, tmp_path, count=3)
    assert len(from_bot(human)) == 1
    assert [one.external_id for one in house.deliveries(db)] == [old] * 3


def test_a_correction_brings_a_picture_or_another_one_into_the_same_message(
    db: Database, emulator: Running, tmp_path: Path
) -> None:
    human, person_id = house.in_chat(db, emulator)
    post(db, person_id, composed.update(), kind="update", key="update:1:1")
    carry(db, emulator, tmp_path, count=1)
    old = house.deliveries(db)[0].external_id
    for edition in (2, 3):
        shown = composed.picture(db, tmp_path, size=(300, 100 * edition))
        correct(db, person_id, old, composed.update(shown, is_correction=True), edition=edition)
        carry(db, emulator, tmp_path, count=edition)
    (said,) = from_bot(human)
    assert (said["media"]["width"], said["media"]["height"]) == (300, 300)
    assert said["caption"].startswith(composed.TITLE.to("de"))


@pytest.mark.parametrize("why", ["deleted", "grown", "without its picture"])
def test_what_cannot_be_edited_is_sent_anew_and_says_that_it_corrects(
    db: Database, emulator: Running, tmp_path: Path, why: str
) -> None:
    human, person_id = house.in_chat(db, emulator)
    shown = composed.picture(db, tmp_path)
    post(db, person_id, composed.update(shown), kind="update", key="update:1:1")
    carry(db, emulator, tmp_path, count=1)
    old = house.deliveries(db)[0].external_id
    body = composed.long_body(2000) if why == "grown" else composed.BODY
    edits = 999_999 if why == "deleted" else old
    better = composed.update(None if why == "without its picture" else shown, body, is_correction=True)
    correct(db, person_id, edits, better)
    carry(db, emulator, tmp_path, count=2)
    messages = from_bot(human)
    words = messages[-1]["text"] or messages[-1]["caption"]
    assert words.startswith(f"Korrektur: {composed.TITLE.to('de')}")
    assert house.deliveries(db)[-1].external_id == messages[-1]["message_id"]
    still_there = old in {one["message_id"] for one in messages}
    assert still_there is (why == "deleted")  # what is wrong does not stay beside what is right


def test_a_file_name_that_telegram_no_longer_knows_is_uploaded_again(
    db: Database, emulator: Running, tmp_path: Path
) -> None:
    letter = composed.update(composed.picture(db, tmp_path))
    (first, first_id), (second, second_id) = (house.in_chat(db, emulator, name) for name in ("A", "B"))
    with courier(chat_settings(db, emulator, files=str(tmp_path / "files")), db):
        post(db, first_id, letter, kind="update")
        until(lambda: states(db) == ["sent"])
        emulator.state.files.items.clear()
        post(db, second_id, letter, kind="update")
        until(lambda: states(db) == ["sent", "sent"])
    one, two = from_bot(first)[0], from_bot(second)[0]
    assert one["caption"] == two["caption"]
    assert one["media"]["file_id"] != two["media"]["file_id"]


def test_an_update_in_another_language_says_so(db: Database, emulator: Running, tmp_path: Path) -> None:
    human, person_id = house.in_chat(db, emulator, language="ar")
    post(db, person_id, composed.update(body=Localised({"de": "Nur deutsch."})), kind="update")
    carry(db, emulator, tmp_path, count=1)
    (said,) = from_bot(human)
    assert "Deutsch" in said["text"]
    assert said["text"].endswith("Nur deutsch.")
