"""Who has been erased stays so after an older backup came back, on both databases."""

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from models import (
    clock,
    erasures,
    inbox,
    merging,
    migrate,
    outbox,
    people,
    periods,
    privacy,
    retention,
    submissions,
)
from models.attachments import AttachmentKind, take_upload
from models.cleaned import Cleaned
from models.db import Base, Database
from models.erasures import Erasure
from models.files import Store
from models.inbox import InboxState, InboxUpdate
from models.letters import Letter
from models.people import Person
from models.submissions import Arrival
from tests import lives, postgres
from tests.commands.conftest import Run
from tests.commands.test_database import PROGRAMS
from translations import _

WORD = "Kirschgarten-7749"  # occurs nowhere else
CHAT, KEY = 774900, "tests-only-secret"


@dataclass(frozen=True)
class House:
    """An installation, its commands and its folder."""

    url: str
    run: Run
    folder: Path

    def opened(self) -> Database:
        """Open its database."""
        db = Database(self.url)
        db.seal_with(KEY.encode())
        return db

    def restored(self, *arguments: object) -> str:
        """Restore, and return what was said."""
        told = self.run("db", "restore", *arguments)
        assert told.exit_code == 0, told.output
        return told.output

    def held(self) -> set[str]:
        """Where the word is: columns and files."""
        db = self.opened()
        found = set()
        with db.reading() as session:
            for table in Base.metadata.sorted_tables:
                for row in session.execute(sa.select(table)).mappings():
                    found |= {f"{table.name}.{name}" for name, value in row.items() if WORD in str(value)}
        db.close()
        files = (self.folder / "files").rglob("*")
        return found | {file.name for file in files if file.is_file() and WORD.encode() in file.read_bytes()}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(
    request: pytest.FixtureRequest, empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """An empty installation, on SQLite and then on PostgreSQL."""
    monkeypatch.setenv("MITWIRKEN_AUDIT_KEY", KEY)
    monkeypatch.setenv("MITWIRKEN_FILES", str(tmp_path / "files"))
    if request.param == "sqlite":
        yield House(f"sqlite:///{tmp_path}/mitwirken.sqlite", empty, tmp_path)
        return
    monkeypatch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")  # of the same version as the server
    template = request.getfixturevalue("_pg_empty")
    with postgres.database(request.getfixturevalue("pg_server"), template) as url:
        monkeypatch.setenv("MITWIRKEN_DATABASE", url)
        yield House(url, empty, tmp_path)


def _amina(house: House) -> int:
    """Amina asks the office, sends a file, is answered, and writes something that nobody has read yet."""
    db = house.opened()
    with db.transaction() as session:
        picture = Cleaned(AttachmentKind.PHOTO, "image/jpeg", f"picture of {WORD}".encode(), small=b"s")
        number, _confirmed = people.meet(session, name=f"Amina {WORD}", language="ar", email="a@example.org")
        take_upload(session, Store(str(house.folder / "files")), picture, name=WORD, person_id=number)
        person = session.get_one(Person, number)
        person.telegram_id = CHAT
        answers = {"question": WORD}
        submissions.arrive(session, Arrival("ask-office", "key", number, None, "page", "ar", WORD, answers))
        outbox.tell(session, person, Letter(_("News"), (), quote=WORD), kind="received")
        inbox.take_in(session, [{"update_id": 1, "message": {"chat": {"id": CHAT}, "text": WORD}}])
    db.close()
    return number


def _copy(house: House, name: str = "monday.bak") -> Path:
    copy = house.folder / "copies" / name
    told = house.run("db", "backup", copy)
    assert told.exit_code == 0, told.output
    return copy


def _erase(house: House, number: int) -> None:
    told = house.run("privacy", "erase", number, "--yes")
    assert told.exit_code == 0, told.output


def test_who_was_erased_does_not_come_back_with_an_older_backup(house: House) -> None:
    number = _amina(house)
    copy = _copy(house)
    picture = next(file for file in (house.folder / "files").rglob("*") if WORD.encode() in _bytes(file))
    before = picture.read_bytes()
    _erase(house, number)
    assert not picture.exists()
    picture.write_bytes(before)  # the files of that night were brought back

    said = house.restored(copy)

    assert "Erased again: 1." in said
    assert house.held() == set()
    db = house.opened()
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(submissions.Submission.id))) == 1  # counts as before
        assert session.scalars(sa.select(InboxUpdate.state)).all() == [InboxState.DONE]
        assert session.scalars(sa.select(Erasure.number)).all() == [number]
    db.close()
    assert "Erased again: 1." in house.restored(copy)  # once more, from what is set aside and what is there
    assert house.held() == set()
    assert house.run("db", "check").exit_code == 0


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def test_the_word_comes_back_without_the_list(house: House) -> None:
    """The canary: with a list of another installation nobody is found, and the word is there."""
    number = _amina(house)
    copy = _copy(house)
    db = house.opened()
    with db.transaction() as session:
        privacy.erase(session, session.get_one(Person, number))
        session.execute(sa.update(Erasure).values(mark="f" * 64))
    db.close()
    said = house.restored(copy)
    assert "Erased again: 0." in said
    assert "left alone: 1." in said
    assert {"people.name", "submissions.title", "messages.words", "inbox.body"} <= house.held()


def test_somebody_else_with_the_same_number_stays(house: House) -> None:
    number = _amina(house)
    copy = _copy(house)
    _erase(house, number)
    db = house.opened()
    with db.transaction() as session:
        now = clock.now()
        boris = Person(
            id=number, name="Boris Muster", language="de", prefers="email", email="b@example.org",
            met_at=now + timedelta(microseconds=1), seen_at=now,
        )  # fmt: skip
        session.add(boris)
    db.close()
    later = _copy(house, "tuesday.bak")
    assert "Erased again: 0." in house.restored(later)
    assert "Erased again: 1." in house.restored(copy)
    assert "Erased again: 0." in house.restored(later)
    db = house.opened()
    with db.reading() as session:
        assert session.scalars(sa.select(Person.name)).all() == ["Boris Muster"]
    db.close()


def test_the_list_lies_beside_backups_and_can_be_handed_over(house: House, tmp_path: Path) -> None:
    number = _amina(house)
    copy = _copy(house)
    _erase(house, number)
    _copy(house, "tuesday.bak")
    beside = copy.with_name(f"tuesday.bak{erasures.ENDING}")
    assert house.run("privacy", "erasures", "--to", tmp_path / "list.json").exit_code == 0
    assert json.loads(beside.read_text()) == json.loads((tmp_path / "list.json").read_text())
    assert {one["number"] for one in json.loads(beside.read_text())["erasures"]} == {number}
    for given in ((), ("--erasures", tmp_path / "list.json")):
        db = house.opened()
        with db.transaction() as session:
            session.execute(sa.delete(Erasure))
        db.close()
        for old in tmp_path.glob("*.before-restore-*"):
            old.unlink()
        if given:
            beside.unlink()
        assert "Erased again: 1." in house.restored(copy, *given)
        assert house.held() == set()
    (tmp_path / "list.json").write_text("[1]")
    told = house.run("db", "restore", copy, "--erasures", tmp_path / "list.json")
    assert told.exit_code == 1
    assert "no list of erasures" in told.stderr


def test_two_who_were_made_one_are_both_found(house: House) -> None:
    gone = _amina(house)
    db = house.opened()
    with db.transaction() as session:
        kept = people.by_chat(session, 4711, language="ar")
        kept.name, number = f"Amina {WORD}", kept.id
    copy = _copy(house)
    with db.transaction() as session:
        merging.merge(session, session.get_one(Person, number), session.get_one(Person, gone))
    db.close()
    _erase(house, number)
    assert "Erased again: 2." in house.restored(copy)
    assert house.held() == set()


def test_an_older_schema_is_brought_up_to_date_first(house: House) -> None:
    number = _amina(house)
    db = house.opened()
    with db.engine.begin() as connection:
        command.downgrade(migrate.configuration(connection), "0010")
    copy = _copy(house)
    assert not copy.with_name(f"{copy.name}.part").exists()
    migrate.upgrade(db)
    db.close()
    _erase(house, number)
    said = house.restored(copy)
    assert "was of schema 0010" in said
    assert "Erased again: 1." in said
    assert house.held() == set()
    assert house.run("db", "check").exit_code == 0


def test_a_killed_restore_is_completed_by_another_one(house: House) -> None:
    number = _amina(house)
    copy = _copy(house)
    _erase(house, number)
    for dies_before in (0, 30):  # at the first commit; amid erasing
        process = lives.begin(lives.restore, house.url, KEY, str(copy), os.environ["PATH"], dies_before)
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        # Nobody works on a half restored one: it is the former one still, or none of ours.
        assert house.run("privacy", "export", number).exit_code == 1
    assert "Erased again: 1." in house.restored(copy)
    assert house.held() == set()


def test_killed_between_the_two_renamings_the_list_is_in_what_was_set_aside(
    house: House, tmp_path: Path
) -> None:
    if not house.url.startswith("sqlite"):
        pytest.skip("PostgreSQL renames within a transaction")
    number = _amina(house)
    copy = _copy(house)
    _erase(house, number)
    (tmp_path / "mitwirken.sqlite").rename(tmp_path / "mitwirken.sqlite.before-restore-1")
    assert "Erased again: 1." in house.restored(copy)
    assert house.held() == set()


def test_a_damaged_database_can_be_replaced_and_its_lost_list_is_told(house: House, tmp_path: Path) -> None:
    if not house.url.startswith("sqlite"):
        pytest.skip("a file")
    _amina(house)
    copy = _copy(house)
    file = tmp_path / "mitwirken.sqlite"
    file.write_bytes(b"\xff" * 8192)
    told = house.run("db", "restore", copy)
    assert told.exit_code == 0, told.output
    assert "cannot be read" in told.stderr
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (1,)
    connection.close()


def test_the_list_tells_of_nobody_and_ends(house: House) -> None:
    number = _amina(house)
    _erase(house, number)
    db = house.opened()
    with db.reading() as session:
        (one,) = session.scalars(sa.select(Erasure)).all()
    assert (one.number, len(one.mark)) == (number, 64)
    with clock.frozen(clock.now() + periods.KINDS["erasures"].default + timedelta(minutes=1)):
        assert retention.prune(db)["list of erasures"] == 1
    db.close()
