"""Files are handed out to the office, to their sender and, once published, to everybody; never to be run."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from models import attachments, people, privacy, sessions, sweeping
from models.attachments import Attachment, AttachmentState
from models.cleaning import clean
from models.db import Database
from models.files import Store
from models.settings import Settings
from tests.webforms.desk import people as desk
from tests.webforms.desk.people import Officer
from webforms import create_app
from webforms.site import PERSON_COOKIE

FRAME = b"\xff\xfb\x90\x00" + bytes(413)


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a folder of their own for files."""
    return settings.model_copy(update={"files": str(tmp_path / "files")})


@pytest.fixture
def store(settings: Settings) -> Store:
    """Where the files are."""
    return Store(settings.files)


@pytest.fixture
def app(settings: Settings, paderborn: Database) -> Flask:
    """The pages."""
    return create_app(settings, paderborn)


def jpeg(width: int = 1600) -> bytes:
    """A photo."""
    out = io.BytesIO()
    Image.effect_noise((width, width // 2), 50).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def person(db: Database, name: str) -> int:
    """Somebody who takes part."""
    with db.transaction() as session:
        return people.meet(session, name=name, language="de", email=f"{name}@example.org")[0]


def kept(db: Database, store: Store, data: bytes, name: str, person_id: int | None = None) -> str:
    """Keep a file as a page does; return its token."""
    with db.transaction() as session:
        return attachments.take_upload(session, store, clean(data), name=name, person_id=person_id).token


def signed_in(app: Flask, db: Database, person_id: int) -> FlaskClient:
    """The browser of somebody whose own page is open."""
    with db.transaction() as session:
        ticket = sessions.start(session, person_id=person_id)
    client = app.test_client()
    client.set_cookie(PERSON_COOKIE, ticket)
    return client


def publish(db: Database, token: str, *, public: bool = True) -> None:
    """Let everybody see a file, or no longer."""
    with db.transaction() as session:
        found = attachments.by_token(session, token)
        assert found is not None
        found.is_public = public


def test_only_the_office_and_the_sender_see_what_is_not_published(
    app: Flask, paderborn: Database, store: Store
) -> None:
    amina, boris = person(paderborn, "amina"), person(paderborn, "boris")
    token = kept(paderborn, store, jpeg(), "IMG.JPG", amina)
    address = f"/files/{token}"
    assert app.test_client().get(address).status_code == 404
    assert signed_in(app, paderborn, boris).get(address).status_code == 404
    own = signed_in(app, paderborn, amina).get(address)
    assert (own.status_code, own.mimetype) == (200, "image/jpeg")
    assert own.headers["Cache-Control"] == "private, no-store"
    desk.employ(paderborn, "olga@example.org")
    officer = Officer(app.test_client(), "olga@example.org")
    officer.log_in()
    assert officer.client.get(address).status_code == 200


def test_what_is_published_is_everybodys_until_it_is_taken_back(
    app: Flask, paderborn: Database, store: Store
) -> None:
    token = kept(paderborn, store, jpeg(), "IMG.JPG", person(paderborn, "amina"))
    publish(paderborn, token)
    answer = app.test_client().get(f"/files/{token}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    publish(paderborn, token, public=False)
    assert app.test_client().get(f"/files/{token}").status_code == 404


def test_a_list_gets_small_pictures(app: Flask, paderborn: Database, store: Store) -> None:
    token = kept(paderborn, store, jpeg(1600), "a.jpg")
    publish(paderborn, token)
    small, whole = (app.test_client().get(f"/files/{token}{end}").data for end in ("?size=small", ""))
    assert Image.open(io.BytesIO(small)).size == (640, 320)
    assert Image.open(io.BytesIO(whole)).size == (1600, 800)


def test_documents_are_saved_and_nothing_is_run(app: Flask, paderborn: Database, store: Store) -> None:
    token = kept(paderborn, store, b"Notiz <script>alert(1)</script>", 'x".html\r\nSet-Cookie: a=b')
    publish(paderborn, token)
    answer = app.test_client().get(f"/files/{token}")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    photo = kept(paderborn, store, jpeg(), "مقهى اللغات.png")
    publish(paderborn, photo)
    shown = app.test_client().get(f"/files/{photo}").headers["Content-Disposition"]
    assert shown.startswith("inline")
    assert ".jpg" in shown


def test_a_recording_can_be_heard_from_the_middle(app: Flask, paderborn: Database, store: Store) -> None:
    token = kept(paderborn, store, FRAME * 40, "voice.mp3")
    publish(paderborn, token)
    answer = app.test_client().get(f"/files/{token}", headers={"Range": "bytes=417-833"})
    assert (answer.status_code, answer.mimetype) == (206, "audio/mpeg")
    assert answer.data == FRAME
    assert answer.headers["Content-Range"] == f"bytes 417-833/{417 * 40}"


@pytest.mark.parametrize("token", ["nobody-knows", "a" * 5000, "%2e%2e%2fetc%2fpasswd"])
def test_other_names_lead_nowhere(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/files/{token}").status_code == 404


def test_a_file_that_is_not_in_the_store_is_not_found(app: Flask, paderborn: Database, store: Store) -> None:
    token = kept(paderborn, store, jpeg(), "a.jpg")
    publish(paderborn, token)
    for name in list(store.names()):
        store.delete(name)
    assert app.test_client().get(f"/files/{token}").status_code == 404


def test_somebody_takes_all_their_files_along(app: Flask, paderborn: Database, store: Store) -> None:
    amina = person(paderborn, "amina")
    kept(paderborn, store, jpeg(), "eins.jpg", amina)
    token = kept(paderborn, store, b"Notiz", "eins.txt", amina)
    kept(paderborn, store, b"von Boris", "fremd.txt", person(paderborn, "boris"))
    client = signed_in(app, paderborn, amina)
    packet = client.get("/de/me/files.zip")
    with zipfile.ZipFile(io.BytesIO(packet.data)) as archive:
        assert archive.namelist() == ["001-eins.jpg", "002-eins.txt"]
        assert archive.read("002-eins.txt") == b"Notiz"
    assert "/de/me/files.zip" in client.get("/de/me/data").get_data(as_text=True)
    told = json.loads(client.get("/de/me/data.json").data)["files"]
    assert [one["name"] for one in told] == ["eins.jpg", "eins.txt"]
    assert told[1]["address"] == f"/files/{token}"
    assert app.test_client().get("/de/me/files.zip").status_code == 303


def test_who_is_erased_takes_their_files_with_them(any_db: Database, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "files"))
    amina, boris = person(any_db, "amina"), person(any_db, "boris")
    token = kept(any_db, store, jpeg(), "amina.jpg", amina)
    other = kept(any_db, store, b"bleibt", "boris.txt", boris)
    publish(any_db, token)
    with any_db.transaction() as session:
        found = people.get(session, amina)
        assert found is not None
        privacy.erase(session, found)
        assert len(list(store.names())) == 2  # not before the commit
    with any_db.reading() as session:
        assert attachments.by_token(session, token) is None
        gone = session.query(Attachment).filter_by(state=AttachmentState.GONE).one()
        assert (gone.name, gone.person_id, gone.is_public) == ("", None, False)
    assert sweeping.sweep(any_db, store) == 1
    assert sweeping.sweep(any_db, store) == 0
    with any_db.reading() as session:
        left = attachments.by_token(session, other)
        assert left is not None
        assert list(store.names()) == [left.stored]
        assert session.query(Attachment).count() == 1


def test_an_erasure_that_fails_loses_no_file(paderborn: Database, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "files"))
    amina = person(paderborn, "amina")
    token = kept(paderborn, store, jpeg(), "amina.jpg", amina)
    with pytest.raises(RuntimeError), paderborn.transaction() as session:
        found = people.get(session, amina)
        assert found is not None
        privacy.erase(session, found)
        raise RuntimeError
    assert sweeping.sweep(paderborn, store) == 0
    with paderborn.reading() as session:
        one = attachments.by_token(session, token)
        assert one is not None
        assert store.read(one.stored)
