"""A disk that is full: it is said, nothing that was confirmed is lost, and it goes on by itself."""

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.exc import OperationalError

from bot import intake
from bot.emulator.threaded import running
from models import inbox, integrity
from models.db import Database
from models.files import Store
from models.people import Person
from models.settings import Settings
from tests.bot.chat import started
from tests.bot.conftest import bot_settings
from tests.journeys import disks
from tests.webforms.conftest import Browser
from translations import Text
from webforms import create_app
from webforms.errors import FULL

MOST = 400  # sign-ups that may still find room somewhere
MANY = 40  # messages in the chat
Fill = Callable[[], Callable[[], None]]


@pytest.fixture(params=["disk", "pages"])
def house(
    request: pytest.FixtureRequest, _paderborn_file: Path, tmp_path: Path
) -> Iterator[tuple[Database, Path, Fill]]:
    """A database, the folder in which it lies, and what fills the place where it lies."""
    with ExitStack() as stack:
        place: Path | None = tmp_path
        if request.param == "disk":
            place = stack.enter_context(disks.small_disk(tmp_path / "small"))
            if place is None:
                pytest.skip("this account may not mount a file system")
        file = place / "mitwirken.sqlite"
        shutil.copyfile(_paderborn_file, file)
        db = Database(f"sqlite:///{file}")
        stack.callback(db.close)

        def fill() -> Callable[[], None]:
            disks.empty_log(db)
            return disks.fill(place) if request.param == "disk" else disks.hold_back(db)

        yield db, place, fill


def _browser(db: Database, place: Path) -> Browser:
    settings = Settings(
        database=str(db.url), secret="tests-only-secret", smtp_host="127.0.0.1", files=str(place / "files"),
        base_url="http://mitwirken.example", _env_file=None,
    )  # fmt: skip
    app = create_app(settings, db)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Browser(app.test_client())


def _who(number: int) -> dict[str, str]:
    address = f"amina{number}@example.org"
    return {"name": f"Amina Beispiel {number}", "email": address, "role": "member", "pass_on": "yes"}


def _lost(db: Database, confirmed: set[str]) -> set[str]:
    """Return who was thanked and is not there."""
    with db.reading() as session:
        return confirmed - set(session.scalars(sa.select(Person.email)))


def test_pages_say_so_and_nothing_that_was_thanked_for_is_lost(house: tuple[Database, Path, Fill]) -> None:
    db, place, fill = house
    browser, confirmed = _browser(db, place), set[str]()
    make_room = fill()
    for number in range(MOST):
        page = browser.open("/ar/forms/join-group?group=7.49")
        assert page.status == 200  # reading goes on
        answer = browser.send(page, "/ar/forms/join-group", follow=False, **_who(number))
        if answer.status == 503:
            break
        assert answer.status == 303
        confirmed.add(_who(number)["email"])
    assert answer.status == 503, "it never got full"
    assert answer.response.headers["Retry-After"] == "60"
    assert FULL.to("ar") in answer.text
    assert (answer.lang, answer.direction) == ("ar", "rtl")
    for address in ("/de/", "/de/groups/7.49", "/ar/forms/ask-office"):
        assert browser.open(address).status == 200
    make_room()
    again = browser.send(page, "/ar/forms/join-group", follow=False, **_who(number))  # the same form
    assert again.status == 303
    confirmed.add(_who(number)["email"])
    assert _lost(db, confirmed) == set()
    with db.reader.connect() as connection:
        assert integrity.faults_of_file(connection) == []
        there = connection.scalar(sa.text("SELECT count(*) FROM people WHERE email LIKE 'amina%'"))
    assert there == len(confirmed)  # and nobody was stored half
    with db.transaction() as session:  # the canary: who is lost is missed
        session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        session.execute(sa.update(Person).where(Person.email.in_(confirmed)).values(email=None))
    assert _lost(db, confirmed) == confirmed


def test_a_file_that_finds_no_room_is_refused_in_words(tmp_path: Path, paderborn: Database) -> None:
    with disks.small_disk(tmp_path / "small") as place:
        if place is None:
            pytest.skip("this account may not mount a file system")
        browser = _browser(paderborn, place)
        make_room = disks.fill(place)
        picture = io.BytesIO()
        Image.effect_noise((900, 900), 90).convert("RGB").save(picture, "JPEG", quality=95)
        page = browser.open("/de/forms/report-progress?group=7.49")
        fields = {**page.fields, "milestone": "other", "happened": "Etwas", "name": "Boris Muster"}

        def send() -> str:
            data = {**fields, "files": (io.BytesIO(picture.getvalue()), "foto.jpg")}
            answer = browser.client.post("/de/forms/report-progress", data=data)
            assert answer.status_code == 422  # some answers are missing still, so nothing is sent off
            return answer.get_data(as_text=True)

        told = send()
        assert FULL.to("de") in told
        assert "foto.jpg" in told
        assert not list(Store(str(place / "files")).names())
        assert not list((place / "files").rglob("*.part"))  # half a file takes no room
        make_room()
        assert FULL.to("de") not in send()
        assert len(list(Store(str(place / "files")).names())) == 1


def test_the_chat_keeps_what_came_and_answers_once_there_is_room(
    house: tuple[Database, Path, Fill],
) -> None:
    db, _place, fill = house
    with running(limits=False) as telegram, started(db, bot_settings(db, telegram)) as bot:
        with db.transaction() as session:
            inbox.take_in(session, [_written(number) for number in range(MANY)])
        make_room = fill()
        with pytest.raises(OperationalError, match="full"):
            bot.work()
        with pytest.raises(OperationalError, match="full"):  # so the offset is not moved, and it comes again
            for number in range(MANY, MOST, 20):
                intake.store(db, [_written(one) for one in range(number, number + 20)])
        make_room()
        bot.work()
    with db.reading() as session:
        states = session.execute(sa.text("SELECT state, count(*) FROM inbox GROUP BY state")).all()
        answers = session.scalar(sa.text("SELECT count(*) FROM deliveries WHERE channel = 'telegram'"))
    ((state, done),) = states
    assert state == "done"
    assert done >= MANY
    assert answers == done  # one each: none lost, none twice


def _written(number: int) -> dict[str, object]:
    user = {"id": 7_000_000 + number, "is_bot": False, "first_name": "Amina", "language_code": "de"}
    return {
        "update_id": 1000 + number,
        "message": {
            "message_id": 1, "date": 1_700_000_000, "text": "/help", "from": user,
            "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
            "chat": {"id": user["id"], "type": "private", "first_name": "Amina"},
        },
    }  # fmt: skip


def test_there_are_words_for_it_in_each_language() -> None:
    said = {FULL.to(tag) for tag in ("de", "en", "uk", "ar", "ru", "tr", "pl", "ro", "fa", "ku", "fr")}
    assert len(said) == 11
    assert isinstance(FULL, Text)
