"""Files come from Telegram whatever happens on the way, once, cleaned; what cannot be taken is said."""

import asyncio
import base64
import io
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from bot import service
from bot.emulator.threaded import Running, running
from bot.fetching import Fetcher
from bot.routing import application
from models import attachments, awaited, clock, people, sweeping
from models.attachments import Attachment, AttachmentState
from models.cleaned import AttachmentKind
from models.db import Database
from models.files import Store
from models.outbox import Delivery, Message
from models.submissions import State, Submission
from tests import lives
from tests.bot.conftest import bot_settings
from tests.bot.test_service import Phone, processes

PHOTO, VOICE, DOCUMENT = AttachmentKind.PHOTO, AttachmentKind.VOICE, AttachmentKind.DOCUMENT


@pytest.fixture
def telegram() -> Iterator[Running]:
    """An emulated Telegram of one's own, with faults of one's own."""
    with running(limits=False, hold=1.0) as emulator:
        yield emulator


@pytest.fixture
def phone(telegram: Running) -> Phone:
    """Amina's phone."""
    return Phone(telegram)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of files on the disk."""
    return Store(str(tmp_path / "files"))


def jpeg(side: int = 200) -> bytes:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), "teal").save(out, "JPEG")
    return out.getvalue()


def sent(telegram: Running, phone: Phone, kind: AttachmentKind, data: bytes, **more: Any) -> str:
    """Send a file by chat and return the id under which the bot can fetch it."""
    known = set(telegram.state.files.items)
    phone.post(f"/user/{phone.id}/send", {kind.value: base64.b64encode(data).decode(), **more})
    fresh = [item for file_id, item in telegram.state.files.items.items() if file_id not in known]
    return fresh[-1].file_id


def noted(
    db: Database, file_id: str, kind: AttachmentKind = PHOTO, *, name: str = "", form: bool = False
) -> int:
    """Note a file as the chat does, on request with its form sent; return its number."""
    with db.transaction() as session:
        person = people.by_chat(session, 4711, language="de")
        one = attachments.take_in(session, kind, person_id=person.id, telegram_file=file_id, name=name)
        if form:
            now = clock.now()
            entry = Submission(
                form="report-progress", key=f"key-{one.id}", person_id=person.id, group_id=None, answers={},
                channel="telegram", language="de", title="", state=State.RECEIVED, version=1,
                received_at=now, changed_at=now,
            )  # fmt: skip
            session.add(entry)
            session.flush()
            attachments.adopt(session, [one.token], entry.id, person.id)
        return one.id


def row(db: Database, number: int) -> Attachment:
    """How a file stands."""
    with db.reading() as session:
        return session.get_one(Attachment, number)


def letters(db: Database) -> list[tuple[str, str]]:
    """What was written about files: key and words."""
    with db.reading() as session:
        found = session.scalars(sa.select(Message).join(Delivery).where(Message.kind == "file"))
        return [(one.key or "", str(one.words)) for one in found]


def fetch(db: Database, telegram: Running, store: Store) -> int:
    """Let the job look once at what is due; return how many files it tried."""

    async def once() -> int:
        app = application(bot_settings(db, telegram))
        await app.initialize()
        try:
            return await Fetcher(app.bot, db, store).fetch_due()
        finally:
            await app.shutdown()

    return asyncio.run(once())


def later(**span: float) -> Any:
    """The clock put on."""
    return clock.frozen(clock.now() + timedelta(**span))


def fault(phone: Phone, method: str, kind: str, times: int = 1, **more: Any) -> None:
    """Plan a fault at Telegram."""
    phone.post("/fault", {"method": method, "kind": kind, "times": times, **more})


def test_a_photo_is_fetched_cleaned_and_stored(
    any_db: Database, telegram: Running, phone: Phone, store: Store
) -> None:
    number = noted(any_db, sent(telegram, phone, PHOTO, jpeg()), name="../../a.php")
    assert fetch(any_db, telegram, store) == 1
    one = row(any_db, number)
    assert (one.state, one.media_type, one.width, one.height) == (
        AttachmentState.READY,
        "image/jpeg",
        200,
        100,
    )
    assert one.name == "a.jpg"
    assert len(store.read(one.stored)) == one.size
    assert fetch(any_db, telegram, store) == 0


def test_documents_and_recordings_come_too(
    paderborn: Database, telegram: Running, phone: Phone, store: Store
) -> None:
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    voice = noted(paderborn, sent(telegram, phone, VOICE, frame * 40), VOICE)
    words = noted(paderborn, sent(telegram, phone, DOCUMENT, "Grüße".encode(), file_name="x.txt"), DOCUMENT)
    fetch(paderborn, telegram, store)
    assert row(paderborn, voice).media_type == "audio/mpeg"
    assert store.read(row(paderborn, words).stored).decode() == "Grüße"


@pytest.mark.parametrize(
    ("method", "kind"),
    [("getFile", "500"), ("getFile", "cut"), ("file", "500"), ("file", "cut"), ("file", "429")],
)
def test_trouble_on_the_way_only_delays(
    paderborn: Database, telegram: Running, phone: Phone, store: Store, method: str, kind: str
) -> None:
    number = noted(paderborn, sent(telegram, phone, PHOTO, jpeg()))
    fault(phone, method, kind, times=2)
    for turn in range(2):
        with later(seconds=30 * turn):
            assert fetch(paderborn, telegram, store) == 1
            assert row(paderborn, number).state is AttachmentState.WAITING
            assert list(store.names()) == []
            assert fetch(paderborn, telegram, store) == 0  # not at once
    with later(hours=1):
        fetch(paderborn, telegram, store)
    assert row(paderborn, number).state is AttachmentState.READY


def test_too_many_requests_are_not_counted_as_tries(
    paderborn: Database, telegram: Running, phone: Phone, store: Store
) -> None:
    number = noted(paderborn, sent(telegram, phone, PHOTO, jpeg()))
    fault(phone, "getFile", "429", retry_after=40)
    fetch(paderborn, telegram, store)
    one = row(paderborn, number)
    assert one.attempts == 0
    assert one.not_before is not None
    assert one.not_before > clock.now() + timedelta(seconds=35)


def test_a_telegram_that_is_away_for_days_loses_nothing(
    paderborn: Database, telegram: Running, phone: Phone, store: Store
) -> None:
    number = noted(paderborn, sent(telegram, phone, PHOTO, jpeg()))
    fault(phone, "getFile", "500", times=10_000)
    tries = 0
    for hours in range(0, 100, 2):
        with later(hours=hours):
            tries += fetch(paderborn, telegram, store)
    assert tries > 40
    assert row(paderborn, number).state is AttachmentState.WAITING
    fault(phone, "getFile", "500", times=0)
    with later(hours=101):
        fetch(paderborn, telegram, store)
    assert row(paderborn, number).state is AttachmentState.READY


def test_what_telegram_no_longer_has_is_lost_and_asked_for(
    paderborn: Database, telegram: Running, store: Store
) -> None:
    number = noted(paderborn, "AgAC-nobody-knows-this", form=True)
    fetch(paderborn, telegram, store)
    assert row(paderborn, number).state is AttachmentState.LOST
    ((key, words),) = letters(paderborn)
    # Not by its number: SQLite gives that of a row that was swept away to the next one.
    assert key == f"file:{row(paderborn, number).token}"
    assert "once more" in words


def test_a_file_over_20_megabytes_is_refused_in_words(
    any_db: Database, telegram: Running, phone: Phone, store: Store
) -> None:
    large = sent(telegram, phone, DOCUMENT, b"%PDF-1.7" + bytes(21 * 1024 * 1024), file_name="Protokoll.pdf")
    number = noted(any_db, large, DOCUMENT, name="Protokoll.pdf", form=True)
    fetch(any_db, telegram, store)
    assert (row(any_db, number).state, row(any_db, number).problem) == (AttachmentState.REFUSED, "too-large")
    ((_key, words),) = letters(any_db)
    assert "Protokoll.pdf" in words
    assert "10 MB" in words


def test_a_refused_file_of_a_form_not_yet_sent_is_left_to_the_form(
    paderborn: Database, telegram: Running, phone: Phone, store: Store
) -> None:
    number = noted(paderborn, sent(telegram, phone, DOCUMENT, b"MZ\x90\x00", file_name="a.pdf"), DOCUMENT)
    fetch(paderborn, telegram, store)
    assert row(paderborn, number).problem == "unknown"
    assert letters(paderborn) == []


def test_two_processes_never_fetch_the_same_file(any_db: Database, telegram: Running, phone: Phone) -> None:
    noted(any_db, sent(telegram, phone, PHOTO, jpeg()))
    with any_db.transaction() as session:
        assert len(awaited.due(session, 5)) == 1
    with any_db.transaction() as session:
        assert awaited.due(session, 5) == []
        assert awaited.resume_interrupted(session) == 1
        assert len(awaited.due(session, 5)) == 1


def test_a_file_that_kills_its_process_again_and_again_is_not_tried_at_every_start(
    paderborn: Database, telegram: Running, phone: Phone
) -> None:
    noted(paderborn, sent(telegram, phone, PHOTO, jpeg()))
    starts = []
    for _start in range(8):
        with paderborn.transaction() as session:
            awaited.resume_interrupted(session)
            starts.append(len(awaited.due(session, 5)))
    assert starts == [1, 1, 1, 1, 1, 1, 0, 0]


def test_what_is_erased_while_it_is_fetched_leaves_no_file(
    paderborn: Database, telegram: Running, phone: Phone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = noted(paderborn, sent(telegram, phone, PHOTO, jpeg()))
    whole: Callable[..., str] = store.put

    def put(data: bytes, *, small: bytes = b"") -> str:
        with paderborn.transaction() as session:
            attachments.forget(session, Attachment.id == number)
        return whole(data, small=small)

    monkeypatch.setattr(store, "put", put)
    fetch(paderborn, telegram, store)
    assert list(store.names()) == []
    assert sweeping.sweep(paderborn, store) == 1


def test_the_bots_token_is_in_no_log(
    paderborn: Database, telegram: Running, phone: Phone, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fault(phone, "file", "500")
    fault(phone, "getFile", "cut")
    noted(paderborn, sent(telegram, phone, PHOTO, jpeg()))
    for minutes in (0, 10, 20):
        with later(minutes=minutes):
            fetch(paderborn, telegram, store)
    told = [one for one in caplog.records if one.name.startswith("bot.fetching")]
    assert len(told) == 2
    assert all(telegram.token not in one.getMessage() for one in told)


def test_the_bots_process_fetches_beside_its_other_work(
    paderborn: Database, telegram: Running, phone: Phone, tmp_path: Path, four_languages: None
) -> None:
    fault(phone, "getFile", "500", times=3)
    numbers = [noted(paderborn, sent(telegram, phone, PHOTO, jpeg(100 + n))) for n in range(12)]
    settings = bot_settings(paderborn, telegram).model_copy(update={"files": str(tmp_path / "files")})
    with processes(settings, paderborn, service.run):
        for _try in range(300):
            with paderborn.reading() as session:
                if not awaited.waiting(session):
                    break
            time.sleep(0.1)
    assert {row(paderborn, number).state for number in numbers} == {AttachmentState.READY}
    with paderborn.reading() as session:  # the bot itself takes in what was sent to it as well
        kept = session.scalars(sa.select(Attachment.stored).where(Attachment.stored != "")).all()
    assert sorted(Store(settings.files).names()) == sorted(kept)


def in_waiting(db: Database) -> int:
    """How many files are still to come."""
    with db.reading() as session:
        return awaited.waiting(session)


@pytest.mark.journey
def test_kill_9_loses_no_file_and_doubles_none(
    paderborn: Database, telegram: Running, phone: Phone, tmp_path: Path
) -> None:
    numbers = [noted(paderborn, sent(telegram, phone, PHOTO, jpeg(300 + n))) for n in range(40)]
    folder = tmp_path / "files"
    settings = bot_settings(paderborn, telegram).model_copy(update={"files": str(folder)})
    for life in range(6):
        if life % 2:  # who is killed leaves it to the next, and many in a row would make a file wait long
            fault(phone, "getFile", "500", times=1)
        begun = lives.event()
        process = lives.begin(lives.fetch, settings, begun)
        assert begun.wait(60)
        until = time.monotonic() + (0.08 * (life + 1) if life < 5 else 60)
        while time.monotonic() < until and in_waiting(paderborn):
            time.sleep(0.02)
        lives.kill(process)
    rows = [row(paderborn, number) for number in numbers]
    assert {one.state for one in rows} == {AttachmentState.READY}
    store = Store(str(folder))
    assert len({one.stored for one in rows}) == 40
    assert all(len(store.read(one.stored)) == one.size for one in rows)
    with clock.frozen(clock.now() + timedelta(days=2)):
        sweeping.sweep_orphans(paderborn, store)
    assert len(list(store.names())) == 40
