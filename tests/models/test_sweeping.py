"""Files go when their time is over: rows first, bytes after, and never those of somebody else."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from models import attachments, clock, drafts, people, retention, sweeping
from models.attachments import Attachment, AttachmentState
from models.cleaned import AttachmentKind
from models.cleaning import clean
from models.db import Database
from models.files import Store
from models.submissions import State, Submission


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store on the disk."""
    return Store(str(tmp_path / "files"))


def kept(db: Database, store: Store, words: str, *, entry: int | None = None, public: bool = False) -> str:
    """Keep a file, with an entry or without; return its token."""
    with db.transaction() as session:
        one = attachments.take_upload(session, store, clean(words.encode()), name=f"{words}.txt")
        one.submission_id, one.is_public = entry, public
        return one.token


def sent(db: Database, *, keep: timedelta | None = None) -> int:
    """Somebody's entry, to be kept for a time; return its number."""
    with db.transaction() as session:
        now = clock.now()
        person, _known = people.meet(
            session, name="Amina", language="de", email=f"{now.timestamp()}@example.org"
        )
        entry = Submission(
            form="report-progress", key=str(now), person_id=person, group_id=None, answers={}, channel="page",
            language="de", title="", state=State.ACCEPTED, version=2, received_at=now, changed_at=now,
            keep_until=now + keep if keep else None,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        return entry.id


def tokens(db: Database) -> set[str]:
    """The files that are still there."""
    with db.reading() as session:
        return set(
            session.scalars(sa.select(Attachment.token).where(Attachment.state == AttachmentState.READY))
        )


def test_files_of_forms_that_were_never_sent_go_after_two_weeks(any_db: Database, store: Store) -> None:
    kept(any_db, store, "lose")
    bound = kept(any_db, store, "gebunden", entry=sent(any_db))
    with clock.frozen(clock.now() + timedelta(days=13)):
        retention.prune(any_db, store)
        assert len(tokens(any_db)) == 2
    with clock.frozen(clock.now() + timedelta(days=15)):
        assert retention.prune(any_db, store)["files of no form"] == 1
    assert tokens(any_db) == {bound}
    assert len(list(store.names())) == 1


def test_a_form_that_is_still_being_filled_in_keeps_its_files(any_db: Database) -> None:
    with any_db.transaction() as session:
        person = people.by_chat(session, 7, language="de")
        one = attachments.take_in(session, AttachmentKind.PHOTO, person_id=person.id, telegram_file="x")
        number, who = one.id, person.id
    with clock.frozen(clock.now() + timedelta(days=15)):
        with any_db.transaction() as session:
            drafts.begin(session, "report-progress", person_id=who, language="de")
        assert retention.prune(any_db)["files of no form"] == 0
        with any_db.reading() as session:
            assert session.get_one(Attachment, number).telegram_file == "x"


def test_when_an_entrys_time_is_over_only_what_was_published_stays(any_db: Database, store: Store) -> None:
    entry = sent(any_db, keep=timedelta(days=30))
    kept(any_db, store, "geheim", entry=entry)
    public = kept(any_db, store, "Amina Beispiel", entry=entry, public=True)
    with clock.frozen(clock.now() + timedelta(days=31)):
        retention.prune(any_db, store)
    assert tokens(any_db) == {public}
    with any_db.reading() as session:
        one = attachments.by_token(session, public)
        assert one is not None
        assert (one.name, one.person_id) == ("", None)


def test_files_without_a_row_go_and_rows_without_a_file_stay(any_db: Database, store: Store) -> None:
    token = kept(any_db, store, "eins")
    lost = kept(any_db, store, "zwei")
    orphan = store.put(b"nobody knows me")
    with any_db.reading() as session:
        row = attachments.by_token(session, lost)
        assert row is not None
        store.delete(row.stored)
    assert sweeping.sweep_orphans(any_db, store) == 0  # its row may be on its way
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert sweeping.sweep_orphans(any_db, store) == 1
    assert orphan not in set(store.names())
    assert tokens(any_db) == {token, lost}
    assert sweeping.missing(any_db, store) == 1


def test_another_databases_files_are_let_alone(paderborn: Database, store: Store) -> None:
    store.put(b"of another installation")
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert sweeping.sweep_orphans(paderborn, store) == 0
    assert len(list(store.names())) == 1


def test_a_sweep_that_was_killed_goes_on_where_it_was(
    paderborn: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("eins", "zwei", "drei"):
        kept(paderborn, store, words)
    with paderborn.transaction() as session:
        assert attachments.forget(session, Attachment.state == AttachmentState.READY) == 3
    whole, calls = store.delete, list[str]()

    def dying(name: str) -> None:
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append(name)
        whole(name)

    monkeypatch.setattr(store, "delete", dying)
    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep(paderborn, store)
    monkeypatch.setattr(store, "delete", whole)
    assert sweeping.sweep(paderborn, store) == 3
    assert list(store.names()) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("IMG_1.HEIC.exe", "IMG_1.HEIC.txt"),
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\fakepath\\Bericht.docx", "Bericht.txt"),
        ("a\u202egnp.exe", "agnp.txt"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie b.txt"),
        ("مقهى اللغات.txt", "مقهى اللغات.txt"),
        ("", ""),
        (".txt", ""),
        ("x" * 300, "x" * 116 + ".txt"),
    ],
)
def test_a_files_name_is_only_a_name(name: str, shown: str) -> None:
    assert attachments.clean_name(name, "text/plain") == shown


def test_a_file_that_cannot_be_removed_keeps_no_other_from_going(
    any_db: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("eins", "zwei", "drei"):
        kept(any_db, store, words)
    with any_db.transaction() as session:
        attachments.forget(session, Attachment.submission_id.is_(None))
        stuck = session.scalars(sa.select(Attachment.stored).order_by(Attachment.id)).first()
    whole = Store.delete

    def delete(self: Store, name: str) -> None:
        if name == stuck:
            raise PermissionError
        whole(self, name)

    monkeypatch.setattr(Store, "delete", delete)
    assert sweeping.sweep(any_db, store) == 2
    assert list(store.names()) == [stuck]
    monkeypatch.undo()
    assert sweeping.sweep(any_db, store) == 1


def test_a_file_that_another_sweeper_removes_meanwhile_disturbs_nobody(
    any_db: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(any_db, store, "bleibt")
    taken = store.put(b"von anderen")
    names = list(store.names())
    store.delete(taken)
    monkeypatch.setattr(Store, "names", lambda _self: iter(names))
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert sweeping.sweep_orphans(any_db, store) == 0
