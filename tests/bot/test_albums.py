"""Albums and voice messages through a real emulated Telegram, also with a bot that is killed in between."""

import base64
import io
import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot import service
from bot.courier import service as courier
from bot.emulator.threaded import Running
from models import attachments, drafts, groups, links
from models.attachments import AttachmentKind, AttachmentState
from models.cleaning import clean
from models.db import Database
from models.drafts import Draft
from models.files import Store
from models.links import Purpose
from models.people import Person
from models.settings import Settings
from models.submissions import Submission
from tests.bot.chat import Bot, Visitor, count, said
from tests.bot.conftest import bot_settings
from tests.bot.test_service import Phone, fresh_telegram, processes, progress, spawn, wait_for
from tests.models.cleaning.test_others import opus

__all__ = ["fresh_telegram"]


def picture(number: int) -> str:
    """A small photo, as the apps' side of the emulator takes it."""
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (number * 20 % 256, 90, 120)).save(made, "JPEG")
    return base64.b64encode(made.getvalue()).decode()


def settings_for(db: Database, telegram: Running, folder: Path) -> Settings:
    """Settings with a folder of their own for files."""
    return bot_settings(db, telegram).model_copy(update={"files": str(folder / "files")})


def start_report(phone: Phone, db: Database) -> None:
    """Report up to the question what has happened."""
    phone.write("/report")
    wait_for(lambda: asked(db, phone) == "group")
    phone.write("7.49")
    phone.press("other")
    phone.press("under-way")
    wait_for(lambda: asked(db, phone) == "happened" and phone.find("back"))


def asked(db: Database, phone: Phone) -> str:
    """Which question waits for this phone's person."""
    with db.reading() as session:
        return (
            session.scalar(
                sa.select(Draft.asked)
                .join(Person, Person.id == Draft.person_id)
                .where(Person.telegram_id == phone.id)
            )
            or ""
        )


def replies(phone: Phone) -> int:
    """How much the bot has said."""
    return sum(one["from"] == "bot" for one in phone.messages)


@pytest.mark.journey
def test_an_album_and_a_voice_message_become_one_report_with_one_answer(
    paderborn: Database, fresh_telegram: Running, tmp_path: Path
) -> None:
    phone = Phone(fresh_telegram)
    with processes(settings_for(paderborn, fresh_telegram, tmp_path), paderborn, service.run, courier.run):
        start_report(phone, paderborn)
        before = replies(phone)
        phone.post(
            f"/user/{phone.id}/send", {"photos": [picture(n) for n in range(3)], "caption": "Drei Bilder"}
        )
        wait_for(lambda: phone.find("done"))
        time.sleep(0.5)
        assert replies(phone) == before + 1
        phone.post(f"/user/{phone.id}/send", {"voice": base64.b64encode(opus()).decode()})
        wait_for(lambda: replies(phone) == before + 2)
        for verb in ("done", "skip", "skip", "send"):
            phone.press(verb)
        wait_for(lambda: count(paderborn, "submissions") == 1)
        wait_for(lambda: waiting(paderborn) == 0)
    with paderborn.reading() as session:
        entry = session.scalars(sa.select(Submission)).one()
        files = attachments.of_submission(session, entry.id)
    assert entry.answers["happened"] == "Drei Bilder"
    assert [one.kind for one in files] == [AttachmentKind.PHOTO] * 3 + [AttachmentKind.VOICE]
    assert {one.state for one in files} == {AttachmentState.READY}


def waiting(db: Database) -> int:
    """Files that have not been fetched yet."""
    with db.reading() as session:
        rows = session.execute(sa.text("SELECT count(*) FROM attachments WHERE state = 'waiting'"))
        return int(rows.scalar_one())


@pytest.mark.journey
def test_a_bot_killed_amid_albums_keeps_every_photo_once(
    paderborn: Database, fresh_telegram: Running, tmp_path: Path
) -> None:
    settings, log = settings_for(paderborn, fresh_telegram, tmp_path), tmp_path / "bot.log"
    phones = [Phone(fresh_telegram) for _number in range(6)]
    with processes(settings, paderborn, service.run, courier.run):
        for phone in phones:
            start_report(phone, paderborn)
    done, said = progress(paderborn)[0], count(paderborn, "deliveries")
    for phone in phones:
        phone.post(f"/user/{phone.id}/send", {"photos": [picture(n) for n in range(8)], "caption": "Acht"})
    total = done + 8 * len(phones)
    kills = 0
    for goal in (done + 5, done + 21):
        bot = spawn(settings, log)
        while progress(paderborn)[0] < goal:
            assert bot.poll() is None
            time.sleep(0.002)
        bot.send_signal(signal.SIGKILL)
        bot.wait()
        kills += progress(paderborn)[0] < total
    bot = spawn(settings, log)
    wait_for(lambda: progress(paderborn) == (total, total), 60)
    bot.send_signal(signal.SIGTERM)
    assert bot.wait(60) == 0
    assert kills == 2  # it was killed while photos waited
    with paderborn.reading() as session:
        drafts = session.scalars(sa.select(Draft)).all()
        names = [
            [one.telegram_unique for one in attachments.by_tokens(session, one.answers["files"].split())]
            for one in drafts
        ]
    assert [len(set(one)) for one in names] == [8] * len(phones)
    assert {one.answers["happened"] for one in drafts} == {"Acht"}
    assert count(paderborn, "attachments") == 8 * len(phones)
    assert count(paderborn, "deliveries") == said + len(phones)  # each album got one answer
    assert "Traceback" not in log.read_text()


def test_a_form_begun_on_a_page_goes_on_in_the_chat_with_its_files(bot: Bot, tmp_path: Path) -> None:
    data = base64.b64decode(picture(1))
    with bot.db.transaction() as session:
        store = Store(str(tmp_path / "files"))
        made = attachments.take_upload(session, store, clean(data, name="a.jpg"), name="a.jpg")
        code = groups.directory(session).get("7.49").code
        answers = {"group": code, "milestone": "other", "state": "done", "files": made.token}
        draft = drafts.begin(session, "report-progress", person_id=None, language="de", answers=answers)
        token = links.issue(session, Purpose.DRAFT, person_id=None, target_id=draft.id)
    visitor = Visitor(bot, 640)
    visitor.write(f"/start {token}")
    for _question in ("happened", "needed", "new_due"):
        visitor.press("skip")
    assert "1 Foto" in said(visitor.last)
    visitor.press("send")
    with bot.db.reading() as session:
        entry = session.scalars(sa.select(Submission)).one()
        (file,) = attachments.of_submission(session, entry.id)
    assert (file.name, file.person_id, entry.answers["files"]) == ("a.jpg", entry.person_id, file.token)
