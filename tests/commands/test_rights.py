"""What people may ask for: a copy of everything, and to be forgotten; and what time forgets by itself."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import clock, drafts, inbox, links, marks, people, periods, retention, sessions, submissions
from models.db import Database
from models.links import Purpose
from models.people import ChannelKind
from models.submissions import Arrival, State, Submission
from tests.commands.conftest import Run

SECRET = "Kirschgarten-7749"  # a word that occurs nowhere else, looked for on the disk


def _sign_up(db: Database, email: str, words: str = SECRET) -> tuple[int, int]:
    """Let somebody ask the office something; return the numbers of person and submission."""
    with db.transaction() as session:
        person, _confirmed = people.meet(
            session, name="Amina Beispiel", language="ar", email=email, prefers=ChannelKind.EMAIL
        )
        arrival = Arrival(
            "ask-office", f"key-{email}", person, None, "page", "ar", words, {"question": words}
        )
        submission = submissions.arrive(session, arrival)
        assert submission
        return person, submission


@pytest.fixture
def office(tmp_path: Path, empty: Run) -> Database:
    return Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")


def test_everything_about_a_person_is_handed_out(office: Database, empty: Run, tmp_path: Path) -> None:
    number, _submission = _sign_up(office, "amina@example.org")
    by_address = json.loads(empty("privacy", "export", "Amina@example.org").output)
    assert by_address["person"]["name"] == "Amina Beispiel"
    assert by_address["sent"][0]["answers"] == {"question": SECRET}
    told = empty("privacy", "export", number, "--to", tmp_path / "amina.json")
    assert told.exit_code == 0
    assert json.loads((tmp_path / "amina.json").read_text()) == by_address
    assert empty("privacy", "export", "nobody@example.org").exit_code == 1
    assert empty("privacy", "export", "Amina").exit_code == 2


def test_an_erased_person_is_gone_from_the_disk_too(office: Database, empty: Run, tmp_path: Path) -> None:
    _sign_up(office, "amina@example.org")
    assert empty("privacy", "erase", "amina@example.org", says="n\n").exit_code == 1
    assert SECRET in _disk(tmp_path)
    told = empty("privacy", "erase", "amina@example.org", "--yes")
    assert told.exit_code == 0, told.output
    assert SECRET not in _disk(tmp_path)
    assert "amina@example.org" not in _disk(tmp_path)
    with sqlite3.connect(tmp_path / "mitwirken.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM submissions").fetchone() == (1,)
    connection.close()


def _disk(folder: Path) -> str:
    return "".join(file.read_bytes().decode("latin-1") for file in folder.glob("mitwirken.sqlite*"))


def test_nothing_is_pruned_before_its_time(office: Database, empty: Run) -> None:
    _sign_up(office, "amina@example.org")
    assert empty("privacy", "prune").output == "Nothing was due.\n"
    with clock.frozen(clock.now() + periods.KINDS["unconfirmed"].default - timedelta(minutes=1)):
        assert not any(retention.prune(office).values())


def test_unconfirmed_sign_ups_are_let_go_of(office: Database, tmp_path: Path) -> None:
    _sign_up(office, "amina@example.org")
    kept, _submission = _sign_up(office, "boris@example.org", "Birnbaum")
    with office.transaction() as session:
        person = people.get(session, kept)
        assert person
        people.confirm_email(session, person)
    _worked_on, entry = _sign_up(office, "clara@example.org", "Apfelbaum")
    with office.transaction() as session:
        session.execute(
            sa.update(Submission).where(Submission.id == entry).values(state=State.ACCEPTED, version=2)
        )
    with clock.frozen(clock.now() + periods.KINDS["unconfirmed"].default + timedelta(minutes=1)):
        counts = retention.prune(office)
    assert {name: number for name, number in counts.items() if number} == {"unconfirmed sign-ups": 1}
    with office.reading() as session:
        left = session.scalars(sa.text("SELECT email FROM people ORDER BY email")).all()
        assert left == ["boris@example.org", "clara@example.org"]
        assert session.scalar(sa.text("SELECT count(*) FROM submissions")) == 2
    assert SECRET not in _disk(tmp_path)


def test_records_go_when_their_own_time_is_over(office: Database) -> None:
    person, _entry = _sign_up(office, "amina@example.org")
    with office.transaction() as session:
        session.execute(sa.text("UPDATE people SET email_confirmed_at = met_at, keep_until = met_at"))
    _other, entry = _sign_up(office, "boris@example.org", "Birnbaum")
    with office.transaction() as session:
        found = submissions.get(session, entry)
        found.keep_until = clock.now()
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        retention.prune(office)
    with office.reading() as session:
        assert people.get(session, person) is None
        emptied = submissions.get(session, entry)
        assert (emptied.answers, emptied.title, emptied.person_id) == ({}, "", None)
        assert people.by_email(session, "boris@example.org") is not None


def test_drafts_links_log_ins_and_updates_expire(office: Database) -> None:
    person, _entry = _sign_up(office, "amina@example.org")
    with office.transaction() as session:
        session.execute(sa.text("UPDATE people SET email_confirmed_at = met_at"))
        drafts.begin(session, "join-group", person_id=person, language="ar")
        links.issue(session, Purpose.ANSWER, person_id=person)
        sessions.start(session, person_id=person)
        inbox.take_in(session, [{"update_id": 7, "message": {"chat": {"id": 1}}}])
        inbox.done(session, 7)
    with clock.frozen(clock.now() + timedelta(days=20)):
        found = {name: number for name, number in retention.prune(office).items() if number}
    assert found == {"drafts": 1, "log-ins": 1, "chat updates": 1}
    with clock.frozen(
        clock.now() + links.SPANS[Purpose.ANSWER] + periods.KINDS["links"].default + timedelta(minutes=1)
    ):
        assert retention.prune(office)["links"] == 1


def test_the_periods_are_shown_with_their_bounds(
    office: Database, empty: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MITWIRKEN_RETENTION", "drafts=9d")
    lines = empty("privacy", "periods").output.splitlines()
    assert len(lines) == len(periods.KINDS)
    (drafts_line,) = [one for one in lines if one[2:].startswith("drafts ")]
    assert drafts_line.startswith("* drafts")
    assert "9 days" in drafts_line
    assert "2d to 90d" in drafts_line
    monkeypatch.setenv("MITWIRKEN_RETENTION", "drafts=900d")
    refused = empty("privacy", "periods")
    assert refused.exit_code != 0
    assert "MITWIRKEN_RETENTION" in refused.output
    assert "between 2d and 90d" in refused.output


def test_the_register_is_written_as_markdown_word_and_pdf(
    office: Database, empty: Run, tmp_path: Path
) -> None:
    assert empty("privacy", "register").output.startswith("# Verzeichnis von Verarbeitungstätigkeiten\n")
    for ending, begins in (("docx", b"PK"), ("pdf", b"%PDF"), ("md", b"# ")):
        file = tmp_path / f"register.{ending}"
        assert empty("privacy", "register", "--lang", "uk", "--to", str(file)).exit_code == 0
        assert file.read_bytes().startswith(begins)
    assert empty("privacy", "register", "--to", str(tmp_path / "register.odt")).exit_code == 2


def test_nothing_is_let_go_of_after_a_leap_of_the_clock_unless_an_admin_insists(
    region: Run, tmp_path: Path
) -> None:
    db = Database(f"sqlite:///{tmp_path}/mitwirken.sqlite")
    with clock.frozen(clock.now() - timedelta(hours=7)), db.transaction() as session:
        marks.note(session, marks.Deed.SEEN)
    db.close()
    told = region("privacy", "prune")
    assert (told.exit_code, "--anyway" in told.stderr) == (1, True)
    assert region("privacy", "prune", "--anyway").exit_code == 0
