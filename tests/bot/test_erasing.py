"""Somebody who has done everything erases themselves in the chat; their marks are looked for everywhere.

In every column of every table (a new one is found by itself, see `tests.models.test_erasure`), in the bytes
of SQLite's files or in all rows of PostgreSQL as a dump would hold them, in the store of files, in the logs.
"""

import io
import logging
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.courier import clockwork
from commands.logs import set_up_logging
from models import attachments, people
from models.cleaned import AttachmentKind, Cleaned
from models.db import Base, Database
from models.files import Store
from models.settings import Settings
from tests.bot.chat import Visitor, started
from tests.bot.conftest import Running, bot_settings
from tests.models.test_erasure import CHAT, STAYS, WORD, found, house

__all__ = ["house"]
FILE = b"kanarienvogel-in-der-datei " * 40
MINUTE = 60.0
# What nobody but the person has: the word alone is also on the group's sheet, which stays.
MARKS = ("amina", f"amina@{WORD}.example", f"+49 {WORD}", f"u-loose-{WORD}", str(CHAT), "kanarienvogel")


def on_disk(db: Database, folder: Path) -> str:
    """All that the database holds: SQLite's files byte by byte, PostgreSQL's rows as a dump writes them."""
    if db.is_sqlite:
        files = [one for one in folder.glob("mitwirken.sqlite*") if one.is_file()]
        assert files
        return "".join(one.read_bytes().decode("latin-1") for one in files).casefold()
    with db.reading() as session:
        rows = [
            session.execute(sa.text(f'SELECT t::text FROM "{table.name}" AS t')).scalars()
            for table in Base.metadata.sorted_tables
        ]
        return "\n".join(row for each in rows for row in each).casefold()


def in_files(folder: str) -> list[str]:
    """The files of the store that hold a mark."""
    return [
        str(one) for one in Path(folder).rglob("*") if one.is_file() and b"kanarienvogel" in one.read_bytes()
    ]


def test_who_is_erased_by_chat_is_found_nowhere(
    house: tuple[Database, int], telegram: Running, four_languages: None, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    db, person_id = house
    settings: Settings = bot_settings(db, telegram).model_copy(update={"files": str(tmp_path / "files")})
    book = io.StringIO()
    handlers, factory = logging.getLogger().handlers[:], logging.getLogRecordFactory()
    try:
        set_up_logging(settings)
        own = [one for one in logging.getLogger().handlers if one not in handlers]
        for handler in own:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(book)
        with db.transaction() as session:
            cleaned = Cleaned(AttachmentKind.DOCUMENT, "text/plain", FILE)
            attachments.take_upload(
                session, Store(settings.files), cleaned, person_id=person_id, name="a.txt"
            )
        before = on_disk(db, tmp_path)
        assert [one for one in MARKS if one not in before] == ["kanarienvogel"], (
            "the canary is there to be found"
        )
        assert len(in_files(settings.files)) == 1
        with started(db, settings) as bot:
            amina = Visitor(bot, CHAT)
            begun = time.monotonic()
            amina.write("/mydata")
            amina.press("erase")
            amina.press("erased")
        clockwork.tick(db, settings)
        seconds = time.monotonic() - begun
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.setLogRecordFactory(factory)
        logging.captureWarnings(False)
    with db.reading() as session:
        assert people.get(session, person_id) is None
        assert found(session) <= STAYS
        assert found(session, word="amina") == set()
    after = on_disk(db, tmp_path)
    assert [one for one in MARKS if one in after] == []
    assert in_files(settings.files) == []
    assert [one for one in (*MARKS, WORD) if one in book.getvalue().casefold()] == []
    assert seconds < MINUTE
