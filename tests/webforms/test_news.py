"""News: what everybody may read of updates, on pages and in feeds, and what nobody may before it is sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from models import clock, groups, programmes, staff, updates_sending, updates_writing
from models.audiences import Audience
from models.broadcasts import Broadcast
from models.changes import Author
from models.db import Database
from models.settings import Release, Settings
from models.staff import StaffRole
from models.updates import ButtonKind, Update, UpdateState
from models.updates_writing import Content
from tests.bot.courier import composed
from tests.webforms.conftest import Browser
from webforms import create_app

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
WORDS = Content(title=composed.TITLE.words, body=composed.BODY.words, picture_words=composed.ALT.words)


class Press:
    """An officer who writes updates."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.minutes = 0
        with db.transaction() as session:
            olga = staff.add(
                session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="-"
            )
            self.by = Author(staff_id=olga.id)

    def draft(self, content: Content = WORDS, *numbers: str, is_public: bool = True) -> Update:
        """An update that has not been sent; to all groups, or to some."""
        with self.db.transaction() as session:
            directory = groups.directory(session)
            audience = Audience(groups=frozenset(directory.get(number).id for number in numbers))
            made = updates_writing.begin(session, by=self.by)
            made = updates_writing.save(session, made.id, content, by=self.by, version=made.version)
            return updates_writing.choose(
                session, made.id, audience, by=self.by, version=made.version, is_public=is_public
            )

    def send(self, content: Content = WORDS, *numbers: str, is_public: bool = True) -> int:
        """An update that was sent, each a minute after the one before."""
        self.minutes += 1
        with clock.frozen(NOON + timedelta(minutes=self.minutes)):
            made = self.draft(content, *numbers, is_public=is_public)
            with self.db.transaction() as session:
                updates_sending.send(session, made.id, by=self.by, version=made.version, rule=Release.NONE)
        self.db.cache.drop()
        return made.id

    def change(self, number: int, **values: Any) -> None:
        """Set columns of an update."""
        with self.db.transaction() as session:
            session.execute(sa.update(Update).where(Update.id == number).values(**values))
        self.db.cache.drop()


@pytest.fixture
def press(paderborn: Database) -> Press:
    """An officer who writes updates."""
    return Press(paderborn)


def titled(words: str) -> Content:
    """A short update in German."""
    return Content(title={"de": words}, body={"de": f"Mehr zu *{words}*."})


def entries(browser: Browser, address: str) -> list[ElementTree.Element]:
    """The entries of a feed."""
    answer = browser.client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.get_data()).findall(f"{ATOM}entry")


def titles(browser: Browser, address: str) -> list[str]:
    """The titles in a feed."""
    return [one.findtext(f"{ATOM}title") or "" for one in entries(browser, address)]


def test_an_update_stands_in_the_readers_language_with_everything(browser: Browser, press: Press) -> None:
    number = press.send(
        Content(**{**vars_of(WORDS), "button": ButtonKind.REPORT, "target": code(press, "7.49")}), "7.49"
    )
    page = browser.open(f"/ar/news/{number}")
    assert (page.status, page.direction) == (200, "rtl")
    html = page.response.get_data(as_text=True)
    assert "لقاء المجموعة 7.49" in page.text
    assert "<script>alert(1)" not in html
    assert composed.NAME in page.text
    assert '<div class="told" lang="ar" dir="rtl">' in html
    assert f"/ar/forms/report-progress?group={code(press, '7.49')}" in page.links
    assert "/ar/groups/7.49" in page.links
    assert not any("/messages/" in link for link in page.links), "who reads a page has nothing to stop"
    assert {f"/de/news/{number}", f"/uk/news/{number}"} <= set(page.links)
    french = browser.open(f"/fr/news/{number}")
    assert "Deutsch" in french.text
    assert '<div class="told" lang="de" dir="ltr">' in french.response.get_data(as_text=True)


def vars_of(content: Content) -> dict[str, Any]:
    """The fields of a content."""
    return {name: getattr(content, name) for name in content.__slots__}


def code(press: Press, number: str) -> str:
    """The code of a group."""
    with press.db.reading() as session:
        return groups.directory(session).get(number).code


def test_what_is_not_sent_or_not_public_or_was_stopped_is_nowhere(browser: Browser, press: Press) -> None:
    draft = press.draft(titled("Entwurf"), "7.49").id
    planned = press.draft(titled("Geplant"), "7.49").id
    press.change(planned, state=UpdateState.SCHEDULED, send_at=NOON)
    private = press.send(titled("Intern"), "7.49", is_public=False)
    stopped = press.send(titled("Gestoppt"), "7.49")
    press.change(stopped, state=UpdateState.CANCELLED)
    for number in (draft, planned, private, stopped, 999_999):
        assert browser.open(f"/de/news/{number}").status == 404
    for place in ("/de/news", "/de/groups/7.49/news", "/de/", "/de/groups/7.49"):
        text = browser.open(place).text
        assert not [word for word in ("Entwurf", "Geplant", "Intern", "Gestoppt") if word in text]
    assert entries(browser, "/de/news.atom") == []


def test_the_newest_come_first_and_older_ones_follow_page_by_page(browser: Browser, press: Press) -> None:
    for number in range(13):
        press.send(titled(f"Meldung {number:02}"))
    first = browser.open("/de/news")
    assert first.text.index("Meldung 12") < first.text.index("Meldung 11") < first.text.index("Meldung 03")
    assert "Meldung 02" not in first.text
    (onward,) = [link for link in first.links if "below=" in link]
    second = browser.open(onward)
    assert "Meldung 03" not in second.text
    assert second.text.index("Meldung 02") < second.text.index("Meldung 00")
    assert not [link for link in second.links if "below=" in link]
    home = browser.open("/de/")
    assert "Meldung 12" in home.text
    assert "Meldung 09" not in home.text


def test_a_group_shows_and_feeds_its_own_and_a_programme_its_groups(browser: Browser, press: Press) -> None:
    press.send(titled("An alle"))
    press.send(titled("An sieben"), "7.49")
    press.send(titled("An zwölf"), "12.71")
    assert titles(browser, "/de/news.atom") == ["An zwölf", "An sieben", "An alle"]
    assert titles(browser, "/de/groups/7.49/news.atom") == ["An sieben"]
    group = browser.open("/de/groups/7.49")
    assert "An sieben" in group.text
    assert "An zwölf" not in group.text
    with press.db.reading() as session:
        programme = programmes.listed(session)[0].id
    assert titles(browser, f"/de/programmes/{programme}/news.atom") == ["An zwölf", "An sieben", "An alle"]
    assert browser.open("/de/programmes/999/news.atom").status == 404
    assert browser.open("/de/groups/9.99/news.atom").status == 404


def test_a_feed_is_answered_with_a_word_to_who_has_it(browser: Browser, press: Press) -> None:
    number = press.send()
    (entry,) = entries(browser, "/ar/news.atom")
    content = entry.findtext(f"{ATOM}content") or ""
    assert 'lang="ar" dir="rtl"' in content
    assert "<script" not in content
    assert entry.findtext(f"{ATOM}id") == f"http://mitwirken.example/ar/news/{number}"
    answer = browser.client.get("/ar/news.atom")
    root = ElementTree.fromstring(answer.get_data())
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    tag, changed = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert browser.client.get("/ar/news.atom", headers={"If-None-Match": tag}).status_code == 304
    assert browser.client.get("/ar/news.atom", headers={"If-Modified-Since": changed}).status_code == 304
    press.change(number, corrected_at=NOON + timedelta(days=1))
    later = browser.client.get("/ar/news.atom", headers={"If-None-Match": tag})
    assert later.status_code == 200
    assert later.headers["Last-Modified"] != changed


def test_a_correction_changes_the_page_at_once_and_is_named(browser: Browser, press: Press) -> None:
    number = press.send(titled("Montag"))
    with press.db.transaction() as session, clock.frozen(NOON + timedelta(days=1)):
        version = session.get_one(Update, number).version
        updates_sending.correct(
            session, number, titled("Dienstag"), by=press.by, version=version, rule=Release.NONE
        )
        assert len(session.scalars(sa.select(Broadcast)).all()) == 2
    press.db.cache.drop()
    page = browser.open(f"/de/news/{number}")
    assert "Dienstag" in page.text
    assert "Montag" not in page.text
    assert "Korrigiert am 21. November 2026" in page.text


@pytest.fixture
def with_files(settings: Settings, paderborn: Database, tmp_path: Path) -> Browser:
    """A browser on an installation with a store of files."""
    app = create_app(settings.model_copy(update={"files": str(tmp_path / "files")}), paderborn)
    return Browser(app.test_client())


@pytest.mark.parametrize("is_public", [True, False])
def test_a_picture_is_for_everybody_once_its_update_is(
    with_files: Browser, press: Press, tmp_path: Path, is_public: bool
) -> None:
    drafted, token = (composed.picture(press.db, tmp_path).token for _time in range(2))
    press.draft(Content(**{**vars_of(WORDS), "picture": drafted}))
    assert with_files.open(f"/files/{drafted}").status == 404
    assert with_files.open(f"/files/{token}").status == 404
    number = press.send(Content(**{**vars_of(WORDS), "picture": token}), is_public=is_public)
    assert with_files.client.get(f"/files/{token}").status_code == (200 if is_public else 404)
    page = with_files.open(f"/ar/news/{number}")
    assert page.status == (200 if is_public else 404)
    if is_public:
        assert f'src="/files/{token}?size=small" alt="طاولة وكراسي"' in page.response.get_data(as_text=True)
        with press.db.transaction() as session:
            version = session.get_one(Update, number).version
            updates_sending.cancel(session, number, by=press.by, version=version)
        assert with_files.open(f"/files/{token}").status == 404
